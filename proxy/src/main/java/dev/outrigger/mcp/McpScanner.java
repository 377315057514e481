package dev.outrigger.mcp;

import io.netty.buffer.ByteBuf;

/**
 * Reads, out of the body of a POST as it streams by, what the proxy must know of an MCP message: {@link McpFacts}.
 *
 * <p>The keys of the top-level object may stand in any order (SDKs put {@code id} first or last), be written with escapes,
 * and be cut anywhere. Only {@code method}, {@code id} and {@code params.name} of the top-level message count; the same
 * keys deeper down do not.
 *
 * <p>When everything is known, the scanner still reads on to the end if it is fed, with the same checks: a second
 * {@code method}, or a document that is not JSON after all, is found wherever it stands. Who does not care may stop feeding
 * at {@link McpFacts#isComplete()}.
 *
 * <p>The body is neither collected nor copied. A buffer with an array is read in place. Any other (a socket's buffer is
 * direct memory) is looked at through a window of a few KiB that stays in the processor's cache, because a virtual call
 * with its bounds and liveness checks per byte or word costs many times what reading it does, and a
 * {@link java.nio.ByteBuffer} view of a slice is an allocation each time.
 *
 * <p>One per message at a time, reused; belongs to the thread that feeds it. Allocates nothing once made, and never throws
 * because of what it reads. (Where Netty has to do without {@code sun.misc.Unsafe}, it allocates 64 bytes itself each time
 * that the window moves.)
 */
public final class McpScanner {
    /**
     * Bytes of direct memory looked at in one go: small enough to stay in the first-level cache (32 KiB and more) beside
     * everything else, large enough that the call per window does not show.
     */
    public static final int WINDOW_BYTES = 4096;

    private enum Step {
        ROOT(JsonKeep.NOTHING),
        MEMBER(JsonKeep.DECODED),
        METHOD(JsonKeep.DECODED),
        ID(JsonKeep.RAW),
        PARAMS(JsonKeep.NOTHING),
        PARAMS_MEMBER(JsonKeep.DECODED),
        NAME(JsonKeep.DECODED),
        /** Within a value that nobody asked for. */
        SKIP(JsonKeep.NOTHING),
        /** The message is over; white space may follow. */
        TAIL(JsonKeep.NOTHING);

        private final JsonKeep keep;

        Step(JsonKeep keep) {
            this.keep = keep;
        }
    }

    private final JsonTokenizer tokens = new JsonTokenizer();
    private final McpFacts facts = new McpFacts();
    private final byte[] window;

    private Step step = Step.ROOT;
    /** Members seen, by ordinal. */
    private int seen;
    /** Open containers around the value that is skipped. */
    private int skipDepth;

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

