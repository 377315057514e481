package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.record.ExchangeObserver;
import dev.outrigger.record.ExchangeRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SwitchedObserverTest {
    private final SwitchedObserver observer = new SwitchedObserver();
    private final ExchangeRecord exchange = new ExchangeRecord();
    private final ExchangeRecord call = exchange.newCall();

    @Test
    void nobodyIsToldBeforeThereIsATarget() {
        assertFalse(observer.isOn());
        observer.onFinish(exchange);
        observer.onCall(call);
    }

    @Test
    void theTargetOfTheMomentIsTold() {
        Told first = new Told();
        Told second = new Told();
        observer.target(first);
        assertTrue(observer.isOn());
        observer.onFinish(exchange);
        observer.target(second);
        observer.onCall(call);
        observer.target(null);
        observer.onFinish(exchange);

        assertFalse(observer.isOn());
        assertEquals(List.of(exchange), first.exchanges);
        assertEquals(List.of(), first.calls);
        assertEquals(List.of(call), second.calls);
        assertEquals(List.of(), second.exchanges);
    }

    @Test
    void itIsOffIfItsTargetIs() {
        SwitchedObserver inner = new SwitchedObserver();
        observer.target(inner);
        assertFalse(observer.isOn());
        inner.target(new Told());
        assertTrue(observer.isOn());
    }

    private static final class Told implements ExchangeObserver {
        private final List<ExchangeRecord> exchanges = new ArrayList<>();
        private final List<ExchangeRecord> calls = new ArrayList<>();

        @Override
        public void onFinish(ExchangeRecord record) {
            exchanges.add(record);
        }

        @Override
        public void onCall(ExchangeRecord ended) {
            calls.add(ended);
        }
    }
}
