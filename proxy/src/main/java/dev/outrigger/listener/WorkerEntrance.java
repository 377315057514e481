package dev.outrigger.listener;

import dev.outrigger.http.RequestSink;
import dev.outrigger.runtime.Worker;
import dev.outrigger.transport.ByteSink;

/**
 * A worker, and the doors by which clients come in to it.
 *
 * @param exchanges for requests
 * @param relays for connections whose bytes pass as they are
 */
public record WorkerEntrance(Worker worker, RequestSink.Factory exchanges, ByteSink.Factory relays) {}
