package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import dev.outrigger.config.model.AddressRange;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.ProxyConfig;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code reference.conf} and the code that reads it say the same. */
final class ReferenceTest {
    /** Components that are not named as their key, because the key has its meaning from the block around it. */
    private static final Map<String, String> RENAMED = Map.ofEntries(
            Map.entry("certificate", "certificate-file"),
            Map.entry("balancing", "load-balancer"),
            Map.entry("interception", "mode"),
            Map.entry("target", "dns"),
            Map.entry("cookie-name", "name"),
            Map.entry("cookie-ttl", "ttl"),
            Map.entry("http-path", "path"),
            Map.entry("http-status", "status"),
            Map.entry("mcp-path", "path"),
            Map.entry("max-sessions", "sessions"),
            Map.entry("cache-ttl", "ttl"),
            Map.entry("backoff-base", "base"),
            Map.entry("backoff-max", "max"),
            Map.entry("sync", "fsync"),
            Map.entry("session-idle-timeout", "sessions"));

    @Test
    void everyKeyThatIsReadStandsInTheReferenceAndTheOtherWayRound() {
        Findings findings = new Findings();
        ConfigObject root = ConfigFactory.parseString(Loads.COMPLETE).root();
        Loads.config(ConfigLoader.load("test.conf", root, findings));

        Set<String> written = new TreeSet<>();
        visit("", Reference.all(), (path, value) -> written.add(path));

        assertEquals(written, new TreeSet<>(findings.defaultsRead()));
    }

    @Test
    void everyKeyHasAComment() {
        List<String> bare = new ArrayList<>();
        visit("", Reference.all(), (path, value) -> {
            if (value.origin().comments().isEmpty()) {
                bare.add(path);
            }
        });

        assertEquals(List.of(), bare);
    }

    @Test
    void everythingARecordHoldsHasAKey() {
        // A tool is named by its pattern, which is a key of the operator's, and so are those below it and in lists.
        Set<String> keys = new TreeSet<>(Set.of("pattern", ToolsSection.ALLOW, "address", "weight"));
        visit("", Reference.all(), (path, value) -> keys.addAll(List.of(path.split("\\.", -1))));

        List<String> without = new ArrayList<>();
        records(ProxyConfig.class).forEach(type -> Stream.of(type.getRecordComponents())
                .filter(component -> keys.stream().noneMatch(key -> isKeyOf(component, key)))
                .forEach(component -> without.add(type.getSimpleName() + '.' + component.getName())));

        assertEquals(List.of(), without);
    }

    /** A component is named as its key, or as the key and its unit. */
    private static boolean isKeyOf(RecordComponent component, String key) {
        String words = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        return words.equals(key)
                || words.equals(key + "-bytes")
                || RENAMED.getOrDefault(words, "").equals(key);
    }

    private static Set<Class<?>> records(Class<?> root) {
        Set<Class<?>> found = new LinkedHashSet<>(Set.of(root));
        for (RecordComponent component : root.getRecordComponents()) {
            Stream.of(component.getGenericType().getTypeName().split("[<>]", -1))
                    .filter(name -> name.startsWith(root.getPackageName()))
                    .map(ReferenceTest::type)
                    .filter(Class::isRecord)
                    .filter(type -> type != HostPort.class && type != AddressRange.class)
                    .forEach(type -> found.addAll(records(type)));
        }
        return found;
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theReferenceSetsNothingUp() {
        ConfigObject reference = Reference.all();

        List<String> problems = Loads.problems(ConfigLoader.load("reference.conf", reference, new Findings()));

        assertEquals(
                List.of("outrigger.listeners", "outrigger.routes", "outrigger.upstreams"),
                problems.stream()
                        .map(problem -> problem.split(": ", -1)[1])
                        .sorted()
                        .toList());
    }

    @Test
    void aReferenceOfAnotherLibraryIsNotTakenForOurs() throws IOException {
        ClassLoader classPath = ReferenceTest.class.getClassLoader();
        assertEquals(2, Collections.list(classPath.getResources(Reference.FILE)).size());

        assertEquals(Set.of(ConfigLoader.ROOT), Reference.all().keySet());
    }

    /** Visits what holds a value of its own: everything but blocks with keys in them. */
    private static void visit(String path, ConfigObject object, BiConsumer<String, ConfigValue> visitor) {
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            String entryPath = ValueText.path(path, entry.getKey());
            if (entry.getValue() instanceof ConfigObject inner && !inner.isEmpty()) {
                visit(entryPath, inner, visitor);
            } else {
                visitor.accept(entryPath, entry.getValue());
            }
        }
    }
}
