package dev.outrigger.exchange;

import dev.outrigger.http.ClientInfo;
import dev.outrigger.http.DownstreamStream;
import dev.outrigger.http.RequestSink;
import dev.outrigger.mcp.McpScanners;
import dev.outrigger.record.DeadLetter;
import dev.outrigger.record.ExchangeObserver;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.runtime.Worker;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;

/** Opens exchanges on one worker, and tells the observers of their ends. */
public final class ExchangeFactory implements RequestSink.Factory {
    /** Answers without a reader at one time; one is a connection to the upstream and little memory. */
    private static final int MAX_DRAINS = 1024;
    /** Calls that wait for an answer without an exchange, at one time; some hundred bytes each. */
    private static final int MAX_PARKED = 16_384;

    private final Worker worker;
    private final McpScanners scanners = new McpScanners();
    private final QuestionKeys keys = new QuestionKeys();
    private final ExchangeObserver[] observers;
    private final DeadLetter.Sink deadLetters;
    private int drains;
    private int parked;

    /**
     * @param observers told in this order, after the worker's own recorders
     * @param deadLetters takes calls that no upstream has answered
     */
    public ExchangeFactory(Worker worker, List<ExchangeObserver> observers, DeadLetter.Sink deadLetters) {
        this.worker = worker;
        this.deadLetters = deadLetters;
        this.observers = observers.toArray(new ExchangeObserver[0]);
    }

    @Override
    public RequestSink open(DownstreamStream stream, HttpRequest head, ClientInfo client) {
        worker.metrics().exchangesActive++;
        Exchange exchange = new Exchange(this, stream, head, client);
        exchange.begin();
        return exchange;
    }

    Worker worker() {
        return worker;
    }

    McpScanners scanners() {
        return scanners;
    }

    /** The keys of the question that is asked just now. */
    QuestionKeys keys() {
        return keys;
    }

    /** Whether one more answer may be read for nobody. */
    boolean mayDrain() {
        return drains < MAX_DRAINS;
    }

    void drainBegins() {
        drains++;
    }

    void drainEnds() {
        drains--;
    }

    /** Whether one more call may outlive its exchange. */
    boolean mayPark() {
        return parked < MAX_PARKED;
    }

    void parkBegins() {
        parked++;
    }

    void parkEnds() {
        parked--;
    }

    /** Whether anybody but the worker's recorders looks at single exchanges now. */
    boolean isObserved() {
        for (ExchangeObserver observer : observers) {
            if (observer.isOn()) {
                return true;
            }
        }
        return false;
    }

    /** Keeps a call to be made later. */
    void keep(DeadLetter letter) {
        worker.metrics().upstream(letter.upstream()).deadLetters++;
        deadLetters.offer(letter);
    }

    void finished(ExchangeRecord record) {
        worker.metrics().exchangesActive--;
        worker.metrics().onFinish(record);
        for (ExchangeObserver observer : observers) {
            observer.onFinish(record);
        }
    }

    /** An operation that is recorded apart from its exchange has ended. */
    void finishedCall(ExchangeRecord call) {
        worker.metrics().onCall(call);
        for (ExchangeObserver observer : observers) {
            observer.onCall(call);
        }
    }
}
