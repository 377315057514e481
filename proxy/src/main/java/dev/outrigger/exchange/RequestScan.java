package dev.outrigger.exchange;

import dev.outrigger.mcp.ElementSink;
import dev.outrigger.mcp.McpFacts;
import dev.outrigger.mcp.McpMethod;
import dev.outrigger.mcp.McpScanner;
import dev.outrigger.mcp.McpScanners;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.route.ToolPolicies;
import dev.outrigger.route.ToolPolicy;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the body of a request says, up to a limit, so that the exchange can be decided before anything is sent; and on
 * to the end where a policy depends on it, because a second {@code name} could stand anywhere.
 */
final class RequestScan implements ElementSink {
    private final McpScanners scanners;
    private final Calls calls;
    private final ToolPolicies policies;
    private final Function<McpFacts, String> labels;
    private final long limitBytes;
    private @Nullable McpScanner scanner;
    private long bytes;
    private boolean ended;
    private boolean forbidden;
    private int responses;
    private int requests;
    private int notifications;

    /**
     * @param policies if there are any, they depend on what is read
     * @param labels the label of the tool that facts name
     */
    RequestScan(
            McpScanners scanners,
            Calls calls,
            ToolPolicies policies,
            Function<McpFacts, String> labels,
            long limitBytes) {
        this.scanners = scanners;
        this.calls = calls;
        this.policies = policies;
        this.labels = labels;
        this.limitBytes = limitBytes;
        McpScanner borrowed = scanners.borrow();
        borrowed.elements(this);
        this.scanner = borrowed;
    }

    /** Reads the next piece of the body, which stays as it is. */
    void feed(ByteBuf content, boolean last) {
        McpScanner current = scanner;
        if (current == null || ended) {
            return;
        }
        boolean needed = bytes < limitBytes || !policies.isEmpty() || !facts().isComplete();
        bytes += content.readableBytes();
        // Where a policy depends on it, nothing may follow the message either.
        if (needed && (!facts().isOver() || !policies.isEmpty())) {
            current.feed(content);
        }
        if (last) {
            ended = true;
            if (needed) {
                current.end();
            }
        }
    }

    /** Whether as much is known as there is to know before the request goes on. */
    boolean isSettled() {
        return ended || facts().isOver() || bytes >= limitBytes;
    }

    /** Whether the body is here as a whole, or too much of it to wait for its end. */
    boolean isWhole() {
        return ended || bytes >= limitBytes;
    }

    /** Whether the id that a refusal has to echo may still come. */
    boolean mayStillFindId() {
        return !ended && !facts().isOver() && !facts().isComplete() && bytes < limitBytes;
    }

    /** Whether the message is larger than what is looked at before it goes on. */
    boolean isOverLimit() {
        return !facts().isOver() && bytes >= limitBytes;
    }

    /** Whether one of the calls is of a tool that the policies forbid. */
    boolean isForbidden() {
        return forbidden;
    }

    McpFacts facts() {
        return Objects.requireNonNull(scanner).facts();
    }

    @Override
    public void onElement(McpFacts element) {
        count(element);
        switch (element.kind()) {
            case REQUEST, NOTIFICATION -> calls.addToBatch(callOf(element));
            default -> {}
        }
    }

    /** Makes the one call of a message that is no batch, once it is known that there is one. */
    void settleCalls() {
        McpFacts facts = facts();
        if (calls.only() != null || calls.isBatch()) {
            return;
        }
        boolean named = facts.method() != null;
        boolean isCall =
                switch (facts.kind()) {
                    case REQUEST, NOTIFICATION -> true;
                    case UNDECIDED, INVALID -> named;
                    default -> false;
                };
        if (isCall) {
            calls.set(callOf(facts));
        }
        count(facts);
    }

    private void count(McpFacts facts) {
        switch (facts.kind()) {
            case REQUEST -> requests++;
            case NOTIFICATION -> notifications++;
            case RESPONSE -> responses++;
            default -> {}
        }
    }

    int requests() {
        return requests;
    }

    int notifications() {
        return notifications;
    }

    int responses() {
        return responses;
    }

    private Call callOf(McpFacts facts) {
        boolean named = facts.method() == McpMethod.TOOLS_CALL && facts.nameLength() > 0;
        ToolPolicy policy = named ? policies.find(facts.name(), facts.nameLength()) : null;
        forbidden |= facts.method() == McpMethod.TOOLS_CALL && !policies.allows(facts.name(), facts.nameLength());
        Call call = new Call(
                facts,
                named ? labels.apply(facts) : ExchangeRecord.NONE,
                policy == null ? 0 : policy.timeoutNanos(),
                policy != null && policy.deadLetter());
        if (named && policies.limitsAny()) {
            call.limit(
                    policies.rateLimiter(facts.name(), facts.nameLength()),
                    policies.concurrencyLimiter(facts.name(), facts.nameLength()));
        }
        return call;
    }

    void release() {
        McpScanner current = scanner;
        if (current != null) {
            scanner = null;
            scanners.give(current);
        }
    }
}
