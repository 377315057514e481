package dev.outrigger.app;

import dev.outrigger.admin.ConfigControl;
import dev.outrigger.admin.ConfigState;
import dev.outrigger.admin.ReloadResult;
import dev.outrigger.admin.ReloadResult.Result;
import dev.outrigger.config.load.ConfigChange;
import dev.outrigger.config.load.ConfigDiff;
import dev.outrigger.config.load.ConfigHash;
import dev.outrigger.config.load.ConfigProblem;
import dev.outrigger.config.load.LoadResult;
import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.config.load.LoadResult.Refused;
import dev.outrigger.config.model.LogLevel;
import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.runtime.Snapshot;
import dev.outrigger.runtime.Switches;
import dev.outrigger.telemetry.ConfigFigures;
import dev.outrigger.telemetry.JsonLogHandler;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The configuration in force, and the only way by which another one comes into force: load, prepare every part, commit every
 * part. Any problem on the way leaves everything as it was.
 *
 * <p>Changes are made one after the other on a thread of their own, since they read files and wait for health checks; neither
 * the loops nor the thread of the scrapes wait for them.
 */
final class RunningConfig implements ConfigControl {
    private static final Logger LOG = System.getLogger(RunningConfig.class.getName());

    private final ConfigSource source;
    private final ProxyConfig first;
    private final List<Reloadable> parts;
    private final DataPlane dataPlane;
    private final Observers observers;
    private final JsonLogHandler log;
    private final ExecutorService executor;
    private final InstantSource wallClock;
    private final Runnable stop;
    private final Map<Result, Long> counts = new EnumMap<>(Result.class);
    private volatile ConfigState state;
    private volatile ConfigFigures figures;

    /**
     * @param parts in the order in which they commit
     * @param executor with a single thread
     * @param stop begins the orderly stop of the process; must not block
     */
    RunningConfig(
            ConfigSource source,
            ProxyConfig first,
            List<Reloadable> parts,
            DataPlane dataPlane,
            Observers observers,
            JsonLogHandler log,
            ExecutorService executor,
            InstantSource wallClock,
            Runnable stop) {
        this.source = source;
        this.first = first;
        this.parts = List.copyOf(parts);
        this.dataPlane = dataPlane;
        this.observers = observers;
        this.log = log;
        this.executor = executor;
        this.wallClock = wallClock;
        this.stop = stop;
        for (Result result : Result.values()) {
            counts.put(result, 0L);
        }
        Instant now = wallClock.instant();
        this.state = stateOf(first, now, Optional.empty());
        this.figures = figures(Optional.of(now), false);
    }

    /**
     * Has the first look-ups and checks made, and waits for them, if they come in time. On the thread of all changes, since
     * what is looked up from then on is one.
     */
    void begin() {
        submit(() -> {
                    dataPlane.begin();
                    return refresh();
                })
                .toCompletableFuture()
                .join();
    }

