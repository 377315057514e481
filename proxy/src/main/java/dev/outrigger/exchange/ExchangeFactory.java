package dev.outrigger.exchange;

import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.RequestSink;
import dev.outrigger.mcp.McpScanner;
import dev.outrigger.record.ExchangeObserver;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.runtime.Worker;
import io.netty.handler.codec.http.HttpRequest;
import java.util.ArrayDeque;
import java.util.List;

/** Opens exchanges on one worker, and tells the observers of their ends. */
public final class ExchangeFactory implements RequestSink.Factory {
    private static final int MAX_FREE_SCANNERS = 256;

    private final Worker worker;
    private final ArrayDeque<McpScanner> scanners = new ArrayDeque<>();
    private final boolean traced;
    private final ExchangeObserver[] observers;

    /**
     * @param traced whether trace headers are continued and begun; otherwise they pass as they are
     * @param observers told in this order, after the worker's own recorders
     */
    public ExchangeFactory(Worker worker, boolean traced, List<ExchangeObserver> observers) {
        this.worker = worker;
        this.traced = traced;
        this.observers = observers.toArray(new ExchangeObserver[0]);
    }

    @Override
    public RequestSink open(DownstreamStream stream, HttpRequest head, ClientInfo client) {
        worker.metrics().exchangesActive++;
        Exchange exchange = new Exchange(this, worker, stream, head, client);
        exchange.begin();
        return exchange;
    }

    @Override
    public void onRefused() {
        worker.metrics().requestsMalformed++;
    }

    McpScanner borrowScanner() {
        McpScanner free = scanners.poll();
        return free == null ? new McpScanner() : free;
    }

    void returnScanner(McpScanner scanner) {
        if (scanners.size() < MAX_FREE_SCANNERS) {
            scanner.reset();
            scanners.push(scanner);
        }
    }

    boolean isTraced() {
        return traced;
    }

    /** Whether anybody but the worker's recorders looks at single exchanges. */
    boolean isObserved() {
        return observers.length > 0;
    }

    void finished(ExchangeRecord record) {
        worker.metrics().exchangesActive--;
        worker.metrics().onFinish(record);
        for (ExchangeObserver observer : observers) {
            observer.onFinish(record);
        }
    }
}
