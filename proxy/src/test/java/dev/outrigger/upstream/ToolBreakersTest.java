package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.outrigger.config.model.BreakerConfig;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.resilience.CircuitBreaker.State;
import dev.outrigger.resilience.CircuitBreaker.Verdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ToolBreakersTest {
    private static final BreakerConfig FIVE = new BreakerConfig(5, Duration.ofSeconds(30), 1);
    private static final BreakerConfig TWO = new BreakerConfig(2, Duration.ofSeconds(30), 1);

    private final ToolBreakers breakers = new ToolBreakers("app", (breaker, from, to, why) -> {});

    @Test
    void eachToolHasOneOfItsOwnThatIsNamedAfterIt() {
        CircuitBreaker search = breakers.of("search", FIVE);

        assertEquals("app:search", search.name());
        assertSame(search, breakers.of("search", TWO), "what it judges by is changed by a reload, not by a call");
        assertNotSame(search, breakers.of("other", FIVE));
        assertEquals(2, breakers.all().size());
    }

    @Test
    void otherThresholdsHoldForWhatWasCountedBefore() {
        CircuitBreaker search = breakers.of("search", FIVE);
        fail(search);

        breakers.reconfigure(tool -> TWO);
        fail(search);

        assertEquals(State.OPEN, search.state());
    }

    @Test
    void aToolThatHasNoneAnyMoreBeginsAnewWhenItHasOneAgain() {
        CircuitBreaker search = breakers.of("search", FIVE);
        breakers.of("other", FIVE);

        breakers.reconfigure(tool -> tool.equals("search") ? null : FIVE);

        assertEquals(
                List.of("app:other"),
                breakers.all().stream().map(CircuitBreaker::name).toList());
        assertNotSame(search, breakers.of("search", FIVE));
    }

    private static void fail(CircuitBreaker breaker) {
        breaker.leave(breaker.tryEnter(0), Verdict.FAILURE, 0);
    }
}
