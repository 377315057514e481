package dev.outrigger.mcp;

/** The part of {@link McpScanner} that reads the value of {@code params}, and {@code _meta} in it. */
final class ParamsReader {
    private enum Step {
        PARAMS(JsonKeep.NOTHING),
        PARAMS_MEMBER(JsonKeep.DECODED),
        META(JsonKeep.NOTHING),
        META_MEMBER(JsonKeep.DECODED),
        /** A string that goes to the target. */
        TEXT(JsonKeep.DECODED),
        /** A string or number that goes to the target as it stands. */
        RAW(JsonKeep.RAW),
        DONE(JsonKeep.NOTHING);

        private final JsonKeep keep;

        Step(JsonKeep keep) {
            this.keep = keep;
        }
    }

    private final JsonTokenizer tokens;

    private McpFacts facts;
    private Step step = Step.DONE;
    /** Where to go on behind a value. */
    private Step after = Step.DONE;

    private FactText target;
    /** Members of params seen, by ordinal. */
    private int seen;
    /** Members of {@code _meta} seen, by ordinal. */
    private int seenOfMeta;

    ParamsReader(JsonTokenizer tokens, McpFacts facts) {
        this.tokens = tokens;
        this.facts = facts;
        this.target = facts.uri();
    }

    /** The key {@code params} is read. */
    void begin(McpFacts into) {
        facts = into;
        facts.paramsPlace().onKey();
        seen = 0;
        seenOfMeta = 0;
        step = Step.PARAMS;
    }

    /**
     * Reads on: a loop of its own, which costs less than going back to the scanner for each token.
     *
     * @param origin where index 0 of the input would be in the message
     * @return a stop; or another token when the value has ended, or a problem was found
     */
    JsonToken read(long origin) {
        JsonToken token;
        do {
            token = tokens.next(step.keep);
            if (token.isStop()) {
                return token;
            }
            switch (step) {
                case PARAMS -> onParams(token, origin);
                case PARAMS_MEMBER -> onParamsMember(token);
                case META -> onMeta(token, origin);
                case META_MEMBER -> onMetaMember(token);
                case TEXT -> onText(token == JsonToken.STRING, token);
                case RAW -> onText(token == JsonToken.STRING || token == JsonToken.NUMBER, token);
                case DONE -> {}
            }
        } while (step != Step.DONE && facts.problem() == McpFacts.Problem.NONE);
        return token;
    }

    private void onParams(JsonToken token, long origin) {
        if (token == JsonToken.BEGIN_OBJECT) {
            facts.paramsPlace().onObject(tokens.place(origin));
            step = Step.PARAMS_MEMBER;
        } else {
            tokens.skipRest(token);
            step = Step.DONE;
        }
    }

    private void onParamsMember(JsonToken token) {
        if (token != JsonToken.KEY) {
            step = Step.DONE;
            return;
        }
        facts.paramsPlace().onMember();
        McpMember member = McpMember.ofParams(tokens.text());
        ParamsFacts params = facts.params();
        switch (member) {
            case NAME -> enterParam(member, Step.TEXT, facts.subjectName());
            case URI -> enterParam(member, Step.TEXT, facts.uri());
            case TASK_ID -> enterParam(member, Step.TEXT, facts.taskId());
            case PROTOCOL_VERSION -> enterParam(member, Step.TEXT, params.protocolVersion());
            case REQUEST_ID -> enterParam(member, Step.RAW, params.requestId());
            case PROGRESS_TOKEN -> enterParam(member, Step.RAW, params.progressToken());
            case META -> {
                facts.metaPlace().onKey();
                enterParam(member, Step.META, target);
            }
            case CURSOR, INPUT_RESPONSES, REQUEST_STATE -> {
                params.onPresent(member);
                tokens.skipValue();
                enterParam(member, Step.PARAMS_MEMBER, target);
            }
            default -> onOtherParam();
        }
    }

    private void onOtherParam() {
        switch (McpMember.ignoringCase(tokens.text())) {
            case NAME -> facts.ambiguousSubject(McpMethod.Subject.NAME);
            case URI -> facts.ambiguousSubject(McpMethod.Subject.URI);
            case TASK_ID -> facts.ambiguousSubject(McpMethod.Subject.TASK_ID);
            default -> {}
        }
        tokens.skipValue();
    }

    private void onMeta(JsonToken token, long origin) {
        if (token == JsonToken.BEGIN_OBJECT) {
            facts.metaPlace().onObject(tokens.place(origin));
            step = Step.META_MEMBER;
        } else {
            tokens.skipRest(token);
            step = Step.PARAMS_MEMBER;
        }
    }

    private void onMetaMember(JsonToken token) {
        if (token != JsonToken.KEY) {
            step = Step.PARAMS_MEMBER;
            return;
        }
        facts.metaPlace().onMember();
        McpMember member = McpMember.ofMeta(tokens.text());
        MetaFacts meta = facts.meta();
        meta.onKey(member);
        switch (member) {
            case TRACEPARENT -> enterMeta(member, Step.TEXT, meta.traceparent());
            case TRACESTATE -> enterMeta(member, Step.TEXT, meta.tracestate());
            case META_PROTOCOL_VERSION -> enterMeta(member, Step.TEXT, meta.protocolVersion());
            case PROGRESS_TOKEN -> enterMeta(member, Step.RAW, meta.progressToken());
            default -> tokens.skipValue();
        }
    }

    private void onText(boolean wanted, JsonToken token) {
        // What others get to see must be UTF-8.
        if (wanted && !target.set(tokens.text())) {
            facts.problem(McpFacts.Problem.NOT_UTF8);
        }
        tokens.skipRest(token);
        step = after;
    }

    private void enterParam(McpMember member, Step next, FactText text) {
        seen = enter(member, next, text, seen, Step.PARAMS_MEMBER);
    }

    private void enterMeta(McpMember member, Step next, FactText text) {
        seenOfMeta = enter(member, next, text, seenOfMeta, Step.META_MEMBER);
    }

    private int enter(McpMember member, Step next, FactText text, int seenBefore, Step behind) {
        int bit = 1 << member.ordinal();
        if ((seenBefore & bit) != 0) {
            facts.problem(McpFacts.Problem.DUPLICATE_KEY);
        }
        target = text;
        step = next;
        after = behind;
        return seenBefore | bit;
    }
}
