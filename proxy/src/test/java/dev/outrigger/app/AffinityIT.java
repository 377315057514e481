package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that a header, a cookie or the client's address keeps together. */
@Timeout(120)
class AffinityIT {
    private static final int CLIENTS = 20;

    private McpUpstream a;
    private McpUpstream b;

    @BeforeEach
    void startReplicas() throws Exception {
        a = replica("a");
        b = replica("b");
    }

    private static McpUpstream replica(String name) throws Exception {
        return new McpUpstream(McpUpstream.sessions(
                name, request -> request.json(Rpc.result(request.id(), "{}"), "X-Replica: " + name)));
    }

    @AfterEach
    void stopReplicas() throws Exception {
        a.close();
        b.close();
    }

    private RunningSidecar sidecar(String affinity) throws Exception {
        return RunningSidecar.beforeEndpoints(
                List.of(a.port(), b.port()), "", "upstreams.app { load-balancer = round-robin, " + affinity + " }");
    }

    @Test
    void aHeaderKeepsItsRequestsTogether() throws Exception {
        try (RunningSidecar sidecar = sidecar("session-affinity = header, affinity.header = X-User")) {
            Map<String, String> replicas = new HashMap<>();
            for (int i = 0; i < 3 * CLIENTS; i++) {
                String user = "user-" + i % CLIENTS;
                try (McpCaller client = new McpCaller(sidecar).with("X-User", user)) {
                    String replica = client.post(Rpc.call("1", "echo")).header("x-replica");
                    assertEquals(replicas.getOrDefault(user, replica), replica);
                    replicas.put(user, replica);
                }
            }
            assertEquals(Set.of("a", "b"), new HashSet<>(replicas.values()));
        }
    }

    @Test
    void aClientWithoutTheCookieGetsOneAndStays() throws Exception {
        try (RunningSidecar sidecar = sidecar("session-affinity = cookie, affinity.cookie { name = stay, ttl = 1h }")) {
            Set<String> replicas = new HashSet<>();
            for (int i = 0; i < CLIENTS; i++) {
                String cookie;
                String replica;
                try (McpCaller first = new McpCaller(sidecar)) {
                    WireMessage answer = first.post(Rpc.call("1", "echo"));
                    cookie = answer.header("set-cookie");
                    replica = answer.header("x-replica");
                }
                assertTrue(cookie.startsWith("stay="), cookie);
                assertTrue(cookie.contains("Max-Age=3600") && cookie.contains("HTTPOnly"), cookie);
                replicas.add(replica);
                try (McpCaller again = new McpCaller(sidecar).with("Cookie", "other=1; " + cookie.split(";", -1)[0])) {
                    for (int call = 0; call < 3; call++) {
                        WireMessage answer = again.post(Rpc.call("1", "echo"));
                        assertEquals(replica, answer.header("x-replica"));
                        assertEquals("", answer.header("set-cookie"), "it has one");
                    }
                }
            }
            assertEquals(Set.of("a", "b"), replicas);
        }
    }