    /** Ready for another message. */
    public void reset() {
        tokens.reset();
        facts.clear();
        step = Step.ROOT;
        seen = 0;
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
            scan(body.array(), body.arrayOffset() + from, body.arrayOffset() + end);
            return;
        }
        while (from < end && facts.problem() == McpFacts.Problem.NONE) {
            int size = Math.min(window.length, end - from);
            body.getBytes(from, window, 0, size);
            scan(window, 0, size);
            from += size;
        }
    }

    /** The body is over. What is still missing will not come. */
    public void end() {
        if (tokens.hasBegun() && !tokens.end()) {
            facts.problem(problem(tokens.failure()));
        }
        facts.end();
    }

    private void scan(byte[] in, int from, int end) {
        tokens.input(in, from, end);
        while (facts.problem() == McpFacts.Problem.NONE && step()) {}
        tokens.releaseInput();
        if (tokens.hasBegun()) {
            facts.begin();
        }
    }

    /** @return false when the input is used up */
    private boolean step() {
        JsonToken token = step == Step.SKIP ? tokens.skip(skipDepth) : tokens.next(step.keep);
        if (token == JsonToken.NEED_INPUT) {
            return false;
        }
        if (token == JsonToken.FAILED) {
            facts.problem(problem(tokens.failure()));
            return false;
        }
        switch (step) {
            case ROOT -> onRoot(token);
            case MEMBER -> onMember(token);
            case METHOD -> onMethod(token);
            case ID -> onId(token);
            case PARAMS -> onParams(token);
            case PARAMS_MEMBER -> onParamsMember(token);
            case NAME -> onName(token);
            case SKIP, TAIL -> continueAt(skipDepth);
        }
        return true;
    }

    private void onRoot(JsonToken token) {
        if (token == JsonToken.BEGIN_OBJECT) {
            step = Step.MEMBER;
        } else if (token == JsonToken.BEGIN_ARRAY) {
            facts.batch();
            skip(0);
        } else {
            continueAt(0);
        }
    }

    private void onMember(JsonToken token) {
        if (token != JsonToken.KEY) {
            continueAt(0);
            return;
        }
        McpMember member = McpMember.of(tokens.text());
        switch (member) {
            case METHOD -> enter(member, Step.METHOD);
            case ID -> enter(member, Step.ID);
            case PARAMS -> enter(member, Step.PARAMS);
            case RESULT, ERROR -> {
                facts.response();
                skip(1);
            }
            default -> onOtherMember();
        }
    }

    private void onOtherMember() {
        switch (McpMember.ignoringCase(tokens.text())) {
            case METHOD, ID, PARAMS -> facts.problem(McpFacts.Problem.AMBIGUOUS_KEY);
            default -> skip(1);
        }
    }

    private void onMethod(JsonToken token) {
        if (token == JsonToken.STRING) {
            JsonText text = tokens.text();
            facts.method(McpMethod.of(text.bytes(), text.offset(), text.length()));
            step = Step.MEMBER;
        } else {
            facts.problem(McpFacts.Problem.BAD_METHOD);
        }
    }

    private void onId(JsonToken token) {
        if (token == JsonToken.STRING || token == JsonToken.NUMBER || token == JsonToken.NULL) {
            facts.id(checked(tokens.text()));
            step = Step.MEMBER;
        } else {
            facts.problem(McpFacts.Problem.BAD_ID);
        }
    }

    private void onParams(JsonToken token) {
        if (token == JsonToken.BEGIN_OBJECT) {
            step = Step.PARAMS_MEMBER;
            return;
        }
        facts.settleName();
        passOver(token, 1);
    }

    private void onParamsMember(JsonToken token) {
        if (token != JsonToken.KEY) {
            facts.settleName();
            continueAt(1);
            return;
        }
        McpMember member = McpMember.of(tokens.text());
        if (member == McpMember.NAME) {
            enter(member, Step.NAME);
            return;
        }
        if (McpMember.ignoringCase(tokens.text()) == McpMember.NAME) {
            facts.ambiguousName();
        }
        skip(2);
    }

    private void onName(JsonToken token) {
        if (token == JsonToken.STRING) {
            facts.name(checked(tokens.text()));
        }
        facts.settleName();
        passOver(token, 2);
    }

    /** What others get to see must be UTF-8. */
    private JsonText checked(JsonText text) {
        if (!text.isWellFormed()) {
            facts.problem(McpFacts.Problem.NOT_UTF8);
        }
        return text;
    }

    private void enter(McpMember member, Step next) {
        int bit = 1 << member.ordinal();
        if ((seen & bit) != 0) {
            if (member == McpMember.ID) {
                facts.clearId();
            }
            facts.problem(McpFacts.Problem.DUPLICATE_KEY);
            return;
        }
        seen |= bit;
        step = next;
    }

    /** Goes on behind a value of which the first token was read. */
    private void passOver(JsonToken token, int depth) {
        if (token == JsonToken.BEGIN_OBJECT || token == JsonToken.BEGIN_ARRAY) {
            skip(depth);
        } else {
            continueAt(depth);
        }
    }

    private void skip(int depth) {
        skipDepth = depth;
        step = Step.SKIP;
    }

    /** @param depth open containers: a value ended there */
    private void continueAt(int depth) {
        step = depth == 2 ? Step.PARAMS_MEMBER : depth == 1 ? Step.MEMBER : Step.TAIL;
        if (step == Step.TAIL) {
            facts.end();
        }
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
