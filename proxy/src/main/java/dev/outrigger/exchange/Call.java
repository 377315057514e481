package dev.outrigger.exchange;

import dev.outrigger.failure.Failure;
import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.resilience.ConcurrencyLimiter;
import dev.outrigger.resilience.FailureRules;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.resilience.RateLimiter;
import dev.outrigger.runtime.Worker;
import dev.outrigger.upstream.Answer;
import dev.outrigger.upstream.McpSession;
import dev.outrigger.upstream.SessionCall;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One operation that a client asked for: a JSON-RPC request or notification, from its arrival to its answer.
 *
 * <p>Mostly it is the whole exchange and writes into that exchange's record. It is recorded apart when it is one of a batch,
 * or when its answer comes on another stream of its session; it may then outlive its exchange. The session knows it by its id
 * as long as it is open, so that an answer or a cancellation that comes in on another connection, and another thread, finds
 * it; whatever comes is passed to the call's own loop, which alone touches it.
 */
final class Call implements SessionCall {
    private static final byte[] NO_ID = {};

    private final McpMethod method;
    private byte[] id;
    private @Nullable String idText;
    private final String tool;
    private final long timeoutNanos;
    private final boolean deadLetter;
    private final boolean firstPage;
    private final @Nullable String progressToken;

    private @Nullable RateLimiter rateLimiter;
    private @Nullable ConcurrencyLimiter concurrencyLimiter;
    private @Nullable Exchange exchange;
    private @Nullable ExchangeFactory factory;
    private @Nullable ExchangeRecord record;
    private @Nullable McpSession session;
    private @Nullable ParkTimer parkTimer;
    private @Nullable Reason lost;
    private boolean apart;
    private boolean answered;
    private boolean cancelled;
    private boolean finished;

    /**
     * @param facts of a request or a notification; copied
     * @param tool label of its tool, empty if it has none
     * @param timeoutNanos what a policy grants its tool; 0: what the route does
     * @param deadLetter whether it is kept if no upstream answers
     */
    Call(McpFacts facts, String tool, long timeoutNanos, boolean deadLetter) {
        this.method = facts.method() == null ? McpMethod.OTHER : facts.method();
        this.id = idOf(facts);
        this.tool = tool;
        this.timeoutNanos = timeoutNanos;
        this.deadLetter = deadLetter;
        this.firstPage = !facts.params().hasCursor();
        this.progressToken = facts.meta().progressToken().text();
    }

    /** Its tool has limits of its own. */
    void limit(@Nullable RateLimiter rate, @Nullable ConcurrencyLimiter concurrency) {
        rateLimiter = rate;
        concurrencyLimiter = concurrency;
    }

    /** Of its tool; null without one. */
    @Nullable
    RateLimiter rateLimiter() {
        return rateLimiter;
    }

    /** Of its tool; null without one. */
    @Nullable
    ConcurrencyLimiter concurrencyLimiter() {
        return concurrencyLimiter;
    }

    /** The id stood behind what was looked at when the call was made. */
    void learnId(McpFacts facts) {
        if (id.length == 0) {
            id = idOf(facts);
        }
    }

    private static byte[] idOf(McpFacts facts) {
        return facts.idLength() == 0 ? NO_ID : Arrays.copyOf(facts.id(), facts.idLength());
    }

    /** It is all that the exchange is about. */
    void begin(Exchange owner, ExchangeFactory from, ExchangeRecord exchangeRecord) {
        exchange = owner;
        factory = from;
        record = exchangeRecord;
    }

    /** It is recorded by itself, from the start of the exchange. */
    void beginApart(Exchange owner, ExchangeFactory from, ExchangeRecord exchangeRecord) {
        ExchangeRecord own = exchangeRecord.newCall();
        own.mcpMethod = method.label();
        own.tool = tool;
        own.jsonRpcId = from.isObserved() && id.length > 0 ? idText() : null;
        own.spanId = exchangeRecord.isTraced() ? from.worker().traces().newSpanId() : 0;
        begin(owner, from, own);
        apart = true;
    }

    /** A replica was chosen. */
    void sentTo(ExchangeRecord exchangeRecord) {
        ExchangeRecord own = own();
        own.endpoint = exchangeRecord.endpoint;
        own.mcpSessionId = exchangeRecord.mcpSessionId;
        own.mcpProtocolVersion = exchangeRecord.mcpProtocolVersion;
    }

    @Override
    public McpMethod method() {
        return method;
    }

    @Override
    public boolean asksForFirstPage() {
        return firstPage;
    }

    /** As it stands in the request; empty for a notification. */
    byte[] id() {
        return id;
    }

    String idText() {
        String text = idText;
        if (text == null) {
            text = new String(id, StandardCharsets.UTF_8);
            idText = text;
        }
        return text;
    }

    String tool() {
        return tool;
    }

    long timeoutNanos() {
        return timeoutNanos;
    }

    /** Whether it is to be kept if no upstream answers. */
    boolean isKept() {
        return deadLetter && isRequest();
    }

    boolean isRequest() {
        return id.length > 0;
    }

    boolean isApart() {
        return apart;
    }

