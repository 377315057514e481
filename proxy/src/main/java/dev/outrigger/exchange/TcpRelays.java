package dev.outrigger.exchange;

import dev.outrigger.http.ClientInfo;
import dev.outrigger.record.ExchangeObserver;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.runtime.Worker;
import dev.outrigger.transport.ByteSink;
import dev.outrigger.transport.ByteStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens the relays of one worker's opaque connections, and tells the observers of their ends. */
public final class TcpRelays implements ByteSink.Factory {
    private final Worker worker;
    private final List<ExchangeObserver> observers;

    /** @param observers told in this order */
    public TcpRelays(Worker worker, List<ExchangeObserver> observers) {
        this.worker = worker;
        this.observers = List.copyOf(observers);
    }

    @Override
    public ByteSink open(ByteStream client, ClientInfo info, @Nullable String serverName) {
        return new TcpRelay(this, client, info, serverName).begin();
    }

    Worker worker() {
        return worker;
    }

    void finished(ExchangeRecord connection) {
        for (ExchangeObserver observer : observers) {
            observer.onConnection(connection);
        }
    }
}
