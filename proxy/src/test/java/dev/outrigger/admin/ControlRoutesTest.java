package dev.outrigger.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.outrigger.cache.CacheOverview;
import dev.outrigger.config.model.LogLevel;
import dev.outrigger.resilience.Limiters;
import dev.outrigger.runtime.Switches;
import dev.outrigger.time.NanoClock;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the admin port can do with the configuration in force and with the process, over a real socket. */
class ControlRoutesTest {
    private FakeControl control = new FakeControl("access-log.path = \"-\", tracing.sample = 25%");
    private OpsPort port = open();

    private OpsPort open() {
        try {
            return new OpsPort(
                    AdminRoutes.of(
                            new AdminRoutes.Sources(
                                    accept -> CompletableFuture.completedFuture(OpsReply.text(200, "")),
                                    List::of,
                                    PoolGauges.NONE,
                                    () -> CompletableFuture.completedFuture(List.of()),
                                    NanoClock.SYSTEM,
                                    () -> new Limiters(Runnable::run, NanoClock.SYSTEM),
                                    CacheOverview.none(),
                                    List::of),
                            control),
                    List.of());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void with(FakeControl other) {
        port.close();
        control = other;
        port = open();
    }

    @AfterEach
    void stop() {
        port.close();
    }

    @Test
    void configShowsWhatIsInForceAndHowItCameToBe() throws Exception {
        Config page = json(200, port.get("/config"));

        assertEquals("outrigger", page.getString("outrigger.service-name"));
        assertEquals("25%", page.getString("outrigger.telemetry.tracing.sample"));
        assertEquals("/run/secrets/admin", page.getString("outrigger.admin.token-file"));
        Config state = page.getConfig("state");
        assertEquals("/etc/outrigger/outrigger.conf", state.getString("file"));
        assertEquals(1, state.getLong("generation"));
        assertEquals(FakeControl.HASH, state.getString("hash"));
        assertEquals("2026-11-20T10:00:00Z", state.getString("since"));
        assertFalse(state.hasPath("last_reload"));
        assertEquals(List.of(), state.getStringList("needs_restart"));
        assertEquals("25%", state.getString("switches.tracing.sample"));
        for (String name : List.of("tracing", "metrics_collection", "access_log")) {
            assertTrue(state.getBoolean("switches." + name + ".enabled"), name);
            assertFalse(state.getBoolean("switches." + name + ".changed"), name);
        }
        assertEquals("info", state.getString("switches.logging.level"));
        assertFalse(state.getBoolean("switches.logging.changed"));
    }

    @Test
    void configNeverShowsASecret() throws Exception {
        with(new FakeControl("prometheus.token = ${METRICS_TOKEN}"));

        String page = port.get("/config").body();

        assertFalse(page.contains("s3cret"), page);
        assertTrue(page.contains("***"), page);
    }

    @Test
    void configShowsTheLastReloadAndWhatAdminHasSwitched() throws Exception {
        control.reloaded(
                failure("outrigger.conf:3: outrigger.x: unknown key"), 1, List.of("outrigger.runtime.workers"));
        port.put("/tracing", "off");
        port.put("/metrics-collection", "off");
        port.put("/access-log", "off");
        port.put("/logging", "{\"logger\": \"dev.outrigger.admin\", \"level\": \"debug\"}");

        Config state = json(200, port.get("/config")).getConfig("state");

        assertEquals("file", state.getString("last_reload.trigger"));
        assertEquals("failure", state.getString("last_reload.result"));
        assertEquals("2026-11-20T11:30:00.250Z", state.getString("last_reload.at"));
        assertEquals(
                List.of("outrigger.conf:3: outrigger.x: unknown key"), state.getStringList("last_reload.problems"));
        assertEquals(List.of(), state.getStringList("last_reload.changes"));
        assertEquals(List.of("outrigger.runtime.workers"), state.getStringList("needs_restart"));
        for (String name : List.of("tracing", "metrics_collection", "access_log")) {
            assertFalse(state.getBoolean("switches." + name + ".enabled"), name);
            assertTrue(state.getBoolean("switches." + name + ".changed"), name);
        }
        assertEquals(
                "debug",
                state.getConfig("switches.logging.loggers").root().toConfig().getString("\"dev.outrigger.admin\""));
        assertTrue(state.getBoolean("switches.logging.changed"));
    }

    @Test
    void aReloadAnswersWhenItIsOverWithWhatChanged() throws Exception {
        CompletableFuture<HttpResponse<String>> answer = inBackground("/config/reload");
        ReloadResult result = new ReloadResult(
                "admin",
                ReloadResult.Result.SUCCESS,
                FakeControl.RELOADED,
                List.of(),
                List.of("outrigger.upstreams.b: added"),
                List.of("outrigger.runtime.workers"));
        assertFalse(answer.isDone());
        control.reloaded(result, 2, List.of());

        Config page = json(200, answer.get(60, TimeUnit.SECONDS));

        assertEquals("success", page.getString("result"));
        assertEquals(2, page.getLong("generation"));
        assertEquals(FakeControl.HASH, page.getString("hash"));
        assertEquals(List.of("outrigger.upstreams.b: added"), page.getStringList("changes"));
        assertEquals(List.of("outrigger.runtime.workers"), page.getStringList("needs_restart"));
        assertEquals(List.of("admin"), control.triggers);
    }

    @Test
    void aReloadThatFailsTellsEveryProblem() throws Exception {
        control.reloaded(failure("first", "second"), 1, List.of());

        Config page = json(422, port.send("POST", "/config/reload"));

        assertEquals("failure", page.getString("result"));
        assertEquals(1, page.getLong("generation"));
        assertEquals(List.of("first", "second"), page.getStringList("problems"));
    }

    @Test
    void aReloadWithoutChangesIsFine() throws Exception {
        control.reloaded(
                new ReloadResult(
                        "admin", ReloadResult.Result.UNCHANGED, FakeControl.RELOADED, List.of(), List.of(), List.of()),
                1,
                List.of());

        assertEquals("unchanged", json(200, port.send("POST", "/config/reload")).getString("result"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "off | false | 0.25",
                "on | true | 0.25",
                "10% | true | 0.1",
                "0.1 | true | 0.1",
                "0 | true | 0",
                "{\"enabled\": false} | false | 0.25",
                "{\"sample\": \"5%\"} | true | 0.05",
                "{\"sample\": 0.5} | true | 0.5",
                "{\"enabled\": false, \"sample\": \"100%\"} | false | 1"
            })
    void tracingIsSwitchedByAWordAShareOrAnObject(String body, boolean tracing, double sample) throws Exception {
        Config answer = json(200, port.put("/tracing", body));

        assertEquals(new Switches(tracing, sample, true, true), control.state().switches());
        assertEquals(tracing, answer.getBoolean("enabled"));
        assertEquals(!tracing || sample != 0.25, answer.getBoolean("changed"));
        assertEquals(answer, json(200, port.get("/tracing")));
    }

    @Test
    void aShareAsAWordSwitchesTracingOn() throws Exception {
        port.put("/tracing", "off");
        json(200, port.put("/tracing", "{\"sample\": \"1%\"}"));
        assertFalse(control.state().switches().tracing(), "the object says nothing of it");

        port.put("/tracing", "10%");

        assertTrue(control.state().switches().tracing());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "maybe",
                "101%",
                "-1",
                "on off",
                "{}",
                "{\"enabled\": \"perhaps\"}",
                "{\"enabled\": null}",
                "{\"enable\": true}",
                "{\"sample\": 2}",
                "{\"sample\": [0.1]}",
                "{\"enabled\": true, \"enabled\": false",
                "{\"sample\": {\"enabled\": true}}"
            })
    void anythingElseIsRefusedWithTheValueAndWhatWasExpected(String body) throws Exception {
        Switches before = control.state().switches();

        String error = json(400, port.put("/tracing", body)).getString("error");

        assertEquals(
                "body " + body
                        + ", expected on, off, a share of traces such as 10% or 0.1, or {\"enabled\": true, \"sample\": \"10%\"}",
                error);
        assertEquals(before, control.state().switches());
    }

    @Test
    void aLongBodyIsNeitherReadNorShownWhole() throws Exception {
        String nested = "{\"sample\":".repeat(6000);
        assertTrue(
                json(400, port.put("/tracing", nested)).getString("error").startsWith("body of 60000 bytes, expected"));
        String error = json(400, port.put("/tracing", "x".repeat(1000))).getString("error");
        assertTrue(error.startsWith("body " + "x".repeat(64) + "\u2026, expected"), error);
    }

    @Test
    void metricsAndAccessLogAreSwitched() throws Exception {
        assertFalse(json(200, port.put("/metrics-collection", "off")).getBoolean("enabled"));
        assertFalse(json(200, port.put("/access-log", "{\"enabled\": false}")).getBoolean("enabled"));
        assertEquals(new Switches(true, 0.25, false, false), control.state().switches());
        assertTrue(json(200, port.get("/metrics-collection")).getBoolean("changed"));
        assertTrue(json(200, port.get("/access-log")).getBoolean("changed"));

        assertFalse(json(200, port.put("/metrics-collection", "{\"enabled\": \"on\"}"))
                .getBoolean("changed"));
        assertFalse(json(200, port.put("/access-log", "on")).getBoolean("changed"));
        assertEquals(control.state().configured(), control.state().switches());
        assertEquals(
                "body 10%, expected on, off or {\"enabled\": true}",
                json(400, port.put("/metrics-collection", "10%")).getString("error"));
    }

    @Test
    void anAccessLogWithoutAPathCannotBeSwitched() throws Exception {
        with(new FakeControl("log-level = warn"));

        String error = json(409, port.put("/access-log", "on")).getString("error");

        assertTrue(error.contains("access-log.path"), error);
        assertFalse(json(200, port.get("/access-log")).getBoolean("enabled"));
    }

    @Test
    void theLogIsSetAsAWholeOrInPart() throws Exception {
        Config part = json(200, port.put("/logging", "{\"logger\": \"dev.outrigger.admin\", \"level\": \"debug\"}"));
        assertEquals("info", part.getString("level"));
        assertEquals("debug", part.getConfig("loggers").getString("\"dev.outrigger.admin\""));
        assertTrue(part.getBoolean("changed"));
        port.put("/logging", "{\"logger\": \"dev.outrigger.admin.OpsServer\", \"level\": \"error\"}");
        assertEquals(
                Map.of(
                        "", LogLevel.INFO,
                        "dev.outrigger.admin", LogLevel.DEBUG,
                        "dev.outrigger.admin.OpsServer", LogLevel.ERROR),
                control.logLevels());

        Config whole = json(200, port.put("/logging", "warn"));
        assertEquals("warn", whole.getString("level"));
        assertTrue(whole.getBoolean("changed"));
        assertEquals(Map.of("", LogLevel.WARN), control.logLevels());
        assertFalse(json(200, port.put("/logging", "{\"level\": \"info\"}")).getBoolean("changed"));
        assertEquals("info", json(200, port.get("/logging")).getString("level"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "loud | body loud, expected error, warn, info or debug, or {",
                "{\"logger\": \"dev.outrigger.admin\"} | body {\"logger\": \"dev.outrigger.admin\"}, expected error,",
                "{\"level\": \"info\", \"lodger\": \"x\"} | body {\"level\": \"info\", \"lodger\": \"x\"}, expected error,",
                "{\"level\": \"info\", \"logger\": \"io.netty\"} | logger io.netty, expected dev.outrigger or one of",
                "{\"level\": \"info\", \"logger\": \"dev.outrigger.upstraem\"} | logger dev.outrigger.upstraem, expected",
                "{\"level\": \"info\", \"logger\": \"dev.outriggers\"} | logger dev.outriggers, expected"
            })
    void aLevelOrLoggerThatIsNoneIsRefused(String body, String error) throws Exception {
        String found = json(400, port.put("/logging", body)).getString("error");

        assertTrue(found.startsWith(error), found);
        assertEquals(Map.of("", LogLevel.INFO), control.logLevels());
    }

    @Test
    void drainingBeginsTheStopHoweverOftenItIsAskedFor() throws Exception {
        assertEquals("draining", json(202, port.send("POST", "/drain")).getString("status"));
        assertEquals("draining", json(202, port.send("POST", "/drain")).getString("status"));

        assertEquals(2, control.drains);
    }

    @Test
    void nothingChangesByGet() throws Exception {
        for (String path : List.of("/config/reload", "/drain")) {
            assertEquals(405, port.get(path).statusCode(), path);
        }
        assertEquals(0, control.drains);
        assertEquals(List.of(), control.triggers);
    }

    private CompletableFuture<HttpResponse<String>> inBackground(String path) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return port.send("POST", path);
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static ReloadResult failure(String... problems) {
        return new ReloadResult(
                "file", ReloadResult.Result.FAILURE, FakeControl.RELOADED, List.of(problems), List.of(), List.of());
    }

    private static Config json(int status, HttpResponse<String> response) {
        assertEquals(status, response.statusCode(), response.body());
        assertEquals(
                "application/json",
                response.headers().firstValue("content-type").orElse(""));
        return ConfigFactory.parseString(
                response.body(), ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
    }
}
