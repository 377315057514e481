package dev.outrigger.mcp;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads, out of the bytes of an MCP message as they stream by, what the proxy must know of it: {@link McpFacts}. It serves
 * both directions: requests in the body of a POST, answers in a body of JSON, either in the data of an event stream.
 *
 * <p>Members may stand in any order (SDKs put {@code id} first or last), be written with escapes, and be cut anywhere. Each
 * counts at its own place only: {@code params.name} does, {@code params.arguments.name} does not.
 *
 * <p>One scanner for both directions, because what a message is shows only as it is read: answers, requests and batches of
 * both come either way. It reads to the end with the same checks, whatever it knows already: a second {@code method}, or a
 * document that is not JSON after all, is found wherever it stands.
 *
 * <p>The body is neither collected nor copied. A buffer with an array is read in place. Any other (a socket's buffer is
 * direct memory) is looked at through a window of a few KiB that stays in the processor's cache, because a virtual call
 * with its bounds and liveness checks per byte or word costs many times what reading it does, and a
 * {@link java.nio.ByteBuffer} view of a slice is an allocation each time.
 *
 * <p>One per message at a time, reused; belongs to the thread that feeds it. Allocates nothing once its texts have grown to
 * what messages hold, and never throws because of what it reads. (Where Netty has to do without {@code sun.misc.Unsafe}, it
 * allocates 64 bytes itself each time that the window moves.)
 */
public final class McpScanner {
    /**
     * Bytes of direct memory looked at in one go: small enough to stay in the first-level cache (32 KiB and more) beside
     * everything else, large enough that the call per window does not show.
     */
    public static final int WINDOW_BYTES = 4096;

    /** Messages in one batch. Only 2025-03-26 has batches, and its SDKs send single messages; this bounds the answer. */
    public static final int MAX_ELEMENTS = 100;

    private enum Step {
        ROOT(JsonKeep.NOTHING),
        /** Of a batch. */
        ELEMENT(JsonKeep.NOTHING),
        MEMBER(JsonKeep.DECODED),
        METHOD(JsonKeep.DECODED),
        ID(JsonKeep.RAW),
        /** Read by {@link ParamsReader}. */
        PARAMS(JsonKeep.NOTHING),
        /** Result or error; read by {@link AnswerReader}. */
        ANSWER(JsonKeep.NOTHING),
        /** The message is over; white space may follow. */
        TAIL(JsonKeep.NOTHING);

        private final JsonKeep keep;

        Step(JsonKeep keep) {
            this.keep = keep;
        }
    }

    private final JsonTokenizer tokens = new JsonTokenizer();
    private final McpFacts facts = new McpFacts();
    private final ParamsReader params = new ParamsReader(tokens, facts);
    private final AnswerReader answer = new AnswerReader(tokens, facts.answer());
    private final byte[] window;

    private @Nullable ElementSink elementSink;
    /** Made for the first batch. */
    private @Nullable McpFacts element;
    /** Of the message that is read: the element of a batch, else {@link #facts}. */
    private McpFacts current = facts;

    private Step step = Step.ROOT;
    /** Members of the current message seen, by ordinal. */
    private int seen;
    /** Bytes fed before the current input. */
    private long fed;
    /** Where index 0 of the current input would be in the message. */
    private long origin;

    public McpScanner() {
        this(new byte[WINDOW_BYTES]);
    }

    /**
     * @param window of {@link #WINDOW_BYTES}, used within {@link #feed} only: all scanners of one loop may share one
     */
    public McpScanner(byte[] window) {
        this.window = window;
    }

    /** The same object always; its content is valid until {@link #reset()}. */
    public McpFacts facts() {
        return facts;
    }

    /**
     * @param sink gets the messages of a batch, and must not feed a scanner with the same window meanwhile; null, and after
     *     {@link #reset()}: nobody does
     */
    public void elements(@Nullable ElementSink sink) {
        elementSink = sink;
    }

    /**
     * @param sink gets the tools of {@code result.tools}, and must not feed a scanner with the same window meanwhile; null,
     *     and after {@link #reset()}: nobody does, they are skipped
     */
    public void tools(@Nullable ToolSink sink) {
        answer.tools(sink);
    }

    /** Ready for another message. Forgets the sinks. */
    public void reset() {
        tokens.reset();
        facts.clear();
        elementSink = null;
        answer.tools(null);
        current = facts;
        step = Step.ROOT;
        seen = 0;
        fed = 0;
    }

    /**
     * Reads the next piece of the body.
     *
     * @param body from its reader index to its writer index; neither the indices nor the reference count are touched
     */
    public void feed(ByteBuf body) {
        int from = body.readerIndex();
        int end = body.writerIndex();
        if (body.hasArray()) {
            feed(body.array(), body.arrayOffset() + from, body.arrayOffset() + end);
            return;
        }
        while (from < end && facts.problem() == McpFacts.Problem.NONE) {
            int size = Math.min(window.length, end - from);
            body.getBytes(from, window, 0, size);
            feed(window, 0, size);
            from += size;
        }
    }

