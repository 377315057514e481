package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What costs a client nothing and the proxy something: too much of it ends the connection, and is counted by kind. */
class Http2FloodIT {
    private static final int MANY = 100_000;

    @Test
    void streamsOpenedAndResetAtOnce() throws Exception {
        assertFlood("resets", client -> {
            for (int i = 0; i < MANY; i++) {
                client.reset(client.get("/").id(), Http2Peer.CANCEL);
            }
        });
    }

    @Test
    void streamsThatTheProxyIsMadeToReset() throws Exception {
        assertFlood("provoked_resets", client -> {
            for (int i = 0; i < MANY; i++) {
                // A window that grows by nothing is an error of the stream.
                client.frame(Http2Peer.WINDOW_UPDATE, 0, client.get("/").id(), Http2Peer.number(0));
            }
        });
    }

    @Test
    void aHeadWithoutAnEnd() throws Exception {
        assertFlood("continuations", client -> {
            // Nothing may come between the pieces of a head, and an acknowledgement would.
            client.serverSettings();
            client.frame(Http2Peer.HEADERS, 0, 1, client.encode(1, client.head("GET", "/")));
            for (int i = 0; i < MANY; i++) {
                client.frame(
                        Http2Peer.CONTINUATION, 0, 1, client.encode(1, new DefaultHttp2Headers(false).add("x", "")));
            }
        });
    }

    @Test
    void pings() throws Exception {
        assertFlood("pings", client -> {
            for (int i = 0; i < MANY; i++) {
                client.frame(Http2Peer.PING, 0, 0, new byte[8]);
            }
        });
    }

    @Test
    void settings() throws Exception {
        assertFlood("settings", client -> {
            for (int i = 0; i < MANY; i++) {
                client.frame(Http2Peer.SETTINGS, 0, 0, new byte[0]);
            }
        });
    }

    @Test
    void dataWithoutData() throws Exception {
        assertFlood("empty_data", client -> {
            Http2Peer.Stream stream = client.open(client.head("POST", "/"), false);
            for (int i = 0; i < MANY; i++) {
                client.frame(Http2Peer.DATA, 0, stream.id(), new byte[0]);
            }
        });
    }

    @Test
    void pingsOfAClientThatIsSentSomethingAreNone() throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(ScriptedUpstream.ok("ok"));
                RunningSidecar sidecar =
                        RunningSidecar.before(upstream.port(), "listeners.inbound.http2.max-pings = 2");
                Http2Peer client = new Http2Peer(sidecar)) {
            for (int i = 0; i < 10; i++) {
                client.frame(Http2Peer.PING, 0, 0, new byte[8]);
                assertEquals("ok", client.get("/").awaitEnd());
            }
            assertTrue(client.goAways().isEmpty());
        }
    }

    private static void assertFlood(String kind, Attack attack) throws Exception {
        try (ScriptedUpstream upstream = new ScriptedUpstream(ScriptedUpstream.ok("ok"));
                RunningSidecar sidecar = RunningSidecar.before(upstream.port());
                Http2Peer attacker = new Http2Peer(sidecar)) {
            try {
                attack.on(attacker);
            } catch (IOException e) {
                // Sooner or later nobody takes it any more.
            }
            Http2Peer.GoAway end = attacker.awaitGoAway();
            assertEquals(Http2Peer.ENHANCE_YOUR_CALM, end.error(), end.why());
            attacker.awaitClosed();
            sidecar.awaitMetric(1, "outrigger_http2_floods_total", "kind", kind);
            sidecar.awaitMetric(1, "outrigger_http2_floods_total");
            sidecar.awaitMetric(0, "outrigger_http2_connections_active");
            sidecar.awaitMetric(0, "outrigger_exchanges_active");
            try (Http2Peer another = new Http2Peer(sidecar)) {
                assertEquals("ok", another.get("/").awaitEnd(), "others are served");
            }
        }
    }

    private interface Attack {
        void on(Http2Peer client) throws IOException;
    }
}
