package dev.outrigger.admin;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.transport.EventLoops;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** An operations port with a few endpoints, over real sockets, on a transport that the test says. */
abstract class OpsServerFixture {
    static final String HOST = "Host: localhost\r\n";
    static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final EventLoops loops;
    private final EventLoopGroup group;
    private final BlockingQueue<CompletableFuture<OpsReply>> slow = new LinkedBlockingQueue<>();
    OpsServer server;

    OpsServerFixture(Transport transport) {
        loops = EventLoops.probe(transport);
        group = loops.open(1, "ops-test");
        server = serverWith(OpsLimits.DEFAULT);
    }

    final OpsServer serverWith(OpsLimits limits) {
        OpsRoutes routes = OpsRoutes.builder()
                .get("/echo/{name}", "echoes", OpsEndpoint.of(r -> OpsReply.text(200, r.variable("name"))))
                .get("/query", "a parameter", OpsEndpoint.of(r -> OpsReply.text(200, String.join("|", r.query("q")))))
                .post("/size", "counts", OpsEndpoint.of(r -> OpsReply.text(200, "" + r.body().length)))
                .get("/slow", "later", request -> {
                    CompletableFuture<OpsReply> answer = new CompletableFuture<>();
                    slow.add(answer);
                    return answer;
                })
                .get("/throws", "a defect", request -> {
                    throw new IllegalStateException("a defect with internals");
                })
                .get("/fails", "a defect", r -> CompletableFuture.failedFuture(new IllegalStateException("internals")))
                .build();
        return new OpsServer(
                new OpsServer.Settings("status", routes, List.of(), limits), group.next(), loops.serverChannel());
    }

    final RawClient connect() throws IOException {
        return new RawClient(server.start(ANY_PORT));
    }

    final CompletableFuture<OpsReply> nextSlow() throws InterruptedException {
        CompletableFuture<OpsReply> answer = slow.poll(10, TimeUnit.SECONDS);
        assertTrue(answer != null, "no request for /slow arrived");
        return answer;
    }

    static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n";
    }

    @AfterEach
    void stop() {
        server.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