    /** Whether somebody is waiting for a message with its id. */
    boolean wantsAnswer() {
        return isRequest() && !answered && !cancelled;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Makes it known to its session. Without effect if the session has too many or one of the same id. */
    void join(McpSession joined) {
        if (isRequest() && session == null && !answered && joined.add(idText(), this)) {
            session = joined;
        }
    }

    /** @return whether it was known to its session until now; else somebody else is about to tell it how it ended */
    private boolean leave() {
        McpSession joined = session;
        session = null;
        return joined == null || joined.remove(idText(), this);
    }

    /** Its answer has passed, on this loop. */
    void answer(boolean rpcError, int errorCode, boolean toolError, long nowNanos) {
        boolean tooLate = !apart && exchange == null;
        if (answered || finished || tooLate) {
            return;
        }
        answered = true;
        ExchangeRecord own = own();
        own.rpcError = rpcError;
        own.rpcErrorCode = errorCode;
        own.toolError = toolError;
        if (apart) {
            leave();
            finish(outcome(Outcome.SUCCESS), null, nowNanos);
        }
    }

    /** How it ended, as far as the call itself tells. */
    Outcome outcome(Outcome otherwise) {
        if (cancelled) {
            return Outcome.CANCELLED;
        }
        return own().rpcError || own().toolError ? Outcome.ERROR : otherwise;
    }

    /** Whether its answer counts as a failure of the upstream. */
    boolean fails(FailureRules rules) {
        ExchangeRecord own = own();
        return (own.rpcError && rules.failsOnRpcCode(own.rpcErrorCode)) || (own.toolError && rules.failsOnToolErrors());
    }

    /** Its exchange is over, and with it the call, unless it is recorded apart and still waits on its session. */
    void exchangeEnded(Outcome outcome, @Nullable Reason reason, int status, long nowNanos) {
        if (exchange == null) {
            return;
        }
        exchange = null;
        if (!apart) {
            leave();
        } else if (lost != null && outcome == Outcome.SUCCESS) {
            finishLost(nowNanos);
        } else if (!finished && leave()) {
            own().status = status;
            finish(outcome(outcome), cancelled ? null : reason, nowNanos);
        }
    }

    /**
     * Its exchange is over, and its answer will come on another stream of the session.
     *
     * @param timeoutNanos how long it may take, and how long again after each sign of progress
     * @param onTimeout run when it took longer
     */
    void park(long timeoutNanos, int status, Runnable onTimeout) {
        exchange = null;
        if (!finished) {
            own().status = status;
            parkTimer = new ParkTimer(timeoutNanos, onTimeout);
            parkTimer.extend();
            factory().parkBegins();
        }
    }

    /** Whether a session knows it, and there is room. */
    boolean mayPark() {
        return session != null && factory().mayPark();
    }

    private void finish(Outcome outcome, @Nullable Reason reason, long nowNanos) {
        if (finished) {
            return;
        }
        finished = true;
        if (parkTimer != null) {
            worker().timers().cancel(parkTimer);
            factory().parkEnds();
        }
        ExchangeRecord own = own();
        own.outcome = outcome;
        own.reason = reason;
        own.endNanos = nowNanos;
        factory().finishedCall(own);
    }

    // ---- from its session, on any thread

    @Override
    public void onAnswer(Answer answer) {
        worker().loop().execute(() -> {
            session = null;
            answer(
                    answer.rpcError(),
                    answer.errorCode(),
                    answer.toolError(),
                    worker().clock().nanoTime());
            if (exchange != null) {
                exchange.onCallSettled();
            }
        });
    }

    @Override
    public void onProgress() {
        worker().loop().execute(() -> {
            if (exchange != null) {
                exchange.onCallProgress();
            } else if (parkTimer != null && !finished) {
                parkTimer.extend();
            }
        });
    }

    @Override
    public void onServerAsks() {
        worker().loop().execute(() -> {
            if (exchange != null) {
                exchange.onCallWaitsForClient();
            } else if (parkTimer != null && !finished) {
                worker().timers().cancel(parkTimer);
            }
        });
    }

    @Override
    public void onCancelled() {
        worker().loop().execute(() -> {
            if (finished || answered) {
                return;
            }
            cancelled = true;
            if (exchange != null) {
                exchange.onCallSettled();
            } else if (leave()) {
                finish(Outcome.CANCELLED, null, worker().clock().nanoTime());
            }
        });
    }

    @Override
    public void onFailed(Failure failure) {
        onLost(failure.reason());
    }

    @Override
    public void onSessionEnd() {
        onLost(Reason.CLIENT_GONE);
    }

    /** No answer will come on the session's stream. If the exchange is not over yet, that is what its end finds. */
    private void onLost(Reason reason) {
        worker().loop().execute(() -> {
            session = null;
            lost = reason;
            if (apart && exchange == null) {
                finishLost(worker().clock().nanoTime());
            }
        });
    }

    private void finishLost(long nowNanos) {
        Reason reason = Objects.requireNonNull(lost);
        finish(cancelled ? Outcome.CANCELLED : reason.outcome(), cancelled ? null : reason, nowNanos);
    }

    @Override
    public @Nullable String progressToken() {
        return progressToken;
    }

    private Worker worker() {
        return factory().worker();
    }

    private ExchangeFactory factory() {
        return Objects.requireNonNull(factory);
    }

    ExchangeRecord own() {
        return Objects.requireNonNull(record);
    }

    /** Ends a call whose answer does not come. */
    private final class ParkTimer extends LoopTimers.Timer {
        private final long timeoutNanos;
        private final Runnable onTimeout;

        ParkTimer(long timeoutNanos, Runnable onTimeout) {
            this.timeoutNanos = timeoutNanos;
            this.onTimeout = onTimeout;
        }

        void extend() {
            worker().timers().arm(this, worker().clock().nanoTime() + timeoutNanos);
        }

        @Override
        protected void onDeadline(long nowNanos) {
            if (leave()) {
                finish(outcome(Outcome.TIMEOUT), cancelled ? null : Reason.REQUEST_TIMEOUT, nowNanos);
                onTimeout.run();
            }
        }
    }
}
