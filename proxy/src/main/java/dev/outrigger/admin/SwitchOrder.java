package dev.outrigger.admin;

import dev.outrigger.config.load.Shares;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request wants to have switched.
 *
 * @param enabled null leaves it as it is
 * @param sample share of traces from 0 to 1, null leaves it as it is
 */
record SwitchOrder(@Nullable Boolean enabled, @Nullable Double sample) {
    private static final String ENABLED = "enabled";
    private static final String SAMPLE = "sample";
    private static final String SWITCH = "on, off or {\"enabled\": true}";
    private static final String TRACING =
            "on, off, a share of traces such as 10% or 0.1, or {\"enabled\": true, \"sample\": \"10%\"}";

    /** @throws IllegalArgumentException if the body says anything else; the message holds it and what was expected */
    static SwitchOrder onOrOff(OpsRequest request) {
        OrderBody body = OrderBody.of(request, SWITCH);
        String word = body.isObject() ? body.values(Set.of(ENABLED)).get(ENABLED) : body.word();
        return new SwitchOrder(enabled(word, body), null);
    }

    /**
     * Besides on and off a share of traces, which as a bare word switches tracing on.
     *
     * @throws IllegalArgumentException if the body says anything else; the message holds it and what was expected
     */
    static SwitchOrder tracing(OpsRequest request) {
        OrderBody body = OrderBody.of(request, TRACING);
        if (body.isObject()) {
            Map<String, String> values = body.values(Set.of(ENABLED, SAMPLE));
            String enabled = values.get(ENABLED);
            String sample = values.get(SAMPLE);
            return new SwitchOrder(
                    enabled == null ? null : enabled(enabled, body), sample == null ? null : share(sample, body));
        }
        return Character.isDigit(body.word().isEmpty() ? ' ' : body.word().charAt(0))
                ? new SwitchOrder(true, share(body.word(), body))
                : new SwitchOrder(enabled(body.word(), body), null);
    }

    boolean enabledOr(boolean present) {
        return enabled == null ? present : enabled;
    }

    double sampleOr(double present) {
        return sample == null ? present : sample;
    }

    private static boolean enabled(@Nullable String word, OrderBody body) {
        return switch (String.valueOf(word)) {
            case "on", "true" -> true;
            case "off", "false" -> false;
            default -> throw body.refused();
        };
    }

    private static double share(String text, OrderBody body) {
        Double share = Shares.parse(text);
        if (share == null) {
            throw body.refused();
        }
        return share;
    }
}
