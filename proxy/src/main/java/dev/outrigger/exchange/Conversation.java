package dev.outrigger.exchange;

import dev.outrigger.exchange.McpRequests.BodyType;
import dev.outrigger.failure.Outcome;
import dev.outrigger.mcp.AnswerFacts;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.mcp.ResultType;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.MessageCounts;
import dev.outrigger.record.StreamKind;
import dev.outrigger.route.Route;
import dev.outrigger.runtime.Worker;
import dev.outrigger.upstream.Answer;
import dev.outrigger.upstream.EndpointPool;
import dev.outrigger.upstream.McpSession;
import dev.outrigger.upstream.SessionCall;
import dev.outrigger.upstream.Upstream;
import dev.outrigger.upstream.UpstreamPools;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is said in one exchange and its session: sends the question where it belongs, reads the answer as it passes, tells the
 * calls and the exchange what follows from each message, and sees to it that no call is left without an end.
 */
final class Conversation implements AnswerReader.Listener {
    private final Exchange exchange;
    private final ExchangeFactory factory;
    private final Worker worker;
    private final ExchangeRecord record;
    private final HttpRequest head;
    private final Upstream upstream;
    private final Timeouts timeouts;
    private final Question question;
    private final Calls calls;
    private final Affinity affinity;
    private final MessageCounts counts;
    private @Nullable AnswerReader answer;
    private @Nullable Unanswered unanswered;

    Conversation(
            Exchange exchange,
            ExchangeFactory factory,
            ExchangeRecord record,
            HttpRequest head,
            Upstream upstream,
            Timeouts timeouts,
            Question question) {
        this.exchange = exchange;
        this.factory = factory;
        this.worker = factory.worker();
        this.record = record;
        this.head = head;
        this.upstream = upstream;
        this.timeouts = timeouts;
        this.question = question;
        this.calls = question.calls();
        this.affinity = new Affinity(upstream, head, record.clientCertificate);
        this.counts = worker.metrics().messages(upstream.name());
    }

    Calls calls() {
        return calls;
    }

    Affinity affinity() {
        return affinity;
    }

    /** Made when first needed, which most exchanges do not. */
    Unanswered unanswered() {
        Unanswered made = unanswered;
        if (made == null) {
            made = new Unanswered(exchange, factory, record, head, timeouts, calls, affinity);
            unanswered = made;
        }
        return made;
    }

    /** See {@link Question#hidesTools()}. */
    boolean hidesTools() {
        return question.hidesTools();
    }

    /** Under whose policies it falls. */
    Route route() {
        return question.route();
    }

    /** Whether this exchange is the stream on which a session of HTTP+SSE gets all its answers. */
    boolean carriesSession() {
        return unanswered != null && unanswered.carriesSession();
    }

    // ---- request

    /**
     * Chooses where to send the request.
     *
     * @param pools of the upstream
     * @return null if the session's replica is gone
     */
    @Nullable
    EndpointPool choose(UpstreamPools pools) {
        EndpointPool pool =
                affinity.choose(pools, question.facts(), record.modern, record.clientAddress, worker.random());
        if (pool == null) {
            return null;
        }
        record.endpoint = pool.endpoint().name();
        CacheFill fill = question.fill();
        if (fill != null) {
            fill.onSend(upstream);
        }
        McpSession session = affinity.session();
        if (session != null) {
            enter(session);
        }
        if (calls.isBatch()) {
            calls.forEach(call -> call.sentTo(record));
        }
        return pool;
    }

    /** Where a request may be sent whose attempt at one replica failed. */
    EndpointPool another(UpstreamPools pools, EndpointPool failed) {
        return affinity.another(pools, failed);
    }

    /** The request is sent to another replica than the one that was chosen first. */
    void goesTo(EndpointPool pool) {
        affinity.goesTo(pool.endpoint());
        record.endpoint = pool.endpoint().name();
    }

