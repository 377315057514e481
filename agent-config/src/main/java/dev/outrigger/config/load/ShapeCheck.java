package dev.outrigger.config.load;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Checks a value against its shape. Good scalars are accepted where they take effect, for checks across fields. */
final class ShapeCheck {
    private final Findings findings;

    ShapeCheck(Findings findings) {
        this.findings = findings;
    }

    /** @param path where the value takes effect */
    void check(String path, Setting setting, Shape shape) {
        if (shape instanceof Shape.Value value) {
            value(path, setting, value.kind());
        } else if (shape instanceof Shape.Items items) {
            items(path, setting, items.of());
        } else if (shape instanceof Shape.Block block) {
            block(path, setting, block);
        } else if (shape instanceof Shape.Named named) {
            named(path, setting, named);
        } else if (shape instanceof Shape.Open && !(setting.value() instanceof ConfigObject)) {
            findings.refuse(setting, "an object");
        } else {
            findings.accept(path, setting);
        }
    }

    private void value(String path, Setting setting, ValueKind<?> kind) {
        if (kind.parser().parse(setting.value()) != null) {
            findings.accept(path, setting);
            return;
        }
        String text = ValueText.ofScalar(setting.value());
        findings.refuse(setting, kind.expected(), text == null ? "" : Nearest.to(text, kind.candidates()));
    }

    private void items(String path, Setting setting, Shape of) {
        if (!(setting.value() instanceof ConfigList list) || list.isEmpty()) {
            findings.refuse(setting, "a list of at least one entry");
            return;
        }
        findings.accept(path, setting);
        for (int i = 0; i < list.size(); i++) {
            check(path + '[' + i + ']', setting.element(list, i), of);
        }
    }

    private void block(String path, Setting setting, Shape.Block block) {
        if (!(setting.value() instanceof ConfigObject object)) {
            word(setting, block.words());
            return;
        }
        findings.accept(path, setting);
        Layer layer = new Layer(object, setting.path(), setting.isDefault());
        for (Map.Entry<String, Shape> entry : new TreeMap<>(block.keys()).entrySet()) {
            String key = entry.getKey();
            Setting inner = layer.find(key);
            if (inner != null) {
                check(ValueText.path(path, key), inner, entry.getValue());
            } else if (block.required().contains(key)) {
                findings.problem(setting.place(), layer.path(key), "missing", expected(entry.getValue()));
            }
        }
        new Leftovers(path, "", new TreeSet<>(block.keys().keySet()), findings).report(List.of(layer));
    }

    private void word(Setting setting, List<String> words) {
        String text = ValueText.ofScalar(setting.value());
        if (text == null || !words.contains(text)) {
            String suggestion = text == null ? "" : Nearest.to(text, words);
            String other = words.isEmpty() ? "" : " or " + String.join(" or ", words);
            findings.refuse(setting, "an object" + other, suggestion);
        }
    }

    private void named(String path, Setting setting, Shape.Named named) {
        if (!(setting.value() instanceof ConfigObject object)) {
            findings.refuse(setting, "an object with one entry per name");
            return;
        }
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            String name = entry.getKey();
            Setting inner = new Setting(entry.getValue(), ValueText.path(setting.path(), name), setting.isDefault());
            if (!Kinds.accepts(named.name(), name)) {
                findings.problem(
                        inner.place(),
                        inner.path(),
                        ValueText.quoted(name),
                        named.name().expected());
            } else if (inner.value().valueType() != ConfigValueType.NULL) {
                check(ValueText.path(path, name), inner, named.of());
            }
        }
    }

    private static String expected(Shape shape) {
        if (shape instanceof Shape.Value value) {
            return value.kind().expected();
        }
        return shape instanceof Shape.Items ? "a list of at least one entry" : "a value";
    }
}