    /** Reads the next piece of the body: {@code from} to {@code end}. */
    public void feed(byte[] in, int from, int end) {
        tokens.input(in, from, end);
        origin = fed - from;
        while (current.problem() == McpFacts.Problem.NONE && step()) {}
        tokens.releaseInput();
        // A spoilt element spoils the batch.
        facts.problem(current.problem());
        fed += end - from;
        if (tokens.hasBegun()) {
            facts.begin();
        }
    }

    /** The body is over. What is still missing will not come. */
    public void end() {
        if (tokens.hasBegun() && !tokens.end()) {
            facts.problem(problem(tokens.failure()));
        }
        facts.end();
    }

    /** @return false when the input is used up */
    private boolean step() {
        JsonToken token =
                switch (step) {
                    case PARAMS -> params.read(origin);
                    case ANSWER -> answer.read();
                    default -> tokens.next(step.keep);
                };
        if (token == JsonToken.NEED_INPUT) {
            return false;
        }
        if (token == JsonToken.FAILED) {
            current.problem(problem(tokens.failure()));
            return false;
        }
        switch (step) {
            case ROOT -> onRoot(token);
            case ELEMENT -> onElement(token);
            case MEMBER -> onMember(token);
            case METHOD -> onMethod(token);
            case ID -> onId(token);
            case PARAMS, ANSWER -> step = Step.MEMBER;
            case TAIL -> {}
        }
        return true;
    }

    private void onRoot(JsonToken token) {
        if (token == JsonToken.BEGIN_OBJECT) {
            facts.beginMembers(tokens.place(origin));
            step = Step.MEMBER;
        } else if (token == JsonToken.BEGIN_ARRAY) {
            facts.beginBatch();
            step = Step.ELEMENT;
        } else {
            facts.end();
            step = Step.TAIL;
        }
    }

    private void onElement(JsonToken token) {
        if (token == JsonToken.END_ARRAY) {
            facts.end();
            step = Step.TAIL;
        } else if (token != JsonToken.BEGIN_OBJECT) {
            facts.problem(McpFacts.Problem.BAD_ELEMENT);
        } else if (facts.elementCount() == MAX_ELEMENTS) {
            facts.problem(McpFacts.Problem.TOO_MANY);
        } else {
            if (element == null) {
                element = new McpFacts();
            }
            current = element;
            current.clear();
            current.begin();
            current.beginMembers(tokens.place(origin));
            seen = 0;
            step = Step.MEMBER;
        }
    }

    private void endMessage() {
        current.end();
        if (current == facts) {
            step = Step.TAIL;
            return;
        }
        facts.countElement();
        if (elementSink != null) {
            elementSink.onElement(current);
        }
        current = facts;
        step = Step.ELEMENT;
    }

    private void onMember(JsonToken token) {
        if (token != JsonToken.KEY) {
            endMessage();
            return;
        }
        McpMember member = McpMember.ofMessage(tokens.text());
        switch (member) {
            case METHOD -> enter(member, Step.METHOD);
            case ID -> enter(member, Step.ID);
            case PARAMS -> {
                params.begin(current);
                enter(member, Step.PARAMS);
            }
            case RESULT, ERROR -> beginAnswer(member);
            default -> onOtherMember();
        }
    }

    private void onOtherMember() {
        switch (McpMember.ignoringCase(tokens.text())) {
            case METHOD, ID, PARAMS -> current.problem(McpFacts.Problem.AMBIGUOUS_KEY);
            default -> tokens.skipValue();
        }
    }

    private void beginAnswer(McpMember member) {
        current.beginAnswer();
        int bit = 1 << member.ordinal();
        if ((seen & bit) != 0) {
            tokens.skipValue();
            return;
        }
        seen |= bit;
        if (member == McpMember.RESULT) {
            answer.beginResult(current.answer());
        } else {
            answer.beginError(current.answer());
        }
        step = Step.ANSWER;
    }

    private void onMethod(JsonToken token) {
        if (token == JsonToken.STRING) {
            JsonText text = tokens.text();
            current.method(McpMethod.of(text.bytes(), text.offset(), text.length()));
            step = Step.MEMBER;
        } else {
            current.problem(McpFacts.Problem.BAD_METHOD);
        }
    }

    private void onId(JsonToken token) {
        if (token != JsonToken.STRING && token != JsonToken.NUMBER && token != JsonToken.NULL) {
            current.problem(McpFacts.Problem.BAD_ID);
        } else if (current.id(tokens.text())) {
            step = Step.MEMBER;
        } else {
            current.problem(McpFacts.Problem.NOT_UTF8);
        }
    }

    private void enter(McpMember member, Step next) {
        int bit = 1 << member.ordinal();
        if ((seen & bit) != 0) {
            if (member == McpMember.ID) {
                current.clearId();
            }
            current.problem(McpFacts.Problem.DUPLICATE_KEY);
            return;
        }
        seen |= bit;
        step = next;
    }

    private static McpFacts.Problem problem(JsonFailure failure) {
        return switch (failure) {
            case NONE -> McpFacts.Problem.NONE;
            case SYNTAX -> McpFacts.Problem.NOT_JSON;
            case TOO_DEEP -> McpFacts.Problem.TOO_DEEP;
            case CUT_OFF -> McpFacts.Problem.CUT_OFF;
        };
    }
}