    private void enter(McpSession session) {
        record.mcpSessionId = session.id();
        if (record.mcpProtocolVersion == null && !session.protocolVersion().isEmpty()) {
            record.mcpProtocolVersion = session.protocolVersion();
        }
        if (affinity.isPaired()) {
            answersElsewhere();
        }
        if (question.isResponse()) {
            // The client has answered the server's question, on whichever stream that was asked: the time runs again.
            session.forEachCall((id, call) -> call.onProgress());
        }
        calls.join(session);
        String unwanted = question.cancelledId();
        SessionCall open = unwanted == null ? null : session.find(unwanted);
        if (open != null) {
            open.onCancelled();
        }
    }

    /** With HTTP+SSE, the answers to requests come on the session's stream. */
    private void answersElsewhere() {
        Call only = calls.only();
        if (only != null && only.isRequest()) {
            record.operationsApart = true;
            only.beginApart(exchange, factory, record);
        }
    }

    /** Whether the answers to this exchange's requests come on another stream. */
    boolean isAnsweredElsewhere() {
        return affinity.isPaired() && record.operationsApart;
    }

    // ---- answer

    /** Learns from the head, and gets ready to read what follows. */
    void onHead(HttpResponse response, BodyType type) {
        Call only = calls.only();
        affinity.onHead(response, only == null ? null : only.method());
        McpSession session = affinity.session();
        if (session != null) {
            calls.join(session);
        }
        // The stream of a session may carry the answer to anything.
        boolean lists = only == null || only.method() == McpMethod.TOOLS_LIST;
        boolean fine = response.status().code() < 300;
        boolean expectsJson = !calls.areSettled() && !isAnsweredElsewhere();
        answer = AnswerReader.of(factory.scanners(), this, response.headers(), type, expectsJson, lists && fine);
        AnswerReader reader = answer;
        if (reader != null && reader.events() != null) {
            record.stream = streamKind(only);
        }
        CacheFill fill = question.fill();
        if (fill != null) {
            fill.onHead(response.status().code(), reader);
        }
    }

    private StreamKind streamKind(@Nullable Call only) {
        if (only != null && only.method() == McpMethod.SUBSCRIPTIONS_LISTEN) {
            return StreamKind.LISTEN;
        }
        if (!head.method().equals(HttpMethod.GET)) {
            return StreamKind.CALL;
        }
        return McpRequests.namesSession(head) ? StreamKind.GET : StreamKind.SSE;
    }

    /** What reads the answer; null if it passes unread. */
    @Nullable
    AnswerReader answer() {
        return answer;
    }

    @Override
    public void onMessage(McpFacts message) {
        if (exchange.isOver()) {
            return;
        }
        long nowNanos = worker.clock().nanoTime();
        switch (message.kind()) {
            case RESPONSE -> {
                if (message.answer().hasError()) {
                    counts.serverErrors++;
                } else {
                    counts.serverResponses++;
                }
                onAnswer(message, nowNanos);
            }
            case REQUEST -> {
                counts.serverRequests++;
                // What it says in the end is for who was asked.
                question.abandonFill();
                timeouts.onServerAsks();
                tellOthers(SessionCall::onServerAsks);
            }
            case NOTIFICATION -> {
                counts.serverNotifications++;
                onNotification(message, nowNanos);
            }
            default -> {}
        }
    }

    private void onNotification(McpFacts message, long nowNanos) {
        if (message.method() == McpMethod.NOTIFICATIONS_PROGRESS) {
            timeouts.onProgress(nowNanos);
            tellOfProgress(message);
        } else {
            timeouts.onServerGoesOn(nowNanos);
            upstream.epochs().onNotification(message);
            if (message.method() == McpMethod.NOTIFICATIONS_TOOLS_LIST_CHANGED) {
                upstream.tools().changed();
            }
        }
        exchange.onDeadlinesMoved();
    }

