package dev.outrigger.runtime;

import dev.outrigger.config.load.ConfigLoader;
import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.time.NanoClock;
import java.util.Map;

/** What benchmarks of policies begin with: a configuration as operators write it, so that it is compiled as it is in use. */
public final class CompiledConfig {
    private static final String REST = "outrigger.listeners.in.bind = \"127.0.0.1:0\"\n";

    private CompiledConfig() {}

    /** @param hocon what stands below {@code outrigger}: upstreams and routes */
    public static Snapshot of(String hocon) {
        Loaded loaded = (Loaded) new ConfigLoader(Map.of()).loadString("benchmark", REST + "outrigger {" + hocon + "}");
        return new SnapshotCompiler((breaker, from, to, why) -> {}, Runnable::run, NanoClock.SYSTEM, nanos -> {})
                .compile(loaded.config(), null);
    }
}