    @Test
    void aClientsAddressKeepsItsRequestsTogether() throws Exception {
        try (RunningSidecar sidecar = sidecar("session-affinity = client-ip")) {
            Set<String> replicas = new HashSet<>();
            for (int i = 0; i < CLIENTS; i++) {
                try (McpCaller client = new McpCaller(sidecar)) {
                    replicas.add(client.post(Rpc.call("1", "echo")).header("x-replica"));
                }
            }
            assertEquals(1, replicas.size());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "session-affinity = header, affinity.header = X-User",
                "session-affinity = cookie, affinity.cookie.name = X-User"
            })
    void whatItsReplicaHasGotNothingOfGoesToAnotherOne(String affinity) throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeEndpoints(
                List.of(ScriptedUpstream.refusingPort(), b.port()),
                "timeout = 20s, retry.budget = 100%",
                "upstreams.app { ejection.consecutive-failures = 0, " + affinity + " }")) {
            for (int i = 0; i < CLIENTS; i++) {
                try (McpCaller client =
                        new McpCaller(sidecar).with("X-User", "user-" + i).with("Cookie", "X-User=user-" + i)) {
                    WireMessage answer = client.post(Rpc.call("1", "delete_all"));
                    assertEquals("b", answer.header("x-replica"));
                    answer.text();
                }
            }
            assertEquals(CLIENTS, b.seen().size());
            double moved = sidecar.metric("upstream_retries_total", "reason=\"connect\"");
            assertTrue(moved > 0 && moved < CLIENTS, "moved: " + moved);
        }
    }

    @Test
    void aCallThatMayBeRepeatedIsMadeAgainElsewhereAndAnyOtherIsNot() throws Exception {
        try (McpUpstream broken = new McpUpstream(request -> request.status(503));
                RunningSidecar sidecar = RunningSidecar.beforeEndpoints(
                        List.of(broken.port(), b.port()),
                        "timeout = 20s, retry { attempts = 2, budget = 100%, tools = [\"get_*\"] }",
                        "upstreams.app { session-affinity = header, affinity.header = X-User,"
                                + " ejection.consecutive-failures = 0, breaker.consecutive-failures = 99 }")) {
            int refused = 0;
            for (int i = 0; i < CLIENTS; i++) {
                try (McpCaller client = new McpCaller(sidecar).with("X-User", "user-" + i)) {
                    WireMessage answer = client.post(Rpc.call("1", "get_time"));
                    assertEquals("b", answer.header("x-replica"));
                    answer.text();
                    refused += client.post(Rpc.call("2", "delete_all")).status() == 503 ? 1 : 0;
                }
            }
            assertTrue(refused > 0 && refused < CLIENTS, "refused: " + refused);
            assertEquals(2 * refused, broken.seen().size(), "those whose key leads there, and each call once");
            assertEquals(refused, sidecar.metric("upstream_retries_total", "reason=\"status\""));
        }
    }

    @Test
    void aSessionNeverMovesAlthoughTheKeyMay() throws Exception {
        try (RunningSidecar sidecar = RunningSidecar.beforeEndpoints(
                List.of(a.port(), b.port()),
                "timeout = 20s, retry { attempts = 3, tools = [\"get_*\"] }",
                "upstreams.app { session-affinity = header, affinity.header = X-User,"
                        + " ejection.consecutive-failures = 0 }")) {
            String session = "";
            String user = "";
            for (int i = 0; !session.startsWith("a-"); i++) {
                user = "user-" + i;
                try (McpCaller client = new McpCaller(sidecar).with("X-User", user)) {
                    session = client.post(Rpc.initialize("1")).header("mcp-session-id");
                }
            }
            int before = b.seen().size();
            a.close();
            try (McpCaller client = new McpCaller(sidecar).with("X-User", user).session(session)) {
                WireMessage lost = client.post(Rpc.call("1", "get_time"));
                assertEquals(404, lost.status(), "its owner is gone");
                lost.text();
                assertEquals(404, client.post(Rpc.call("2", "get_time")).status(), "it is known no more");
            }
            assertEquals(before, b.seen().size());
            try (McpCaller client = new McpCaller(sidecar).with("X-User", user)) {
                assertTrue(client.post(Rpc.initialize("9"))
                        .header("mcp-session-id")
                        .startsWith("b-"));
            }
        }
    }

    @Test
    void aSessionStaysWithItsServerWhateverTheKeySays() throws Exception {
        try (RunningSidecar sidecar = sidecar("session-affinity = header, affinity.header = X-User")) {
            String session = "";
            String user = "";
            for (int i = 0; !session.startsWith("a-"); i++) {
                user = "user-" + i;
                try (McpCaller client = new McpCaller(sidecar).with("X-User", user)) {
                    session = client.post(Rpc.initialize("1")).header("mcp-session-id");
                }
            }
            for (int i = 0; i < CLIENTS; i++) {
                try (McpCaller client =
                        new McpCaller(sidecar).with("X-User", "other-" + i).session(session)) {
                    assertEquals("a", client.post(Rpc.call("1", "echo")).header("x-replica"));
                }
            }
        }
    }
}