    /** On a stream that belongs to a whole session, progress is that of another exchange's call. */
    private void tellOfProgress(McpFacts message) {
        String token = message.params().progressToken().text();
        tellOthers(call -> {
            if (token != null && token.equals(call.progressToken())) {
                call.onProgress();
            }
        });
    }

    private void tellOthers(Consumer<SessionCall> news) {
        McpSession session = affinity.session();
        if (session != null && head.method().equals(HttpMethod.GET)) {
            session.forEachCall((id, call) -> news.accept(call));
        }
    }

    private void onAnswer(McpFacts message, long nowNanos) {
        AnswerFacts facts = message.answer();
        Call call = calls.answeredBy(message.id(), message.idLength());
        String taskId = facts.taskIdText();
        if (taskId != null && (facts.resultType() == ResultType.TASK || !record.modern)) {
            affinity.onTask(taskId);
        }
        if (call == null) {
            answerElsewhere(message);
            return;
        }
        learn(call, facts);
        CacheFill fill = question.fill();
        if (fill != null) {
            fill.onAnswer(call.id(), message);
        }
        call.answer(facts.hasError(), facts.errorCode(), facts.isToolError(), nowNanos);
        exchange.onCallSettled();
    }

    /** The answer to a call of another exchange of the session. */
    private void answerElsewhere(McpFacts message) {
        McpSession session = affinity.session();
        String id = message.idText();
        SessionCall open = session == null || id == null ? null : session.take(id);
        if (open != null) {
            AnswerFacts facts = message.answer();
            learn(open, facts);
            open.onAnswer(new Answer(facts.hasError(), facts.errorCode(), facts.isToolError()));
        }
    }

    private void learn(SessionCall call, AnswerFacts facts) {
        McpSession session = affinity.session();
        AnswerReader reader = answer;
        if (call.method() == McpMethod.INITIALIZE && session != null && !facts.hasError()) {
            String version = facts.protocolVersionText();
            session.protocolVersion(version == null ? "" : version);
        } else if (call.method() == McpMethod.TOOLS_LIST && reader != null && facts.hasResult()) {
            Map<String, Integer> tools = reader.tools();
            boolean first = call.asksForFirstPage();
            if (!tools.isEmpty() || !first) {
                upstream.tools().learn(tools, first, !facts.hasNextCursor());
                worker.toolNames().learn(tools.keySet());
            }
        }
    }

    @Override
    public void onEndpoint(String uri) {
        if (exchange.isOver() || !head.method().equals(HttpMethod.GET)) {
            return;
        }
        affinity.onEndpoint(uri);
        McpSession session = affinity.session();
        if (session != null) {
            record.mcpSessionId = session.id();
            unanswered().carrySession();
            session.stream((id, reason) -> worker.loop().execute(() -> exchange.writeSessionError(id, reason)));
        }
    }

    // ---- end

    /** Gives the answer's reader away, to whoever reads the rest. */
    @Nullable
    AnswerReader takeAnswer() {
        AnswerReader taken = answer;
        answer = null;
        return taken;
    }

    /** Whether this is a stream for whatever the server may say, and nobody waits for an answer that might come on it. */
    boolean owesNothing() {
        McpSession session = affinity.session();
        return head.method().equals(HttpMethod.GET)
                && calls.areSettled()
                && (session == null || session.callsUnderWay() == 0);
    }

    /** The exchange is over: those of its calls that do not wait elsewhere are as well. */
    void finish(Outcome otherwise) {
        Call only = calls.only();
        if (only != null && !only.isApart()) {
            record.outcome = only.isCancelled() || otherwise == Outcome.SUCCESS ? only.outcome(otherwise) : otherwise;
            if (only.isCancelled()) {
                record.reason = null;
            }
        }
        calls.exchangeEnded(record, otherwise);
        question.release();
        question.endFill(otherwise);
        if (answer != null) {
            answer.release();
            answer = null;
        }
    }
}
