package dev.outrigger.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.FailsOnConfig;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FailureRulesTest {
    @Test
    void serverErrorsAreFailuresUnlessSomethingElseIsSaid() {
        FailureRules rules = new FailureRules(FailsOnConfig.SERVER_ERRORS);

        assertEquals(
                IntStream.range(500, 600).boxed().toList(),
                IntStream.range(0, 1000).filter(rules::failsOnStatus).boxed().toList());
        assertFalse(rules.failsOnRpcCode(-32603));
        assertFalse(rules.failsOnToolErrors());
    }

    @Test
    void singleStatusesCodesAndToolErrorsCanBeFailures() {
        FailureRules rules = new FailureRules(new FailsOnConfig(List.of("429", "503"), List.of(7, -32603), true));

        assertEquals(
                List.of(429, 503),
                IntStream.range(0, 1000).filter(rules::failsOnStatus).boxed().toList());
        assertTrue(rules.failsOnRpcCode(7));
        assertTrue(rules.failsOnRpcCode(-32603));
        assertFalse(rules.failsOnRpcCode(0));
        assertTrue(rules.failsOnToolErrors());
    }
}
