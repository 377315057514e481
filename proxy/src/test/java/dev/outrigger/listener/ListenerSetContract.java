package dev.outrigger.listener;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.testing.Await;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Listeners that come, change and go, with real sockets. */
abstract class ListenerSetContract {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    static final Duration DRAIN = Duration.ofSeconds(10);
    private static final String LOOPBACK = "127.0.0.1";

    final ServingLoops loops = new ServingLoops(transport(), "it");

    abstract Transport transport();

    @AfterEach
    void close() {
        loops.close();
    }

    @Test
    void whatConnectsBeforeTheCommitIsServedAfterIt() throws Exception {
        int port = FreePort.find();
        ListenerSet.Change change = loops.listeners().prepare(List.of(config("in", port)), DRAIN, false);
        try (Asking early = new Asking(port)) {
            early.send("/");
            assertEquals(List.of(), loops.listeners().bound());
            loops.listeners().commit(change);
            assertEquals("it in", early.read());
        }
    }

    @Test
    void theSocketOutlivesSettingsAndName() throws Exception {
        loops.serve(false, config("in", FreePort.find()));
        int port = loops.port("in");
        Listener before = loops.listeners().bound().get(0);
        try (Asking old = new Asking(port)) {
            assertEquals("it in", old.ask("/"));
            loops.serve(false, ServingLoops.config("renamed", LOOPBACK, port, 2));
            assertSame(before, loops.listeners().bound().get(0));
            assertEquals("it in", old.ask("/"), "a connection keeps what it was accepted with");
            try (Asking second = new Asking(port);
                    Asking third = new Asking(port)) {
                assertEquals("it renamed", second.ask("/"));
                assertThrows(IOException.class, () -> third.ask("/"), "beyond the new bound");
            }
        }
    }

    @Test
    void aFreePortIsKeptByItsName() throws Exception {
        loops.serve(false, config("one", 0), config("two", 0));
        int one = loops.port("one");
        int two = loops.port("two");
        loops.serve(false, config("two", 0), config("three", 0), config("one", 0));
        assertEquals(one, loops.port("one"));
        assertEquals(two, loops.port("two"));
        assertEquals(
                List.of("two", "three", "one"),
                loops.listeners().bound().stream().map(Listener::name).toList());
    }

    @Test
    void whatCanNotBeBoundChangesNothing() throws Exception {
        loops.serve(false, config("in", 0));
        int port = loops.port("in");
        int free = FreePort.find();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<ListenerConfig> wanted = List.of(config("new", free), config("more", taken.getLocalPort()));
            IOException refused =
                    assertThrows(IOException.class, () -> loops.listeners().prepare(wanted, DRAIN, false));
            assertTrue(
                    refused.getMessage()
                            .startsWith("listener more: can not bind 127.0.0.1:" + taken.getLocalPort() + " ("),
                    refused.getMessage());
        }
        awaitRefused(free);
        try (Asking client = new Asking(port)) {
            assertEquals("it in", client.ask("/"));
            assertFalse(client.isOver());
        }
    }

    @Test
    void whatIsAbandonedIsClosed() throws Exception {
        int free = FreePort.find();
        loops.serve(false, config("in", 0));
        ListenerSet.Change change =
                loops.listeners().prepare(List.of(config("in", 0), config("new", free)), DRAIN, false);
        loops.listeners().abandon(change);
        awaitRefused(free);
        assertEquals(1, loops.listeners().bound().size());
    }

    @Test
    void aRemovedListenerAnswersWhatItHasAndRefusesTheRest() throws Exception {
        loops.serve(false, config("in", 0), config("gone", 0));
        int port = loops.port("gone");
        try (Asking idle = new Asking(port);
                Asking other = new Asking(loops.port("in"))) {
            assertEquals("it gone", idle.ask("/"));
            assertEquals("it in", other.ask("/"));
            loops.serve(false, config("in", 0));
            awaitRefused(port);
            assertEquals("it gone", idle.ask("/"), "its next request may have been under way");
            assertTrue(idle.isOver());
            assertTrue(idle.awaitEnd());
            assertEquals("it in", other.ask("/"));
            assertFalse(other.isOver());
        }
    }

    @Test
    void whatIsLeftOfTheTimeIsForLastWords() throws Exception {
        loops.serve(false, config("in", 0));
        try (Asking held = new Asking(loops.port("in"))) {
            held.send("/hold");
            Await.until("it is held", LIMIT, () -> loops.answering().held() == 1);
            CompletableFuture<Void> drained =
                    loops.listeners().drain(Duration.ofSeconds(4)).toCompletableFuture();
            assertEquals("it in", held.read());
            assertTrue(held.isOver());
            drained.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void whoDoesNotEndIsCut() throws Exception {
        loops.serve(false, config("in", 0));
        try (Asking silent = new Asking(loops.port("in"))) {
            silent.send("/");
            silent.read();
            silent.sendHalfAHead();
            loops.listeners()
                    .drain(Duration.ofMillis(400))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            assertThrows(EOFException.class, silent::read);
        }
    }

    @Test
    void nothingIsOpenedWhenEverythingDrains() throws Exception {
        loops.serve(false, config("in", 0));
        int free = FreePort.find();
        ListenerSet.Change change = loops.listeners().prepare(List.of(config("new", free)), DRAIN, false);
        loops.listeners().drain(DRAIN).toCompletableFuture().get(30, TimeUnit.SECONDS);
        loops.listeners().commit(change);
        awaitRefused(free);
        assertThrows(IOException.class, () -> loops.listeners().prepare(List.of(), DRAIN, false));
    }

    private static void awaitRefused(int port) {
        Await.until("nobody listens", LIMIT, () -> FreePort.isRefused(port));
    }

    static ListenerConfig config(String name, int port) {
        return ServingLoops.config(name, LOOPBACK, port);
    }
}
