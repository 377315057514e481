package dev.outrigger.telemetry;

import dev.outrigger.record.ExchangeObserver;
import dev.outrigger.record.ExchangeRecord;

/** Offers every ended exchange and opaque connection to the access log as it is; the line is made on the writer's thread. Used by all loops. */
public final class AccessLogObserver implements ExchangeObserver {
    private final AccessLogWriter writer;

    public AccessLogObserver(AccessLogWriter writer) {
        this.writer = writer;
    }

    @Override
    public void onFinish(ExchangeRecord record) {
        writer.offer(record);
    }

    @Override
    public void onConnection(ExchangeRecord connection) {
        writer.offer(connection);
    }
}
