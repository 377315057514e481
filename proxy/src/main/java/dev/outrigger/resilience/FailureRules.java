package dev.outrigger.resilience;

import dev.outrigger.config.model.FailsOnConfig;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Which answers say that the upstream is in trouble, compiled so that asking costs a bit and, for JSON-RPC errors, a search
 * among a few numbers. Immutable.
 */
public final class FailureRules {
    private static final int STATUSES_OF_CLASS = 100;
    private static final String WHOLE_CLASS = "xx";

    private final BitSet statuses = new BitSet();
    private final int[] rpcCodes;
    private final boolean toolErrors;

    FailureRules(FailsOnConfig config) {
        config.statuses().forEach(this::add);
        rpcCodes = sorted(config.rpcCodes());
        toolErrors = config.toolErrors();
    }

    private void add(String status) {
        if (status.endsWith(WHOLE_CLASS)) {
            int first = (status.charAt(0) - '0') * STATUSES_OF_CLASS;
            statuses.set(first, first + STATUSES_OF_CLASS);
        } else {
            statuses.set(Integer.parseInt(status));
        }
    }

    private static int[] sorted(List<Integer> codes) {
        return codes.stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    /** Whether an answer with this HTTP status is a failure, whatever it says. */
    public boolean failsOnStatus(int status) {
        return statuses.get(status);
    }

    /** Whether a JSON-RPC error of this code is a failure. */
    public boolean failsOnRpcCode(int code) {
        return Arrays.binarySearch(rpcCodes, code) >= 0;
    }

    /** Whether a result that says {@code isError} is a failure. */
    public boolean failsOnToolErrors() {
        return toolErrors;
    }
}
