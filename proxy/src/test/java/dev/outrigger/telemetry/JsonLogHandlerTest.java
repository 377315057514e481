package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.outrigger.config.model.LogLevel;
import java.io.ByteArrayOutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock("java.util.logging")
class JsonLogHandlerTest {
    private static final System.Logger LOG = System.getLogger("dev.outrigger.telemetry.test");
    private static final System.Logger OTHER = System.getLogger("dev.outrigger.upstream.test");
    private static final System.Logger LIBRARY = System.getLogger("org.example.library");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final JsonLogHandler handler = new JsonLogHandler(out);
    private final Logger root = LogManager.getLogManager().getLogger("");
    private Handler[] replaced = {};
    private java.util.logging.Level replacedLevel = java.util.logging.Level.INFO;

    @BeforeEach
    void remember() {
        replaced = root.getHandlers();
        replacedLevel = root.getLevel();
    }

    @AfterEach
    void restore() {
        handler.close();
        for (Handler one : replaced) {
            root.addHandler(one);
        }
        root.setLevel(replacedLevel);
        Logger.getLogger("dev.outrigger").setLevel(null);
        Logger.getLogger("dev.outrigger.telemetry").setLevel(null);
    }

    @Test
    void aMessageIsALineOfJson() {
        handler.install(LogLevel.INFO);
        LOG.log(Level.INFO, "ready on {0}, \"{1}\"", "127.0.0.1:15006", "inbound");

        Config line = lines().get(0);

        assertEquals("ready on 127.0.0.1:15006, \"inbound\"", line.getString("message"));
        assertEquals("info", line.getString("level"));
        assertEquals("dev.outrigger.telemetry.test", line.getString("logger"));
        assertEquals(Thread.currentThread().getName(), line.getString("thread"));
        assertTrue(Instant.parse(line.getString("time")).isAfter(Instant.EPOCH));
        assertFalse(line.hasPath("error"));
    }

    @Test
    void anExceptionComesWithItsTrace() {
        handler.install(LogLevel.INFO);
        LOG.log(Level.ERROR, "failed", new IllegalStateException("broken"));

        Config line = lines().get(0);

        assertEquals("error", line.getString("level"));
        assertTrue(line.getString("error").startsWith("java.lang.IllegalStateException: broken"));
        assertTrue(line.getString("error").contains("JsonLogHandlerTest"));
    }

    @Test
    void theLevelDecidesWhatIsWritten() {
        handler.install(LogLevel.WARN);
        LOG.log(Level.INFO, "too little");
        LOG.log(Level.WARNING, "first");
        handler.level(LogLevel.DEBUG);
        LOG.log(Level.DEBUG, "second");
        LOG.log(Level.TRACE, "too little");
        LIBRARY.log(Level.DEBUG, "nobody wants to know");
        LIBRARY.log(Level.INFO, "third");
        handler.level(LogLevel.ERROR);
        LOG.log(Level.WARNING, "too little");
        LIBRARY.log(Level.WARNING, "too little");
        LOG.log(Level.ERROR, "fourth");

        assertEquals(
                List.of("warn first", "debug second", "info third", "error fourth"),
                lines().stream()
                        .map(line -> line.getString("level") + ' ' + line.getString("message"))
                        .toList());
    }

    @Test
    void aLoggerCanHaveALevelOfItsOwnUntilTheLevelOfAllIsSet() {
        handler.install(LogLevel.INFO);
        handler.level("dev.outrigger.telemetry", LogLevel.DEBUG);
        LOG.log(Level.DEBUG, "first");
        OTHER.log(Level.DEBUG, "too little");
        assertEquals(Map.of("", LogLevel.INFO, "dev.outrigger.telemetry", LogLevel.DEBUG), handler.levels());
        handler.level("dev.outrigger.telemetry", LogLevel.ERROR);
        LOG.log(Level.WARNING, "too little");
        handler.level(LogLevel.WARN);
        LOG.log(Level.WARNING, "second");
        assertEquals(Map.of("", LogLevel.WARN), handler.levels());

        assertEquals(
                List.of("first", "second"),
                lines().stream().map(line -> line.getString("message")).toList());
    }

    @Test
    void theEmptyNameIsTheLevelOfAll() {
        handler.install(LogLevel.INFO);
        handler.level("dev.outrigger.telemetry", LogLevel.ERROR);
        handler.level("", LogLevel.DEBUG);
        LOG.log(Level.DEBUG, "first");

        assertEquals(Map.of("", LogLevel.DEBUG), handler.levels());
        assertEquals(1, lines().size());
    }

    @Test
    void otherHandlersAreReplaced() {
        handler.install(LogLevel.INFO);

        assertEquals(List.of(handler), List.of(root.getHandlers()));
    }

    private List<Config> lines() {
        handler.close();
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(ConfigFactory::parseString)
                .toList();
    }
}
