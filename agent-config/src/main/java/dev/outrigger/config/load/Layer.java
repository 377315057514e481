package dev.outrigger.config.load;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import org.jspecify.annotations.Nullable;

/**
 * One source of a section's values.
 *
 * @param path where the source stands, which for inherited values is not where they take effect
 * @param isDefault whether it is {@code reference.conf} and not the operator's
 */
record Layer(ConfigObject object, String path, boolean isDefault) {
    /** The value of a key, or null if it is not set or set to null, which in HOCON means the same. */
    @Nullable
    Setting find(String key) {
        ConfigValue value = object.get(key);
        return value == null || value.valueType() == ConfigValueType.NULL
                ? null
                : new Setting(value, path(key), isDefault);
    }

    String path(String key) {
        return ValueText.path(path, key);
    }
}
