package dev.outrigger.mcp;

import org.jspecify.annotations.Nullable;

/**
 * The part of {@link McpScanner} that reads the value of {@code result} or {@code error}, and the tools in it if somebody
 * wants them. What nobody asked for, which is nearly all of a result, is skipped.
 */
final class AnswerReader {
    private enum Step {
        RESULT(JsonKeep.NOTHING),
        RESULT_MEMBER(JsonKeep.DECODED),
        RESULT_TYPE(JsonKeep.DECODED),
        IS_ERROR(JsonKeep.NOTHING),
        NEXT_CURSOR(JsonKeep.NOTHING),
        TTL(JsonKeep.RAW),
        CACHE_SCOPE(JsonKeep.DECODED),
        TASK(JsonKeep.NOTHING),
        TASK_MEMBER(JsonKeep.DECODED),
        TOOLS(JsonKeep.NOTHING),
        TOOL(JsonKeep.NOTHING),
        TOOL_MEMBER(JsonKeep.DECODED),
        ANNOTATIONS(JsonKeep.NOTHING),
        ANNOTATIONS_MEMBER(JsonKeep.DECODED),
        HINT(JsonKeep.NOTHING),
        /** A value that goes to the target. */
        TEXT(JsonKeep.DECODED),
        ERROR(JsonKeep.NOTHING),
        ERROR_MEMBER(JsonKeep.DECODED),
        CODE(JsonKeep.RAW),
        DONE(JsonKeep.NOTHING);

        private final JsonKeep keep;

        Step(JsonKeep keep) {
            this.keep = keep;
        }
    }

    private final JsonTokenizer tokens;
    private final FactText toolName = new FactText(FactText.USUAL_LIMIT_BYTES);

    private @Nullable ToolSink toolSink;
    private AnswerFacts facts;
    private Step step = Step.DONE;
    /** Where to go on behind a value. */
    private Step after = Step.DONE;

    private FactText target = toolName;
    /** Members of the result seen, by ordinal. */
    private int seen;
    /** Members of the tool seen, by ordinal. */
    private int seenOfTool;

    private int hints;
    private int hint;

    AnswerReader(JsonTokenizer tokens, AnswerFacts facts) {
        this.tokens = tokens;
        this.facts = facts;
    }

    void tools(@Nullable ToolSink sink) {
        toolSink = sink;
    }

    /** The key {@code result} is read. */
    void beginResult(AnswerFacts into) {
        facts = into;
        facts.result();
        seen = 0;
        step = Step.RESULT;
    }

    /** The key {@code error} is read. */
    void beginError(AnswerFacts into) {
        facts = into;
        seen = 0;
        step = Step.ERROR;
    }

    /** @return a stop, or another token when the value has ended */
    JsonToken read() {
        JsonToken token;
        do {
            token = tokens.next(step.keep);
            if (token.isStop()) {
                return token;
            }
            switch (step) {
                case RESULT -> open(token, JsonToken.BEGIN_OBJECT, Step.RESULT_MEMBER, Step.DONE);
                case RESULT_MEMBER -> onResultMember(token);
                case RESULT_TYPE -> onResultType(token);
                case IS_ERROR -> onIsError(token);
                case NEXT_CURSOR -> onNextCursor(token);
                case TTL -> onTtl(token);
                case CACHE_SCOPE -> onCacheScope(token);
                case TASK -> open(token, JsonToken.BEGIN_OBJECT, Step.TASK_MEMBER, Step.RESULT_MEMBER);
                case TASK_MEMBER -> onTaskMember(token);
                case TOOLS -> open(token, JsonToken.BEGIN_ARRAY, Step.TOOL, Step.RESULT_MEMBER);
                case TOOL -> onTool(token);
                case TOOL_MEMBER -> onToolMember(token);
                case ANNOTATIONS -> open(token, JsonToken.BEGIN_OBJECT, Step.ANNOTATIONS_MEMBER, Step.TOOL_MEMBER);
                case ANNOTATIONS_MEMBER -> onAnnotationsMember(token);
                case HINT -> onHint(token);
                case TEXT -> onText(token);
                case ERROR -> onError(token);
                case ERROR_MEMBER -> onErrorMember(token);
                case CODE -> onCode(token);
                case DONE -> {}
            }
        } while (step != Step.DONE);
        return token;
    }

    private void onResultMember(JsonToken token) {
        if (token != JsonToken.KEY) {
            step = Step.DONE;
            return;
        }
        after = Step.RESULT_MEMBER;
        McpMember member = McpMember.ofAnswer(tokens.text());
        switch (member) {
            case RESULT_TYPE -> enter(member, Step.RESULT_TYPE);
            case IS_ERROR -> enter(member, Step.IS_ERROR);
            case NEXT_CURSOR -> enter(member, Step.NEXT_CURSOR);
            case TTL_MS -> enter(member, Step.TTL);
            case CACHE_SCOPE -> enter(member, Step.CACHE_SCOPE);
            case TASK -> enter(member, Step.TASK);
            case TASK_ID -> enter(member, facts.taskId());
            case PROTOCOL_VERSION -> enter(member, facts.protocolVersion());
            case TOOLS -> onTools();
            default -> skip();
        }
    }

