package dev.outrigger.admin;

import dev.outrigger.config.load.ConfigLoader;
import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.config.model.LogLevel;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.runtime.Switches;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** A sidecar that takes up whatever it is told, at once, and whose reloads end as the test says. */
final class FakeControl implements ConfigControl {
    static final Instant STARTED = Instant.parse("2026-11-20T10:00:00Z");
    static final Instant RELOADED = Instant.parse("2026-11-20T11:30:00.250Z");
    static final String HASH = "ab".repeat(32);

    final List<String> triggers = new ArrayList<>();
    final CompletableFuture<ReloadResult> reload = new CompletableFuture<>();
    int drains;
    private final Map<String, LogLevel> levels = new TreeMap<>();
    private volatile ConfigState state;

    /** @param telemetry what stands in the section of that name */
    FakeControl(String telemetry) {
        ProxyConfig config = config(telemetry);
        Switches configured = Switches.of(config.telemetry());
        levels.put("", config.telemetry().logLevel());
        state = new ConfigState(
                "/etc/outrigger/outrigger.conf",
                config,
                1,
                HASH,
                STARTED,
                configured,
                configured,
                Optional.empty(),
                List.of());
    }

    private static ProxyConfig config(String telemetry) {
        String text =
                "outrigger { listeners.inbound.bind = \"127.0.0.1:0\", upstreams.app.endpoints = [\"127.0.0.1:1\"],"
                        + " routes = [{ upstream = app }], admin.token-file = \"/run/secrets/admin\", telemetry { "
                        + telemetry
                        + " } }";
        if (new ConfigLoader(Map.of("METRICS_TOKEN", "s3cret")).loadString("test", text) instanceof Loaded loaded) {
            return loaded.config();
        }
        throw new IllegalArgumentException(text + ", expected a valid configuration");
    }

    /** The reload under way is over, and this is what came of it. */
    void reloaded(ReloadResult result, long generation, List<String> needsRestart) {
        ConfigState before = state;
        state = new ConfigState(
                before.file(),
                before.config(),
                generation,
                before.hash(),
                before.since(),
                before.switches(),
                before.configured(),
                Optional.of(result),
                needsRestart);
        reload.complete(result);
    }

    @Override
    public ConfigState state() {
        return state;
    }

    @Override
    public CompletionStage<ReloadResult> reload(String trigger) {
        triggers.add(trigger);
        return reload;
    }

    @Override
    public CompletionStage<ConfigState> switchTo(UnaryOperator<Switches> change) {
        ConfigState before = state;
        state = new ConfigState(
                before.file(),
                before.config(),
                before.generation(),
                before.hash(),
                before.since(),
                change.apply(before.switches()),
                before.configured(),
                before.lastReload(),
                before.needsRestart());
        return CompletableFuture.completedFuture(state);
    }

    @Override
    public synchronized void logLevel(String logger, LogLevel level) {
        if (logger.isEmpty()) {
            levels.clear();
        }
        levels.put(logger, level);
    }

    @Override
    public synchronized Map<String, LogLevel> logLevels() {
        return new TreeMap<>(levels);
    }

    @Override
    public void drain() {
        drains++;
    }
}
