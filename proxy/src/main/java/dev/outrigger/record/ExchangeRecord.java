package dev.outrigger.record;

import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one exchange: filled in as it happens, handed to every {@link ExchangeObserver} at its end, frozen from
 * then on.
 *
 * <p>A plain struct on purpose. Its fields are written a handful of times per request by one thread and read by a few
 * observers; accessors for thirty fields would only hide that. Every {@code String} that becomes a label (route, upstream,
 * method, tool) is one of a bounded set and interned by its producer, so that series are found by reference.
 */
public final class ExchangeRecord {
    /** Label of a field that does not apply. */
    public static final String NONE = "";
    /** Label that stands for everything beyond a bound. */
    public static final String OTHER = "other";

    // ---- when: NanoClock readings, 0 where it never happened
    public long startNanos;
    /** The first attempt began. */
    public long attemptNanos;
    /** The head of the upstream's answer arrived. */
    public long headNanos;

    public long endNanos;

    // ---- what was asked
    /** HTTP method, one of the nine standard names or {@link #OTHER}. */
    public String httpMethod = NONE;
    /** Path without query, as received. Never a label. */
    public String path = NONE;

    public String listener = NONE;
    /** Route name; {@code none} where nothing matched. */
    public String route = "none";
    /** {@code HTTP/1.1} and so on. */
    public String protocol = NONE;

    public String clientAddress = NONE;
    public int clientPort;
    /** Value of X-Request-ID, received or made. */
    public String requestId = NONE;

    public @Nullable String userAgent;

    // ---- MCP
    /** JSON-RPC method, one of MCP's or {@link #OTHER}; empty: not MCP. */
    public String mcpMethod = NONE;
    /** Tool of a {@code tools/call}, interned and bounded; empty otherwise. */
    public String tool = NONE;
    /** The id as it stands in the request ({@code 1} or {@code "1"}); null for notifications and what is not MCP. */
    public @Nullable String jsonRpcId;

    public @Nullable String mcpProtocolVersion;
    public @Nullable String mcpSessionId;

    // ---- where it went
    public String upstream = NONE;
    /** {@code host:port} of the last endpoint tried. For logs and spans, never for clients. */
    public String endpoint = NONE;

    public int attempts;

    // ---- how it ended
    /** Status sent to the client, 0 if none was. */
    public int status;

    public Outcome outcome = Outcome.SUCCESS;
    /** Why, if the proxy ended it; null when the upstream's answer passed whole. */
    public @Nullable Reason reason;

    public BreakerMark breaker = BreakerMark.NONE;
    /** Body bytes. */
    public long requestBytes;

    public long responseBytes;

    // ---- trace
    public long traceIdHigh;
    public long traceIdLow;
    /** The sidecar's own span. */
    public long spanId;
    /** The client's span, 0 where the trace begins here. */
    public long parentSpanId;

    public boolean sampled;
    /** The trace id's low 56 bits are random: W3C's random-trace-id flag, as received or as made. */
    public boolean traceIdRandom;

    public @Nullable String traceState;

    /** Nanoseconds from the first byte of the head seen to the end. */
    public long durationNanos() {
        return endNanos - startNanos;
    }

    /**
     * OpenTelemetry's {@code error.type}: the proxy's reason, else the status of a server's error, else empty.
     */
    public String errorType() {
        if (reason != null) {
            return reason.label();
        }
        return status >= 500 ? StatusText.of(status) : NONE;
    }
}
