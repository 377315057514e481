package dev.outrigger.admin;

import dev.outrigger.config.model.RateLimitConfig;
import dev.outrigger.json.JsonWriter;
import dev.outrigger.resilience.ConcurrencyLimiter;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.resilience.RateLimiter;
import dev.outrigger.time.NanoClock;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * {@code /rate-limit}: every limit, and of the keys of each those that are nearest to it. What opens doors, an API key or a
 * session's id, is shown as the beginning of its hash.
 */
final class LimitEndpoints {
    private static final int USUAL_KEYS = 20;
    private static final int MOST_KEYS = 1000;

    private final Supplier<Limiters> limiters;
    private final NanoClock clock;

    LimitEndpoints(Supplier<Limiters> limiters, NanoClock clock) {
        this.limiters = limiters;
        this.clock = clock;
    }

    OpsReply list(OpsRequest request) {
        List<String> asked = request.query("keys");
        int keys = asked.isEmpty() ? USUAL_KEYS : count(asked.get(0));
        if (keys < 0) {
            return OpsReply.error(400, "keys: expected a whole number from 0 to " + MOST_KEYS);
        }
        Limiters all = limiters.get();
        long nowNanos = clock.nanoTime();
        return OpsReply.json(200, json -> {
            json.beginObject().name("rate_limits").beginArray();
            all.rates().forEach(limiter -> write(json, limiter, keys, nowNanos));
            json.endArray().name("concurrency_limits").beginArray();
            all.concurrency().forEach(limiter -> write(json, limiter));
            json.endArray().endObject();
        });
    }

    /** Negative if it is none. */
    private static int count(String text) {
        try {
            int count = Integer.parseInt(text);
            return count <= MOST_KEYS ? count : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static void write(JsonWriter json, RateLimiter limiter, int keys, long nowNanos) {
        RateLimitConfig config = limiter.config();
        json.beginObject();
        json.name("service").value(limiter.name());
        json.name("key").value(word(config.key()));
        json.name("algorithm").value(word(config.algorithm()));
        json.name("rate").value(config.rate());
        json.name("per_ms").value(config.per().toMillis());
        json.name("burst").value(config.burst());
        json.name("shadow").value(config.shadow());
        json.name("rejected").value(limiter.rejected());
        json.name("shadow_rejected").value(limiter.shadowRejected());
        json.name("keys").value(limiter.keys());
        json.name("buckets").beginArray();
        for (RateLimiter.Bucket bucket : limiter.buckets(keys, nowNanos)) {
            json.beginObject();
            json.name("key").value(bucket.key());
            json.name("available").value(bucket.available());
            json.endObject();
        }
        json.endArray().endObject();
    }

    private static void write(JsonWriter json, ConcurrencyLimiter limiter) {
        json.beginObject();
        json.name("scope").value(limiter.scope().label());
        json.name("service").value(limiter.name());
        json.name("limit").value(limiter.limit());
        json.name("adaptive").value(limiter.config().adaptive());
        json.name("used").value(limiter.used());
        json.name("queue").value(limiter.config().queue());
        json.name("queue_timeout_ms").value(limiter.config().queueTimeout().toMillis());
        json.name("waiting").value(limiter.waiting());
        json.name("queued").value(limiter.queued());
        json.name("rejected_queue_full").value(limiter.refusedFull());
        json.name("rejected_queue_timeout").value(limiter.refusedLate());
        json.endObject();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
