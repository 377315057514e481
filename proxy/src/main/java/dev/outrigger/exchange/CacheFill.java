package dev.outrigger.exchange;

import dev.outrigger.cache.Flight;
import dev.outrigger.cache.StoredAnswer;
import dev.outrigger.cache.StoredAnswer.Source;
import dev.outrigger.mcp.AnswerFacts;
import dev.outrigger.mcp.CacheScope;
import dev.outrigger.mcp.JsonMembers;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.ResultType;
import dev.outrigger.time.NanoClock;
import dev.outrigger.upstream.Upstream;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a question that had to be sent: copied as it passes, looked at when it is whole, and kept if it may be. Those
 * who wait for it hear of it then, or as soon as it shows that there will be nothing to share.
 */
final class CacheFill {
    private static final byte[] RESULT = "result".getBytes(StandardCharsets.US_ASCII);
    /** What a message may have around its result: the version, an id of 256 bytes, keys, spaces. */
    private static final int ENVELOPE_BYTES = 1024;

    private final CacheQuestion question;
    private final @Nullable Flight flight;
    private final NanoClock clock;
    private @Nullable MessageCopy copy;
    private @Nullable Source source;
    private long stamp;
    private boolean over;

    /** @param flight of those who wait for this answer; null if nobody can */
    CacheFill(CacheQuestion question, @Nullable Flight flight, NanoClock clock) {
        this.question = question;
        this.flight = flight;
        this.clock = clock;
    }

    /** The question is about to be sent, for the first time or once more. */
    void onSend(Upstream upstream) {
        Source asked =
                new Source(upstream.name(), upstream.epochs(), question.method(), question.tool(), question.uriSlot());
        source = asked;
        stamp = asked.stamp();
    }

    /**
     * The head of the answer has come.
     *
     * @param reader null if the answer is not read
     */
    void onHead(int status, @Nullable AnswerReader reader) {
        if (reader == null || status != HttpResponseStatus.OK.code()) {
            abandon();
        } else if (!over) {
            MessageCopy made = new MessageCopy(question.store(), question.maxBytes() + ENVELOPE_BYTES, this::abandon);
            copy = made;
            reader.copyTo(made);
        }
    }

    /**
     * The answer is whole: the copy ends with it.
     *
     * @param id of the question, as it stands there. What has another one is the client's to make sense of, and may be the
     *     answer to something else: nobody else is given it
     */
    void onAnswer(byte[] id, McpFacts message) {
        boolean isOwn = Arrays.equals(id, 0, id.length, message.id(), 0, message.idLength());
        StoredAnswer answer = isOwn && mayBeKept(message.answer()) ? read(message) : null;
        if (answer == null) {
            abandon();
            return;
        }
        boolean shared = isShared(message.answer().cacheScope());
        question.store().put(shared ? question.shared() : question.own(), answer);
        // Who waits was told apart as the route says; an answer for fewer than those is nobody else's.
        land(shared || !question.sharedByDefault() ? answer : null);
    }

    private static boolean mayBeKept(AnswerFacts facts) {
        ResultType type = facts.resultType();
        return facts.hasResult()
                && !facts.hasError()
                && !facts.isToolError()
                && (type == ResultType.ABSENT || type == ResultType.COMPLETE)
                && !facts.taskId().isPresent()
                && facts.ttlMillis() != 0;
    }

    private boolean isShared(CacheScope said) {
        return said == CacheScope.PUBLIC || (said == CacheScope.ABSENT && question.sharedByDefault());
    }

    private @Nullable StoredAnswer read(McpFacts message) {
        MessageCopy copied = copy;
        Source asked = source;
        if (copied == null || asked == null || message.rootMembersAt() < 0) {
            return null;
        }
        byte[] json = copied.toArray();
        JsonMembers members = new JsonMembers(json, message.rootMembersAt());
        while (members.next()) {
            int size = members.valueEnd() - members.valueFrom();
            if (members.isKey(RESULT) && size <= question.maxBytes()) {
                byte[] result = Arrays.copyOfRange(json, members.valueFrom(), members.valueEnd());
                return new StoredAnswer(result, asked, clock.nanoTime(), freshNanos(message.answer()), stamp);
            }
        }
        return null;
    }

    private long freshNanos(AnswerFacts facts) {
        long ttlNanos = question.ttlNanos();
        return facts.ttlMillis() < 0 ? ttlNanos : Math.min(ttlNanos, TimeUnit.MILLISECONDS.toNanos(facts.ttlMillis()));
    }

    /** There will be no answer to share; without effect if there was one. */
    void abandon() {
        land(null);
    }

    /** The client has left: those who wait still want an answer. Without effect if there was one. */
    void leave() {
        if (end() && flight != null) {
            flight.leave();
        }
    }

    private void land(@Nullable StoredAnswer answer) {
        if (end() && flight != null) {
            flight.land(answer);
        }
    }

    /** @return whether this was the first end */
    private boolean end() {
        if (over) {
            return false;
        }
        over = true;
        if (copy != null) {
            copy.drop();
            copy = null;
        }
        return true;
    }
}
