package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.app.McpUpstream.Behaviour;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sessions of the legacy era and tasks of both, before two replicas that know nothing of each other: whatever belongs to one
 * reaches the replica that holds it, or nobody.
 */
class SessionsIT {
    private static final int MANY = 12;

    private McpUpstream a;
    private McpUpstream b;

    /** What both replicas do with whatever is not {@code initialize}; replaced by a test before it sends that. */
    private volatile Behaviour then = McpUpstream.plain();

    @BeforeEach
    void startReplicas() throws Exception {
        a = new McpUpstream(McpUpstream.sessions("a", request -> then.answer(request)));
        b = new McpUpstream(McpUpstream.sessions("b", request -> then.answer(request)));
    }

    @AfterEach
    void stopReplicas() throws Exception {
        a.close();
        b.close();
    }

    private RunningSidecar sidecar(String... more) throws Exception {
        return RunningSidecar.beforeEndpoints(List.of(a.port(), b.port()), "", more);
    }

    @Test
    void aSessionStaysWithTheReplicaThatOpenedIt() throws Exception {
        try (RunningSidecar sidecar = sidecar("upstreams.app.load-balancer = round-robin")) {
            List<String> sessions = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                sessions.add(open(sidecar, i));
            }
            for (String session : sessions) {
                for (int i = 0; i < 3; i++) {
                    call(sidecar, session);
                }
            }
            assertFalse(a.seen("tools/call").isEmpty(), "both replicas have sessions");
            assertFalse(b.seen("tools/call").isEmpty(), "both replicas have sessions");
            assertEquals(
                    MANY * 3, a.seen("tools/call").size() + b.seen("tools/call").size());
            assertOnlySessionsOf("a", a);
            assertOnlySessionsOf("b", b);
            assertEquals(MANY, sidecar.metric("mcp_sessions_active"));
        }
    }

    /** A GET, a DELETE, a notification and a response as well as a request. */
    @Test
    void everyKindOfMessageOfASessionReachesItsReplica() throws Exception {
        try (RunningSidecar sidecar = sidecar()) {
            for (int i = 0; i < MANY; i++) {
                String session = open(sidecar, i);
                then = request -> request.status(request.httpMethod().equals("POST") ? 202 : 405);
                try (McpCaller client = new McpCaller(sidecar).session(session)) {
                    assertEquals(
                            202,
                            client.post(Rpc.notification("notifications/initialized", ""))
                                    .status());
                    assertEquals(202, client.post(Rpc.result("9", "{}")).status());
                    assertEquals(405, client.get().status());
                    assertEquals(405, client.delete().status());
                }
            }
            assertOnlySessionsOf("a", a);
            assertOnlySessionsOf("b", b);
        }
    }

    @Test
    void aSessionWhoseReplicaRefusesConnectionsGets404AtOnce() throws Exception {
        try (RunningSidecar sidecar = sidecar()) {
            String session = open(sidecar, 1);
            McpUpstream holder = session.startsWith("a") ? a : b;
            McpUpstream other = session.startsWith("a") ? b : a;
            int othersBefore = other.seen().size();
            holder.close();
            sidecar.awaitMetric(0, "upstream_connections");
            try (McpCaller client = new McpCaller(sidecar).session(session)) {
                WireMessage lost = client.post(Rpc.call("5", "echo"));
                assertEquals(404, lost.status(), lost.text());
                assertEquals(0, sidecar.metric("mcp_sessions_active"), "the binding is gone");
                // A client's stream comes back by itself, and its calls come later: each has to hear it.
                assertEquals(404, statusOf(client.get()));
                assertEquals(404, statusOf(client.post(Rpc.call("6", "echo"))));
                assertEquals(404, statusOf(client.delete()));
                assertEquals(othersBefore, other.seen().size(), "another replica knows nothing of the session");
            }
        }
    }

    @Test
    void aSessionWhoseReplicaIsUnhealthyGets404AtOnce() throws Exception {
        try (RunningSidecar sidecar = sidecar(
                "upstreams.app.health-check { type = tcp, interval = 5s, timeout = 5s, unhealthy-after = 1 }")) {
            String session = open(sidecar, 1);
            McpUpstream holder = session.startsWith("a") ? a : b;
            String endpoint = "endpoint=\"" + (session.startsWith("a") ? 0 : 1) + "\"";
            holder.close();
            sidecar.awaitMetric(0, "upstream_endpoint_healthy", endpoint);
            double before = sidecar.metric("upstream_connect_failures_total");
            try (McpCaller client = new McpCaller(sidecar).session(session)) {
                assertEquals(404, client.post(Rpc.call("5", "echo")).status());
            }
            assertEquals(before, sidecar.metric("upstream_connect_failures_total"), "without trying");
        }
    }

    /** After a restart of the sidecar, or with a second one beside it. */
    @Test
    void aSessionNeverSeenBeforeIsLearnedWhereItIsKnown() throws Exception {
        try (RunningSidecar sidecar = sidecar()) {
            String session = "stranger-1";
            call(sidecar, session);
            McpUpstream holder = a.seen().isEmpty() ? b : a;
            for (int i = 0; i < MANY; i++) {
                call(sidecar, session);
            }
            assertEquals(MANY + 1, holder.seen().size());
        }
    }

    @Test
    void a404OfTheServerEndsTheBinding() throws Exception {
        try (RunningSidecar sidecar = sidecar()) {
            String session = open(sidecar, 1);
            assertEquals(1, sidecar.metric("mcp_sessions_active"));
            then = request -> request.status(404);
            try (McpCaller client = new McpCaller(sidecar).session(session)) {
                assertEquals(404, client.post(Rpc.call("5", "echo")).status());
            }
            sidecar.awaitMetric(0, "mcp_sessions_active");
            sidecar.awaitMetric(1, "mcp_server_session_duration_seconds_count");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 204, 404})
    void deleteEndsTheBinding(int status) throws Exception {
        try (RunningSidecar sidecar = sidecar()) {
            String session = open(sidecar, 1);
            then = request -> request.connection()
                    .write("HTTP/1.1 " + status + " Status\r\n" + (status == 204 ? "" : "Content-Length: 0\r\n")
                            + "\r\n");
            try (McpCaller client = new McpCaller(sidecar).session(session)) {
                assertEquals(status, client.delete().status());
            }
            sidecar.awaitMetric(0, "mcp_sessions_active");
            sidecar.awaitMetric(1, "mcp_server_session_duration_seconds_count");
            McpUpstream holder = session.startsWith("a") ? a : b;
            assertEquals("DELETE", holder.last().httpMethod());
            assertEquals(session, holder.last().header("mcp-session-id"));
        }
    }

    @Test
    void aServerThatDoesNotDeleteKeepsTheSession() throws Exception {
        try (RunningSidecar sidecar = sidecar()) {
            String session = open(sidecar, 1);
            then = request -> {
                if (request.httpMethod().equals("DELETE")) {
                    request.status(405);
                } else {
                    request.result("{}");
                }
            };
            try (McpCaller client = new McpCaller(sidecar).session(session)) {
                assertEquals(405, client.delete().status());
            }
            assertEquals(1, sidecar.metric("mcp_sessions_active"));
            for (int i = 0; i < MANY; i++) {
                call(sidecar, session);
            }
            assertOnlySessionsOf("a", a);
            assertOnlySessionsOf("b", b);
        }
    }

    @Test
    void theTableIsBounded() throws Exception {
        try (RunningSidecar sidecar = sidecar("mcp.sessions.max = 4")) {
            for (int i = 0; i < MANY; i++) {
                String session = open(sidecar, i);
                call(sidecar, session);
            }
            // What is too many leaves soon, by the thread that looks after the table.
            sidecar.awaitMetric(4, "mcp_sessions_active");
        }
    }

    @Test
    void aSessionThatRestsIsForgotten() throws Exception {
        try (RunningSidecar sidecar = sidecar("mcp.sessions.idle-timeout = 1s")) {
            open(sidecar, 1);
            sidecar.awaitMetric(1, "mcp_server_session_duration_seconds_count");
            sidecar.awaitMetric(0, "mcp_sessions_active");
        }
    }

    @Test
    void aSessionThatRestsIsForgottenAlsoWhileItsStreamIsOpen() throws Exception {
        then = request -> request.stream().awaitClosed();
        try (RunningSidecar sidecar = sidecar("mcp.sessions.idle-timeout = 1s")) {
            String session = open(sidecar, 1);
            try (McpCaller client = new McpCaller(sidecar).session(session)) {
                assertEquals(200, client.get().status());
                sidecar.awaitMetric(0, "mcp_sessions_active");
            }
        }
    }

    @Test
    void withoutAffinityRequestsOfASessionGoAnywhere() throws Exception {
        try (RunningSidecar sidecar = sidecar("upstreams.app.session-affinity = none")) {
            String session = open(sidecar, 1);
            for (int i = 0; i < 40; i++) {
                call(sidecar, session);
            }
            assertFalse(a.seen("tools/call").isEmpty());
            assertFalse(b.seen("tools/call").isEmpty());
        }
    }

    /** Whoever knows a session's id only, but comes as somebody else, does not get into it. */
    @Test
    void aSessionBelongsToThePrincipalThatOpenedIt() throws Exception {
        try (RunningSidecar sidecar = sidecar()) {
            String session;
            try (McpCaller client = new McpCaller(sidecar).with("Authorization", McpCaller.bearer("alice", 1))) {
                session = client.post(Rpc.initialize("1")).header("mcp-session-id");
            }
            call(sidecar, session, "Authorization", McpCaller.bearer("alice", 2));
            int before = a.seen().size() + b.seen().size();
            try (McpCaller thief =
                    new McpCaller(sidecar).session(session).with("Authorization", McpCaller.bearer("mallory", 1))) {
                assertEquals(404, thief.post(Rpc.call("1", "echo")).status());
            }
            assertEquals(before, a.seen().size() + b.seen().size(), "the server is not asked");
            call(sidecar, session, "Authorization", McpCaller.bearer("alice", 2));
        }
    }

    @Test
    void tasksOfTheModernEraReachTheReplicaThatHoldsThem() throws Exception {
        then = request -> {
            if (request.method().equals("tools/call")) {
                request.result(
                        "{\"resultType\":\"task\",\"taskId\":\"t-" + request.id() + "\",\"status\":\"working\"}");
            } else {
                request.result("{\"resultType\":\"complete\",\"status\":\"working\"}");
            }
        };
        try (RunningSidecar sidecar = sidecar()) {
            for (int i = 0; i < MANY; i++) {
                int before = a.seen("tools/call").size();
                try (McpCaller client = new McpCaller(sidecar)) {
                    client.postModern(Rpc.modernCall(Integer.toString(i), "echo"))
                            .text();
                }
                McpUpstream holder = a.seen("tools/call").size() > before ? a : b;
                for (String method : List.of("tasks/get", "tasks/update", "tasks/cancel")) {
                    askForTask(sidecar, method, "t-" + i);
                    assertEquals(method, holder.last().method());
                    assertEquals("t-" + i, Rpc.memberOf(holder.last().body(), "taskId"));
                }
            }
        }
    }

    @Test
    void tasksOfTheLegacyEraReachTheReplicaThatHoldsThem() throws Exception {
        then = request -> {
            if (request.method().equals("tools/call")) {
                request.result("{\"task\":{\"taskId\":\"t-" + request.id() + "\",\"status\":\"working\"}}");
            } else {
                request.result("{\"status\":\"working\"}");
            }
        };
        try (RunningSidecar sidecar = sidecar()) {
            for (int i = 0; i < MANY; i++) {
                int before = a.seen("tools/call").size();
                try (McpCaller client = new McpCaller(sidecar)) {
                    client.post(Rpc.call(Integer.toString(i), "echo")).text();
                    McpUpstream holder = a.seen("tools/call").size() > before ? a : b;
                    client.post(Rpc.request("7", "tasks/get", "{\"taskId\":\"t-" + i + "\"}"))
                            .text();
                    assertEquals("t-" + i, Rpc.memberOf(holder.last().body(), "taskId"));
                }
            }
        }
    }

    private static void askForTask(RunningSidecar sidecar, String method, String task) throws IOException {
        try (McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer = client.postModern(
                    Rpc.request("7", method, "{\"taskId\":\"" + task + "\"," + Rpc.modernMeta() + "}"));
            assertEquals(200, answer.status());
            answer.text();
        }
    }

    /** Reads the answer to its end. */
    private static int statusOf(WireMessage answer) throws IOException {
        answer.text();
        return answer.status();
    }

    /** Opens a session over a connection of its own. */
    private static String open(RunningSidecar sidecar, int number) throws IOException {
        try (McpCaller client = new McpCaller(sidecar)) {
            WireMessage answer = client.post(Rpc.initialize(Integer.toString(number)));
            assertEquals(200, answer.status());
            answer.text();
            return answer.header("mcp-session-id");
        }
    }

    /** Over a connection of its own, so that all workers get some. */
    private static void call(RunningSidecar sidecar, String session) throws IOException {
        call(sidecar, session, "X-Unused", "1");
    }

    private static void call(RunningSidecar sidecar, String session, String header, String value) throws IOException {
        try (McpCaller client = new McpCaller(sidecar).session(session).with(header, value)) {
            WireMessage answer = client.post(Rpc.call("3", "echo"));
            assertEquals(200, answer.status());
            assertEquals(Rpc.result("3", "{}"), answer.text());
        }
    }

    private static void assertOnlySessionsOf(String prefix, McpUpstream replica) {
        for (McpUpstream.Seen request : replica.seen()) {
            String session = request.header("mcp-session-id");
            assertTrue(session.isEmpty() || session.startsWith(prefix + "-"), request.toString());
        }
    }
}
