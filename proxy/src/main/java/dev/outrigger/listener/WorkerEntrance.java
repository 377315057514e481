package dev.outrigger.listener;

import dev.outrigger.http.RequestSink;
import dev.outrigger.runtime.Worker;

/** A worker, and the door by which requests come in to it. */
public record WorkerEntrance(Worker worker, RequestSink.Factory exchanges) {}
