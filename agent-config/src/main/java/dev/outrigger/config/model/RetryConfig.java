package dev.outrigger.config.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * When a request is sent once more, and how often. Requests of which nothing was sent always may be; the others only if a
 * second time changes nothing.
 *
 * @param attempts in all, the first included
 * @param perTryTimeout after which an attempt without an answer is given up for another one; none if not set
 * @param budget how many retries there may be for each request of the last seconds, 0 to 1; 20 % as Envoy and linkerd have it
 * @param backoffBase the first pause is a random one up to this, each further one up to twice as much; 25 ms as Envoy has it
 * @param backoffMax no pause is longer
 * @param tools patterns of tools that may be called twice
 * @param statuses answers that are not the upstream's last word, ascending
 * @param trustToolAnnotations whether tools may be called twice that say they are read-only or idempotent
 * @param maxBodyBytes the longest body that is kept to be sent again; 64 KiB as linkerd has it
 */
public record RetryConfig(
        int attempts,
        Optional<Duration> perTryTimeout,
        double budget,
        Duration backoffBase,
        Duration backoffMax,
        List<String> tools,
        List<Integer> statuses,
        boolean trustToolAnnotations,
        long maxBodyBytes) {

    public RetryConfig {
        tools = List.copyOf(tools);
        statuses = statuses.stream().sorted().distinct().toList();
    }
}
