package dev.outrigger.record;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** One loop's recorders of streams, each made when first asked for and kept. */
final class Streams {
    private final Timings timings;
    private final Map<String, Map<StreamKind, StreamRecorder>> recorders = new HashMap<>();

    Streams(Timings timings) {
        this.timings = timings;
    }

    /** Asking for one that exists costs no allocation. */
    StreamRecorder of(String upstream, StreamKind kind) {
        Map<StreamKind, StreamRecorder> ofUpstream = recorders.get(upstream);
        StreamRecorder known = ofUpstream == null ? null : ofUpstream.get(kind);
        if (known != null) {
            return known;
        }
        StreamRecorder made = new StreamRecorder(new StreamKey(upstream, kind), timings);
        recorders
                .computeIfAbsent(upstream, unused -> new EnumMap<>(StreamKind.class))
                .put(kind, made);
        return made;
    }

    Map<StreamKey, StreamGauges> gauges() {
        Map<StreamKey, StreamGauges> gauges = new HashMap<>();
        recorders.forEach((upstream, kinds) ->
                kinds.forEach((kind, recorder) -> gauges.put(new StreamKey(upstream, kind), recorder.gauges())));
        return gauges;
    }
}
