package dev.outrigger.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.admin.RawClient.Answer;
import dev.outrigger.config.model.RuntimeConfig.Transport;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How every operations port comes and goes, whatever the transport. */
abstract class OpsPortContract extends OpsServerFixture {
    OpsPortContract(Transport transport) {
        super(transport);
    }

    @Test
    void aPortThatIsTakenIsAClearFailure() throws IOException {
        try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), holder.getLocalPort());
            IOException failure = assertThrows(IOException.class, () -> server.start(taken));
            String message = String.valueOf(failure.getMessage());
            assertTrue(message.contains(":" + holder.getLocalPort()), message);
            assertTrue(message.contains("outrigger.status.bind"), message);
        }
        server.start(ANY_PORT);
    }

    @Test
    void aNameWithoutAddressIsAClearFailure() {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
        IOException failure = assertThrows(IOException.class, () -> server.start(unresolved));
        assertTrue(String.valueOf(failure.getMessage()).contains("nowhere.invalid:1"), failure.getMessage());
    }

    @Test
    void closeEndsConnectionsAndFreesThePort() throws IOException {
        InetSocketAddress address = server.start(ANY_PORT);
        try (RawClient client = new RawClient(address)) {
            assertEquals("a", client.send(get("/echo/a")).read().body());
            server.close();
            assertTrue(client.isEnded());
        }
        server.close();
        assertTrue(becomesFree(address));
    }

    @Test
    void closeLetsTheAnswerUnderWayBeFinishedAndTaken() throws Exception {
        InetSocketAddress address = server.start(ANY_PORT);
        CompletableFuture<Void> closed;
        try (RawClient asking = new RawClient(address);
                RawClient idle = new RawClient(address)) {
            assertEquals("a", idle.send(get("/echo/a")).read().body());
            asking.send(get("/slow"));
            CompletableFuture<OpsReply> answer = nextSlow();
            closed = CompletableFuture.runAsync(server::close);
            assertTrue(idle.isEnded(), "nothing is owed to it");
            answer.complete(OpsReply.text(200, "late"));

            Answer last = asking.read();
            assertEquals("late", last.body());
            assertEquals("close", last.header("connection"));
            assertTrue(asking.isEnded());
        }
        closed.get(10, TimeUnit.SECONDS);
    }

    @Test
    void closeDoesNotWaitForAnAnswerThatNeverComes() throws Exception {
        InetSocketAddress address = server.start(ANY_PORT);
        try (RawClient asking = new RawClient(address)) {
            asking.send(get("/slow"));
            nextSlow();
            server.close();
            assertTrue(asking.isEnded());
        }
    }

    @Test
    void theServerSocketCanBeGivenOptionsAndBeSeen() throws IOException {
        assertThrows(IllegalStateException.class, () -> server.channel());
        InetSocketAddress address =
                server.start(ANY_PORT, bootstrap -> bootstrap.option(ChannelOption.SO_RCVBUF, 65_536));

        assertEquals(address, server.channel().localAddress());
        assertTrue(server.channel().config().getOption(ChannelOption.SO_RCVBUF) >= 65_536);
    }

    /** The selector of the JDK lets go of a closed socket at its next turn only. */
    private static boolean becomesFree(InetSocketAddress address) throws IOException {
        long startNanos = System.nanoTime();
        while (System.nanoTime() - startNanos < TimeUnit.SECONDS.toNanos(10)) {
            try (ServerSocket probe = new ServerSocket()) {
                probe.setReuseAddress(true);
                probe.bind(address);
                return true;
            } catch (BindException e) {
                Thread.onSpinWait();
            }
        }
        return false;
    }
}