    private void onTaskMember(JsonToken token) {
        if (token != JsonToken.KEY) {
            step = Step.RESULT_MEMBER;
            return;
        }
        after = Step.TASK_MEMBER;
        McpMember member = McpMember.ofAnswer(tokens.text());
        if (member == McpMember.TASK_ID) {
            enter(member, facts.taskId());
        } else {
            skip();
        }
    }

    private void onErrorMember(JsonToken token) {
        if (token != JsonToken.KEY) {
            step = Step.DONE;
            return;
        }
        after = Step.ERROR_MEMBER;
        McpMember member = McpMember.ofAnswer(tokens.text());
        if (member == McpMember.CODE) {
            enter(member, Step.CODE);
        } else {
            skip();
        }
    }

    private void onTools() {
        if (toolSink == null) {
            skip();
        } else {
            enter(McpMember.TOOLS, Step.TOOLS);
        }
    }

    private void onTool(JsonToken token) {
        if (token == JsonToken.END_ARRAY) {
            step = Step.RESULT_MEMBER;
            return;
        }
        toolName.clear();
        hints = ToolHints.DEFAULTS;
        seenOfTool = 0;
        open(token, JsonToken.BEGIN_OBJECT, Step.TOOL_MEMBER, Step.TOOL);
    }

    private void onToolMember(JsonToken token) {
        if (token != JsonToken.KEY) {
            if (toolSink != null && toolName.length() > 0) {
                toolSink.onTool(toolName.bytes(), toolName.length(), hints);
            }
            step = Step.TOOL;
            return;
        }
        after = Step.TOOL_MEMBER;
        McpMember member = McpMember.ofAnswer(tokens.text());
        int bit = 1 << member.ordinal();
        boolean first = (seenOfTool & bit) == 0;
        seenOfTool |= bit;
        if (member == McpMember.NAME && first) {
            target = toolName;
            step = Step.TEXT;
        } else if (member == McpMember.ANNOTATIONS && first) {
            step = Step.ANNOTATIONS;
        } else {
            skip();
        }
    }

    private void onAnnotationsMember(JsonToken token) {
        if (token != JsonToken.KEY) {
            step = Step.TOOL_MEMBER;
            return;
        }
        after = Step.ANNOTATIONS_MEMBER;
        hint = switch (McpMember.ofAnswer(tokens.text())) {
            case READ_ONLY_HINT -> ToolHints.READ_ONLY;
            case DESTRUCTIVE_HINT -> ToolHints.DESTRUCTIVE;
            case IDEMPOTENT_HINT -> ToolHints.IDEMPOTENT;
            case OPEN_WORLD_HINT -> ToolHints.OPEN_WORLD;
            default -> 0;
        };
        if (hint == 0) {
            skip();
        } else {
            step = Step.HINT;
        }
    }

    private void onHint(JsonToken token) {
        if (token == JsonToken.TRUE || token == JsonToken.FALSE) {
            hints = ToolHints.state(hints, hint, token == JsonToken.TRUE);
        }
        passOver(token);
    }

    private void onResultType(JsonToken token) {
        if (token == JsonToken.STRING) {
            facts.resultType(ResultType.of(tokens.text()));
        } else if (token != JsonToken.NULL) {
            facts.resultType(ResultType.OTHER);
        }
        passOver(token);
    }

    private void onIsError(JsonToken token) {
        if (token == JsonToken.TRUE) {
            facts.toolError();
        }
        passOver(token);
    }

    private void onNextCursor(JsonToken token) {
        if (token != JsonToken.NULL) {
            facts.nextCursor();
        }
        passOver(token);
    }

    private void onTtl(JsonToken token) {
        if (token == JsonToken.NUMBER) {
            facts.ttl(tokens.text());
        } else if (token != JsonToken.NULL) {
            facts.noTtl();
        }
        passOver(token);
    }

    private void onCacheScope(JsonToken token) {
        if (token == JsonToken.STRING) {
            facts.cacheScope(CacheScope.of(tokens.text()));
        } else if (token != JsonToken.NULL) {
            facts.cacheScope(CacheScope.PRIVATE);
        }
        passOver(token);
    }

    private void onText(JsonToken token) {
        if (token == JsonToken.STRING) {
            // What is not UTF-8 stays absent: no policy hangs on what a server says.
            target.set(tokens.text());
        }
        passOver(token);
    }

    private void onError(JsonToken token) {
        if (token != JsonToken.NULL) {
            facts.error();
        }
        open(token, JsonToken.BEGIN_OBJECT, Step.ERROR_MEMBER, Step.DONE);
    }

    private void onCode(JsonToken token) {
        if (token == JsonToken.NUMBER) {
            facts.errorCode(tokens.text());
        }
        passOver(token);
    }

    private void enter(McpMember member, FactText text) {
        target = text;
        enter(member, Step.TEXT);
    }

    private void enter(McpMember member, Step next) {
        int bit = 1 << member.ordinal();
        if ((seen & bit) != 0) {
            skip();
            return;
        }
        seen |= bit;
        step = next;
    }

    /** Goes into a container of the wanted kind, else behind the value. */
    private void open(JsonToken token, JsonToken wanted, Step inside, Step behind) {
        if (token == wanted) {
            step = inside;
        } else {
            after = behind;
            passOver(token);
        }
    }

    /** Goes on behind a value of which the first token was read. */
    private void passOver(JsonToken token) {
        tokens.skipRest(token);
        step = after;
    }

    /** Goes on behind the value of the key that was read. */
    private void skip() {
        tokens.skipValue();
        step = after;
    }
}
