package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Traffic that moves from an old version of a server to a new one. */
class ShiftIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @Test
    void aGoodNewVersionGetsEverythingStepByStepAndNoRequestIsLost() throws Exception {
        try (McpUpstream old = new McpUpstream(McpUpstream.sessions("old", named("old")));
                McpUpstream fresh = new McpUpstream(McpUpstream.sessions("new", named("new")));
                RunningSidecar sidecar =
                        sidecar(old, fresh, "steps = [50%, 100%], every = 10ms, min-calls = 5, abort-when.p99 = 20s");
                McpCaller client = new McpCaller(sidecar);
                McpCaller sitting = new McpCaller(sidecar)) {
            String session = sessionAt(client, "old");
            sitting.session(session);
            int[] calls = {0};
            Await.until("the shift is done", DEADLINE, () -> {
                String answer = unchecked(client, calls[0]++);
                assertTrue(answer.contains("\"from\""), answer);
                return shifts(sidecar).contains("\"state\":\"done\"");
            });
            for (int i = 0; i < 20; i++) {
                assertTrue(unchecked(client, i).contains("new"));
                assertTrue(unchecked(sitting, i).contains("old"), "a session stays with its owner");
            }
            assertEquals(1, sidecar.metric("outrigger_shift_share", "route=\"all\""));
            assertEquals(0, sidecar.metric("outrigger_shift_aborts_total", "route=\"all\""));
        }
    }

    @Test
    void aFaultyNewVersionIsTakenBackAndEveryRequestHasAnAnswer() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        try (McpUpstream old = new McpUpstream(named("old"));
                McpUpstream fresh = new McpUpstream(request -> {
                    if (broken.get() && request.id().endsWith("3")) {
                        request.status(500);
                    } else {
                        named("new").answer(request);
                    }
                });
                RunningSidecar sidecar = sidecar(old, fresh, "steps = [50%, 100%], every = 10m, min-calls = 20");
                McpCaller client = new McpCaller(sidecar)) {
            int[] calls = {0};
            int[] failures = {0};
            Await.until("it is called off", DEADLINE, () -> {
                int status = status(client, calls[0]++);
                assertTrue(status == 200 || status == 500, () -> "status " + status);
                failures[0] += status == 500 ? 1 : 0;
                return shifts(sidecar).contains("\"state\":\"aborted\"");
            });
            String shifts = shifts(sidecar);
            assertTrue(shifts.contains("calls failed"), shifts);
            int before = fresh.seen().size();
            for (int i = 0; i < 50; i++) {
                assertTrue(unchecked(client, 1).contains("old"));
            }
            assertEquals(before, fresh.seen().size());
            assertEquals(calls[0] + 50, old.seen().size() + before, "each request was answered by one of them, once");
            assertEquals(0, sidecar.metric("outrigger_shift_share", "route=\"all\""));
            assertEquals(1, sidecar.metric("outrigger_shift_aborts_total", "route=\"all\""));

            broken.set(false);
            assertTrue(sidecar.adminPost("/shift/all/start").body().contains("\"state\":\"running\""));
            assertTrue(sidecar.adminPost("/shift/all/promote").body().contains("\"state\":\"done\""));
            assertTrue(unchecked(client, 1).contains("new"));
        }
    }

    @Test
    void whileTheNewVersionRefusesTheOldOneStandsIn() throws Exception {
        try (McpUpstream old = new McpUpstream(named("old"));
                McpUpstream fresh = new McpUpstream(named("new"));
                RunningSidecar sidecar = sidecar(old, fresh, "steps = [100%], every = 10m");
                McpCaller client = new McpCaller(sidecar)) {
            assertTrue(unchecked(client, 1).contains("new"));
            sidecar.adminPost("/breakers/b/open");
            assertTrue(unchecked(client, 1).contains("old"));
            Await.until("an open breaker calls it off", DEADLINE, () -> shifts(sidecar)
                    .contains("aborted"));
            assertEquals(404, sidecar.adminPost("/shift/other/start").statusCode());
        }
    }

    private static String sessionAt(McpCaller client, String name) throws IOException {
        for (int i = 100; ; i++) {
            String session = client.post(Rpc.initialize(Integer.toString(i))).header("Mcp-Session-Id");
            if (session.startsWith(name)) {
                return session;
            }
        }
    }

    private static McpUpstream.Behaviour named(String name) {
        return McpUpstream.calls(request -> request.result("{\"from\":\"" + name + "\"}"));
    }

    private static String unchecked(McpCaller client, int id) {
        try {
            return client.post(Rpc.call(Integer.toString(id), "echo")).text();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int status(McpCaller client, int id) {
        try {
            WireMessage answer = client.post(Rpc.call(Integer.toString(id), "echo"));
            answer.text();
            return answer.status();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String shifts(RunningSidecar sidecar) {
        try {
            return sidecar.admin("/shift").body();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RunningSidecar sidecar(McpUpstream old, McpUpstream fresh, String shift) throws Exception {
        return RunningSidecar.start("""
                outrigger {
                  listeners.inbound.bind = "127.0.0.1:0"
                  defaults.upstream.health-check.type = none
                  upstreams.a.endpoints = ["127.0.0.1:%d"]
                  upstreams.b.endpoints = ["127.0.0.1:%d"]
                  routes = [{ name = all, match { path-prefix = "/" }, shift { from = a, to = b, %s } }]
                  status.bind = "127.0.0.1:0"
                  admin.bind = "127.0.0.1:0"
                  lifecycle.drain-timeout = 500ms
                  runtime.workers = 2
                }
                """.formatted(old.port(), fresh.port(), shift));
    }
}
