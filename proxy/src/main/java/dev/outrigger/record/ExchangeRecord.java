package dev.outrigger.record;

import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import java.util.ArrayList;
import java.util.List;
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
    /** Protocol of a connection that passes as it is. */
    public static final String TCP = "tcp";

    /** Protocol of requests that came over HTTP/2, whatever their heads look like in here. */
    public static final String HTTP_2 = "HTTP/2";

    private static final int FIRST_SERVER_ERROR = 500;
    private static final String TOOL_ERROR = "tool_error";

    private final boolean call;
    /** Of a call: the span of its exchange. */
    private long exchangeSpanId;

    // ---- when: NanoClock readings, 0 where it never happened
    public long startNanos;
    /** The first attempt began. */
    public long attemptNanos;
    /** The request was handed to an upstream connection, for the first time if there were several. */
    public long upstreamSentNanos;
    /** The head of the upstream's answer arrived. */
    public long headNanos;
    /** The first event of an event stream arrived. */
    public long firstEventNanos;

    public long endNanos;

    /** Number of the configuration that it was handled by, from 1. */
    public long generation;

    // ---- what was asked
    /** HTTP method, one of the nine standard names or {@link #OTHER}. */
    public String httpMethod = NONE;
    /** Path without query, as received. Never a label. */
    public String path = NONE;

    public String listener = NONE;
    /** Route name; {@code none} where nothing matched. */
    public String route = "none";
    /** {@code HTTP/1.1}, {@code HTTP/1.0} or {@link #HTTP_2}: what the client speaks; {@link #TCP} where it is not looked at. */
    public String protocol = NONE;

    public String clientAddress = NONE;
    public int clientPort;
    /** Of the client's connection, {@code TLSv1.3} for one; empty without TLS. */
    public String tlsVersion = NONE;
    /** The name that the client's TLS hello asks for. The client's choice: never a label. */
    public @Nullable String serverName;
    /** Who the client is by the certificate that it showed. Never a label. */
    public @Nullable String clientCertificate;
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

    /** Prompt of a {@code prompts/get}, the caller's choice: never a label. Filled when somebody looks at single exchanges. */
    public String promptName = NONE;
    /** Resource that the request names. Never a label. Filled when somebody looks at single exchanges. */
    public @Nullable String resourceUri;

    public @Nullable String mcpProtocolVersion;
    public @Nullable String mcpSessionId;
    /** Of 2026-07-28 or later: without sessions. */
    public boolean modern;
    /**
     * The operations of this exchange are recorded by {@link ExchangeObserver#onCall} instead. The exchange itself counts as
     * HTTP and for the breaker only.
     */
    public boolean operationsApart;
    /** What the answer is; {@link StreamKind#NONE} where it is neither an event stream nor a tunnel. */
    public StreamKind stream = StreamKind.NONE;

    // ---- where it went
    public String upstream = NONE;
    /** {@code host:port} of the last endpoint tried. For logs and spans, never for clients. */
    public String endpoint = NONE;

    public int attempts;
    /** The attempts before the last one, oldest first; null if there was none. */
    public @Nullable List<Retried> retried;

    // ---- how it ended
    /** Status sent to the client, 0 if none was; 101 of a tunnel after an upgrade, whatever the client's protocol calls it. */
    public int status;

    public Outcome outcome = Outcome.SUCCESS;
    /** Why, if the proxy ended it; null when the upstream's answer passed whole. */
    public @Nullable Reason reason;

    /** The client got a static answer in place of the failure. */
    public boolean fallback;
    /** The result says {@code isError}. */
    public boolean toolError;
    /** The response is a JSON-RPC error. */
    public boolean rpcError;
    /** Its code, if it is one. */
    public int rpcErrorCode;

    /** How a gRPC call ended; null for everything else. */
    public @Nullable GrpcStatus grpcStatus;

    public BreakerMark breaker = BreakerMark.NONE;
    public CacheMark cache = CacheMark.NONE;
    /** Body bytes; of a tunnel those that the client sent in it. */
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
    /** A span that this one is not a child of but has to do with; 0: none. */
    public long linkSpanId;

    public long linkTraceIdHigh;
    public long linkTraceIdLow;
    public boolean linkSampled;

    /** An exchange's record. */
    public ExchangeRecord() {
        this(false);
    }

    private ExchangeRecord(boolean call) {
        this.call = call;
    }

    /**
     * The record of one operation of this exchange, to be handed to {@link ExchangeObserver#onCall}.
     *
     * <p>It begins with what is known of where the exchange came from and went to, of its session and its trace, as a child
     * of this span and with the same start. The caller sets what the operation is, its span's id and its end.
     */
    public ExchangeRecord newCall() {
        ExchangeRecord made = new ExchangeRecord(true);
        made.startNanos = startNanos;
        copyWay(made);
        made.mcpProtocolVersion = mcpProtocolVersion;
        made.mcpSessionId = mcpSessionId;
        made.modern = modern;
        made.traceIdHigh = traceIdHigh;
        made.traceIdLow = traceIdLow;
        made.traceIdRandom = traceIdRandom;
        made.sampled = sampled;
        made.traceState = traceState;
        made.parentSpanId = spanId;
        made.exchangeSpanId = spanId;
        return made;
    }

    private void copyWay(ExchangeRecord into) {
        into.generation = generation;
        into.listener = listener;
        into.route = route;
        into.protocol = protocol;
        into.clientAddress = clientAddress;
        into.clientPort = clientPort;
        into.tlsVersion = tlsVersion;
        into.serverName = serverName;
        into.clientCertificate = clientCertificate;
        into.requestId = requestId;
        into.upstream = upstream;
        into.endpoint = endpoint;
    }

    /** There is another attempt. */
    public void addRetried(Retried attempt) {
        List<Retried> all = retried;
        if (all == null) {
            all = new ArrayList<>(2);
            retried = all;
        }
        all.add(attempt);
    }

    /** Whether a trace was continued or begun for it. */
    public boolean isTraced() {
        return spanId != 0;
    }

    /** Whether this is an operation that is recorded apart from its exchange. */
    public boolean isCall() {
        return call;
    }

    /** Whether the parent span is somebody else's, and not the exchange's that this call belongs to. */
    public boolean hasRemoteParent() {
        return parentSpanId != 0 && (!call || parentSpanId != exchangeSpanId);
    }

    /** Nanoseconds from the first byte of the head seen to the end. */
    public long durationNanos() {
        return endNanos - startNanos;
    }

    /**
     * OpenTelemetry's {@code error.type}, after its rules for MCP servers: the proxy's reason, else {@code tool_error}, else
     * the code of a JSON-RPC error that is not the caller's fault, else the status of a server's error, else empty. Out of a
     * bounded set.
     */
    public String errorType() {
        if (reason != null) {
            return reason.label();
        }
        if (toolError) {
            return TOOL_ERROR;
        }
        if (rpcError && !RpcCodeText.isCallersError(rpcErrorCode)) {
            return RpcCodeText.of(rpcErrorCode);
        }
        return status >= FIRST_SERVER_ERROR ? StatusText.of(status) : NONE;
    }

    /** Whether the upstream answered that the request is wrong: an error for the caller, but no error of the server. */
    public boolean isCallersError() {
        return rpcError && errorType().isEmpty();
    }
}