    /** The name of an upstream was looked up; whatever that has changed comes into force. Returns at once. */
    void onLookup() {
        submit(() -> dataPlane.follow() ? refresh() : state).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.log(Level.DEBUG, "what was looked up is not taken over", failure);
            }
        });
    }

    private ConfigState refresh() {
        ConfigState current = state;
        state = stateOf(current.config(), current.since(), current.lastReload());
        return state;
    }

    /** From now on a change of the source is a reload. */
    void watch() {
        source.watch(() -> reload("file"));
    }

    @Override
    public ConfigState state() {
        return state;
    }

    /** For the scrape. */
    ConfigFigures figures() {
        return figures;
    }

    @Override
    public CompletionStage<ReloadResult> reload(String trigger) {
        return submit(() -> reloadNow(trigger));
    }

    private ReloadResult reloadNow(String trigger) {
        LoadResult loaded = source.load();
        ReloadResult result = loaded instanceof Refused refused
                ? failed(
                        trigger,
                        refused.problems().stream().map(ConfigProblem::toString).toList())
                : take(trigger, ((Loaded) loaded).config());
        counts.merge(result.result(), 1L, Long::sum);
        boolean taken = result.result() != Result.FAILURE;
        figures = figures(taken ? Optional.of(result.at()) : figures.lastSuccess(), !taken);
        report(result);
        return result;
    }

    private ReloadResult take(String trigger, ProxyConfig next) {
        ProxyConfig before = state.config();
        Instant now = wallClock.instant();
        List<String> changes = ConfigDiff.between(before, next).stream()
                .map(ConfigChange::toString)
                .toList();
        try {
            apply(next);
        } catch (IOException | RuntimeException e) {
            return failed(trigger, List.of(String.valueOf(e.getMessage())));
        }
        Result result = changes.isEmpty() ? Result.UNCHANGED : Result.SUCCESS;
        ReloadResult reload = new ReloadResult(trigger, result, now, List.of(), changes, needsRestart(next));
        state = stateOf(next, changes.isEmpty() ? state.since() : now, Optional.of(reload));
        return reload;
    }

    private void apply(ProxyConfig next) throws IOException {
        List<Reloadable.Prepared> prepared = new ArrayList<>();
        try {
            for (Reloadable part : parts) {
                prepared.add(part.prepare(next));
            }
        } catch (IOException | RuntimeException e) {
            Collections.reverse(prepared);
            prepared.forEach(Reloadable.Prepared::abandon);
            throw e;
        }
        prepared.forEach(Reloadable.Prepared::commit);
        log.level(next.telemetry().logLevel());
    }

    private ReloadResult failed(String trigger, List<String> problems) {
        ReloadResult result = new ReloadResult(
                trigger, Result.FAILURE, wallClock.instant(), problems, List.of(), needsRestart(state.config()));
        ConfigState current = state;
        state = stateOf(current.config(), current.since(), Optional.of(result));
        return result;
    }

    private static void report(ReloadResult result) {
        switch (result.result()) {
            case FAILURE ->
                LOG.log(
                        Level.ERROR,
                        "reload (" + result.trigger() + ") refused, the configuration stays as it is: "
                                + String.join("; ", result.problems()));
            case UNCHANGED -> LOG.log(Level.INFO, "reload (" + result.trigger() + "): nothing has changed");
            case SUCCESS ->
                LOG.log(Level.INFO, "reload (" + result.trigger() + ") done: " + String.join("; ", result.changes()));
        }
        if (!result.needsRestart().isEmpty()) {
            LOG.log(Level.WARNING, "takes effect at the next start: " + String.join("; ", result.needsRestart()));
        }
    }

    /** Threads are made at the start, and a socket is shared from its beginning or never. */
    private List<String> needsRestart(ProxyConfig next) {
        return ConfigDiff.between(first, next).stream()
                .filter(change -> change.path().startsWith("outrigger.runtime.")
                        || change.path().equals("outrigger.lifecycle.hand-over"))
                .map(ConfigChange::toString)
                .toList();
    }

    @Override
    public CompletionStage<ConfigState> switchTo(UnaryOperator<Switches> change) {
        return submit(() -> {
            Switches switches = change.apply(state.switches());
            dataPlane.switchTo(switches);
            observers.switchTo(switches);
            LOG.log(Level.INFO, "switched by admin until the next reload: " + switches);
            return refresh();
        });
    }

    @Override
    public void logLevel(String logger, LogLevel level) {
        log.level(logger, level);
    }

    @Override
    public Map<String, LogLevel> logLevels() {
        return log.levels();
    }

    @Override
    public void drain() {
        stop.run();
    }

    /** No change comes into force any more; the one under way ends first. */
    void close() {
        source.close();
        executor.shutdown();
    }

    private ConfigState stateOf(ProxyConfig config, Instant since, Optional<ReloadResult> lastReload) {
        Snapshot snapshot = dataPlane.snapshot();
        return new ConfigState(
                source.name(),
                config,
                snapshot.generation(),
                ConfigHash.of(config).hex(),
                since,
                snapshot.switches(),
                Switches.of(config.telemetry()),
                lastReload,
                needsRestart(config));
    }

    private ConfigFigures figures(Optional<Instant> lastSuccess, boolean refused) {
        Map<String, Long> byResult = new HashMap<>();
        counts.forEach((result, count) -> byResult.put(result.label(), count));
        return new ConfigFigures(byResult, ConfigHash.of(state.config()).number(), lastSuccess, refused);
    }

    private <T> CompletionStage<T> submit(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, executor);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new IllegalStateException("the sidecar is stopping", e));
        }
    }
}
