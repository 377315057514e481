package dev.outrigger.app;

import dev.outrigger.config.load.ConfigLoader;
import dev.outrigger.config.load.ConfigWatcher;
import dev.outrigger.config.load.LoadResult;
import dev.outrigger.config.load.LoadResult.Loaded;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where the configuration comes from, again and again, and the news that it has changed there. */
final class ConfigSource implements AutoCloseable {
    /** How long a file has to stay as it is before it is read: longer than writing it takes. */
    private static final Duration QUIET = Duration.ofMillis(200);
    /** How often it is looked at where the file system tells nothing. */
    private static final Duration POLL = Duration.ofSeconds(5);

    private final String name;
    private final Supplier<LoadResult> loader;
    private final @Nullable ConfigWatcher watcher;
    private volatile Runnable onChange = () -> {};

    private ConfigSource(String name, Supplier<LoadResult> loader, @Nullable Path file) {
        this.name = name;
        this.loader = loader;
        this.watcher = file == null ? null : new ConfigWatcher(file, QUIET, POLL, () -> onChange.run());
    }

    /** A file of the operator's, with the overrides of this process's environment. */
    static ConfigSource of(Path file) {
        return of(file, System.getenv());
    }

    /** A file, with the overrides of some other environment. */
    static ConfigSource of(Path file, Map<String, String> environment) {
        ConfigLoader loader = new ConfigLoader(environment);
        return new ConfigSource(file.toString(), () -> loader.load(file), file);
    }

    /** A text that is never going to be another one. */
    static ConfigSource of(String name, String hocon) {
        ConfigLoader loader = new ConfigLoader();
        return new ConfigSource(name, () -> loader.loadString(name, hocon), null);
    }

    /** For people. */
    String name() {
        return name;
    }

    /** Reads it anew. */
    LoadResult load() {
        if (watcher == null) {
            return loader.get();
        }
        watcher.beforeLoad();
        LoadResult result = loader.get();
        watcher.files(watched(result));
        return result;
    }

    /** A secret or a certificate is renewed in its file as the configuration is in its own: that is a change too. */
    private static Set<Path> watched(LoadResult result) {
        Set<Path> all = new HashSet<>(result.files());
        if (result instanceof Loaded loaded) {
            loaded.config().secrets().forEach(secret -> secret.file().ifPresent(all::add));
            loaded.config().tlsFiles().forEach(file -> all.add(file.toAbsolutePath()));
        }
        return all;
    }

    /** From now on, changes since the last load are told, by a thread of the watcher's. */
    void watch(Runnable toldOfChanges) {
        onChange = toldOfChanges;
        if (watcher != null) {
            watcher.start();
        }
    }

    /** Tells of no further change. */
    @Override
    public void close() {
        if (watcher != null) {
            watcher.close();
        }
    }
}
