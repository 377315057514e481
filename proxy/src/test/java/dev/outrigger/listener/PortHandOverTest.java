package dev.outrigger.listener;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.testing.Await;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A port that goes from one process to the next; here each is a set of loops of its own. */
class PortHandOverTest {
    private static final Duration DRAIN = Duration.ofSeconds(10);

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "IO_URING"})
    void noConnectionIsLostOverThreeGenerations(Transport transport) throws Exception {
        assumeTrue(isThere(transport));
        try (ServingLoops first = new ServingLoops(transport, "first");
                ServingLoops second = new ServingLoops(transport, "second");
                ServingLoops third = new ServingLoops(transport, "third")) {
            int port = FreePort.find();
            first.serve(true, ServingLoops.config("in", "127.0.0.1", port));
            try (Load load = new Load(port)) {
                load.awaitMore(200);
                takeOver(load, first, second, port);
                load.awaitAnswer("second in");
                takeOver(load, second, third, port);
                load.awaitAnswer("third in");
                load.awaitMore(200);
                assertEquals(List.of(), load.failures());
            }
        }
    }

    private static void takeOver(Load load, ServingLoops from, ServingLoops to, int port) throws Exception {
        to.serve(true, ServingLoops.config("in", "127.0.0.1", port));
        load.awaitMore(200);
        var drained = from.listeners().drain(DRAIN).toCompletableFuture();
        load.awaitMore(200);
        drained.get(30, TimeUnit.SECONDS);
        load.awaitMore(200);
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "IO_URING"})
    void whoGoesWithoutASuccessorAnswersUntilItCloses(Transport transport) throws Exception {
        assumeTrue(isThere(transport));
        try (ServingLoops only = new ServingLoops(transport, "only")) {
            only.serve(true, ServingLoops.config("in", "127.0.0.1", 0));
            int port = only.port("in");
            var drained = only.listeners().drain(DRAIN).toCompletableFuture();
            try (Asking late = new Asking(port)) {
                assertEquals("only in", late.ask("/"));
                assertEquals(true, late.isOver());
            }
            drained.get(30, TimeUnit.SECONDS);
            Await.until("nobody listens", Duration.ofSeconds(30), () -> FreePort.isRefused(port));
        }
    }

    private static boolean isThere(Transport transport) {
        return transport == Transport.EPOLL
                ? Epoll.isAvailable()
                : IoUring.isAvailable() && IoUring.isRegisterBufferRingSupported();
    }
}
