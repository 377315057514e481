package dev.outrigger.app;

import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.config.model.LogLevel;
import dev.outrigger.telemetry.JsonLogHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Logger;

/** A sidecar in this process whose log is this process's for as long as it runs, as it is in a process of its own. */
final class HereSidecar implements AutoCloseable {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final Logger root = Logger.getLogger("");
    private final List<Handler> handlers = List.of(root.getHandlers());
    private final JsonLogHandler log = new JsonLogHandler(output);
    private final RunningSidecar sidecar;

    HereSidecar(ConfigSource source) throws IOException {
        Loaded loaded = RunningSidecar.load(source);
        log.install(loaded.config().telemetry().logLevel());
        try {
            sidecar = RunningSidecar.start(source, loaded, log);
        } catch (IOException | RuntimeException e) {
            restoreLog();
            throw e;
        }
    }

    /** What has been logged so far. */
    String output() {
        return output.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        sidecar.close();
        restoreLog();
    }

    private void restoreLog() {
        log.level(LogLevel.INFO);
        log.close();
        handlers.forEach(root::addHandler);
    }
}
