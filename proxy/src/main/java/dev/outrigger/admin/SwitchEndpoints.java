package dev.outrigger.admin;

import dev.outrigger.json.JsonWriter;
import dev.outrigger.runtime.Switches;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * {@code /tracing}, {@code /metrics-collection} and {@code /access-log}: what can be switched until the next reload. Every
 * answer is the switch as it then is.
 */
final class SwitchEndpoints {
    private static final String NO_PATH = "outrigger.telemetry.access-log.path is not set, expected a path to write to";

    private final ConfigControl control;

    SwitchEndpoints(ConfigControl control) {
        this.control = control;
    }

    OpsReply tracing(OpsRequest request) {
        return shown(SwitchReport::tracing, control.state());
    }

    CompletionStage<OpsReply> switchTracing(OpsRequest request) {
        return change(
                request,
                SwitchOrder::tracing,
                (before, order) -> new Switches(
                        order.enabledOr(before.tracing()),
                        order.sampleOr(before.sample()),
                        before.metrics(),
                        before.accessLog()),
                SwitchReport::tracing);
    }

    OpsReply metrics(OpsRequest request) {
        return shown(SwitchReport::metrics, control.state());
    }

    CompletionStage<OpsReply> switchMetrics(OpsRequest request) {
        return change(
                request,
                SwitchOrder::onOrOff,
                (before, order) -> new Switches(
                        before.tracing(), before.sample(), order.enabledOr(before.metrics()), before.accessLog()),
                SwitchReport::metrics);
    }

    OpsReply accessLog(OpsRequest request) {
        return shown(SwitchReport::accessLog, control.state());
    }

    /** Without a path there is nothing to switch on. */
    CompletionStage<OpsReply> switchAccessLog(OpsRequest request) {
        if (control.state().config().telemetry().accessLog().path().isEmpty()) {
            return CompletableFuture.completedFuture(OpsReply.error(409, NO_PATH));
        }
        return change(
                request,
                SwitchOrder::onOrOff,
                (before, order) -> new Switches(
                        before.tracing(), before.sample(), before.metrics(), order.enabledOr(before.accessLog())),
                SwitchReport::accessLog);
    }

    private CompletionStage<OpsReply> change(
            OpsRequest request,
            Function<OpsRequest, SwitchOrder> reader,
            Change change,
            BiConsumer<JsonWriter, ConfigState> report) {
        SwitchOrder order;
        try {
            order = reader.apply(request);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedFuture(OpsReply.error(400, String.valueOf(e.getMessage())));
        }
        return control.switchTo(before -> change.of(before, order)).thenApply(after -> shown(report, after));
    }

    private static OpsReply shown(BiConsumer<JsonWriter, ConfigState> report, ConfigState state) {
        return OpsReply.json(200, json -> report.accept(json, state));
    }

    @FunctionalInterface
    private interface Change {
        Switches of(Switches before, SwitchOrder order);
    }
}
