package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import dev.outrigger.testing.NameServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Endpoints that a name stands for: found, followed, kept while the name server is away, and left when they are gone. */
@Timeout(120)
class DnsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final String SERVICE = "_mcp._tcp.replicas.test";
    private static final int CALLS = 40;

    private NameServer names;
    private McpUpstream a;
    private McpUpstream b;

    @BeforeEach
    void startReplicas() throws Exception {
        names = new NameServer();
        a = replica("a");
        b = replica("b");
        names.addresses("local.test", "127.0.0.1");
    }

    private static McpUpstream replica(String name) throws Exception {
        return new McpUpstream(McpUpstream.sessions(
                name, request -> request.json(Rpc.result(request.id(), "{}"), "X-Replica: " + name)));
    }

    @AfterEach
    void stopReplicas() throws Exception {
        names.close();
        a.close();
        b.close();
    }

    private RunningSidecar sidecar(String dns, String more) throws Exception {
        return RunningSidecar.start("""
                outrigger {
                  listeners.inbound.bind = "127.0.0.1:0"
                  upstreams.app {
                    dns = "%s"
                    discovery {
                      servers = ["127.0.0.1:%d"], timeout = 3s, min-ttl = 20ms, max-ttl = 1h, negative-ttl = 20ms
                    }
                    load-balancer = round-robin, health-check.type = none
                  }
                  routes = [{ name = all, upstream = app }]
                  status.bind = "127.0.0.1:0", admin.bind = "127.0.0.1:0"
                  lifecycle.drain-timeout = 500ms, runtime.workers = 1
                  %s
                }
                """.formatted(dns, names.port(), more));
    }

    private String service(int weight, McpUpstream replica) {
        return "10 " + weight + ' ' + replica.port() + " local.test";
    }

    private static void await(String what, Callable<Boolean> condition) {
        Await.until(what, DEADLINE, () -> {
            try {
                return condition.call();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static boolean shows(RunningSidecar sidecar, String part) throws Exception {
        return sidecar.admin("/upstreams").body().contains(part);
    }

    private static String replicaOf(McpCaller client) throws IOException {
        return client.post(Rpc.call("1", "echo")).header("x-replica");
    }

    @Test
    void anAddressIsFoundWithItsPort() throws Exception {
        names.addresses("app.test", "127.0.0.1");
        try (RunningSidecar sidecar = sidecar("app.test:" + a.port(), "");
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals("a", replicaOf(client));
            assertTrue(sidecar.metric("upstream_dns_lookups_total", "server=\"app\"", "result=\"success\"") > 0);
        }
    }

    @Test
    void addressesOfBothFamiliesAreTakenWhereThatIsAskedFor() throws Exception {
        names.addresses("app.test", "127.0.0.1", "127.0.0.2", "::1");
        try (RunningSidecar sidecar = sidecar("app.test:80", "")) {
            assertTrue(shows(sidecar, "127.0.0.1:80") && shows(sidecar, "127.0.0.2:80"));
            assertFalse(shows(sidecar, "[::1]"), "one server may have both");
        }
        try (RunningSidecar sidecar = sidecar("app.test:80", "upstreams.app.discovery.family = both")) {
            assertTrue(shows(sidecar, "127.0.0.1:80") && shows(sidecar, "[::1]:80"));
        }
        names.addresses("app.test", "::1");
        try (RunningSidecar sidecar = sidecar("app.test:80", "")) {
            assertTrue(shows(sidecar, "[::1]:80"), "there is no other");
        }
    }

    @Test
    void aServiceHasPortsWeightsAndPriorities() throws Exception {
        names.services(SERVICE, service(3, a), service(1, b), "20 1 1 local.test");
        try (RunningSidecar sidecar = sidecar(SERVICE, "");
                McpCaller client = new McpCaller(sidecar)) {
            for (int i = 0; i < CALLS; i++) {
                replicaOf(client);
            }
            assertEquals(CALLS * 3 / 4, a.seen().size());
            assertEquals(CALLS / 4, b.seen().size());
        }
    }

    @Test
    void largeWeightsOfAServiceAreAsFarApartAsTheyAre() throws Exception {
        names.services(SERVICE, service(60_000, a), service(20_000, b));
        try (RunningSidecar sidecar = sidecar(SERVICE, "");
                McpCaller client = new McpCaller(sidecar)) {
            for (int i = 0; i < CALLS; i++) {
                replicaOf(client);
            }
            assertEquals(CALLS / 4, b.seen().size(), 1);
        }
    }

    @Test
    void anAddressThatIsGoneIsLeftAsItsSessionsEnd() throws Exception {
        names.services(SERVICE, service(1, a));
        try (RunningSidecar sidecar = sidecar(SERVICE, "");
                McpCaller client = new McpCaller(sidecar);
                McpCaller guest = new McpCaller(sidecar)) {
            String session = guest.post(Rpc.initialize("1")).header("mcp-session-id");
            names.services(SERVICE, service(1, b));
            await("new requests go to the other", () -> replicaOf(client).equals("b"));
            await("the other is known", () -> shows(sidecar, "\"draining\":[\"127.0.0.1:" + a.port() + "\"]"));
            for (int i = 0; i < CALLS; i++) {
                assertEquals("b", replicaOf(client));
                assertEquals("a", replicaOf(guest.session(session)), "its session goes on");
            }
            assertEquals(200, guest.delete().status());
            await("it is gone", () -> !shows(sidecar, "draining"));
            a.awaitNoConnection();

            names.services(SERVICE, service(1, a), service(1, b));
            await("it is back", () -> replicaOf(client).equals("a"));
        }
    }

    @Test
    void whatWasFoundIsKeptWhileTheNameServerIsAwayOrKnowsNothing() throws Exception {
        names.services(SERVICE, service(1, a));
        try (RunningSidecar sidecar = sidecar(SERVICE, "");
                McpCaller client = new McpCaller(sidecar)) {
            names.forget(SERVICE);
            await(
                    "look-ups find nothing",
                    () -> sidecar.metric("upstream_dns_lookups_total", "server=\"app\"", "result=\"negative\"") > 2);
            assertEquals("a", replicaOf(client));
            names.silent(true);
            await(
                    "look-ups are not answered",
                    () -> sidecar.metric("upstream_dns_lookups_total", "server=\"app\"", "result=\"failure\"") > 0);
            assertEquals("a", replicaOf(client));
            names.silent(false);
            names.services(SERVICE, service(1, b));
            await("what is new is found", () -> replicaOf(client).equals("b"));
        }
    }

    @Test
    void aNameThatIsFoundLateIsWaitedForWithoutHoldingAnythingUp() throws Exception {
        try (RunningSidecar sidecar = sidecar(SERVICE, "");
                McpCaller client = new McpCaller(sidecar)) {
            String refused = client.post(Rpc.call("1", "echo")).text();
            assertTrue(refused.contains("10001") && refused.contains("no_endpoint"), refused);
            assertEquals(503, sidecar.status("/ready").statusCode());
            names.services(SERVICE, service(1, a));
            await("it is found", () -> replicaOf(client).equals("a"));
            await("it is ready", () -> sidecar.status("/ready").statusCode() == 200);
        }
    }

    @Test
    void anAnswerThatCanNotBeReadIsNoneAndNotTheLast() throws Exception {
        names.brokenServices(SERVICE);
        try (RunningSidecar sidecar = sidecar(SERVICE, "");
                McpCaller client = new McpCaller(sidecar)) {
            await(
                    "look-ups fail",
                    () -> sidecar.metric("upstream_dns_lookups_total", "server=\"app\"", "result=\"failure\"") > 1);
            names.services(SERVICE, service(1, a));
            await("it is found", () -> replicaOf(client).equals("a"));
        }
    }

    @Test
    void theTimeToLiveIsRespected() throws Exception {
        names.ttl(3600);
        names.services(SERVICE, service(1, a));
        try (RunningSidecar sidecar = sidecar(SERVICE, "");
                McpCaller client = new McpCaller(sidecar)) {
            assertEquals("a", replicaOf(client));
            assertEquals(2, names.questions(), "one for the service, one for its host");
        }
    }
}
