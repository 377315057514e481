package dev.outrigger.listener;

import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.EventLoops;
import dev.outrigger.transport.TlsSource;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.List;

/**
 * The doors of all workers, which every listener deals its connections out to.
 *
 * @param transport how the loops do their I/O
 * @param loops of all workers, and of nobody else
 * @param all one for each loop
 * @param tls towards the clients of each listener
 */
public record Entrances(
        EventLoops transport, EventLoopGroup loops, List<WorkerEntrance> all, TlsSource tls, NanoClock clock) {
    public Entrances {
        all = List.copyOf(all);
    }

    WorkerEntrance of(EventLoop loop) {
        for (WorkerEntrance entrance : all) {
            if (entrance.worker().loop() == loop) {
                return entrance;
            }
        }
        throw new IllegalStateException("a connection on a loop that is no worker's: " + loop);
    }
}
