package dev.outrigger.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.testing.Await;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DemoTrafficIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void outlivesAServerThatDiesAndComesBackWithoutItsSessions() throws Exception {
        DemoServer first = DemoServer.onItsOwnLoop();
        int port = first.start(loopback(0));
        try (DemoTraffic traffic = new DemoTraffic(URI.create("http://127.0.0.1:" + port + "/mcp"))) {
            traffic.start();
            Await.until("calls are answered", LIMIT, () -> traffic.answered() >= 2);
            assertEquals(0, traffic.failed());

            first.close();
            Await.until("calls fail", LIMIT, () -> traffic.failed() >= 2);

            try (DemoServer second = DemoServer.onItsOwnLoop()) {
                second.start(loopback(port));
                long before = traffic.answered();
                Await.until("calls are answered again", LIMIT, () -> traffic.answered() >= before + 2);
            }
        } finally {
            first.close();
        }
    }

    @Test
    void startsBeforeItsServer() throws Exception {
        DemoServer server = DemoServer.onItsOwnLoop();
        int port = server.start(loopback(0));
        server.close();
        try (DemoTraffic traffic = new DemoTraffic(URI.create("http://127.0.0.1:" + port + "/mcp"))) {
            traffic.start();
            Await.until("a call fails", LIMIT, () -> traffic.failed() > 0);
            try (DemoServer late = DemoServer.onItsOwnLoop()) {
                late.start(loopback(port));
                Await.until("calls are answered", LIMIT, () -> traffic.answered() > 0);
            }
        }
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
