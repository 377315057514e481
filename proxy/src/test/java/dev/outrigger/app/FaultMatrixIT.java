package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.Config;
import dev.outrigger.testing.Await;
import dev.outrigger.testing.NameServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every {@link Fault} of real servers, under load, before a real sidecar: for each kind of answer and each way that a route can
 * lead, nobody waits for ever, nothing is counted twice or done twice, where there are others to ask nothing fails once the
 * sidecar knows, and all comes back.
 *
 * <p>Rates and times go to {@code target/fault-matrix.md}. With {@code outrigger.faults.seconds} each fault lasts longer, with
 * {@code outrigger.faults.clients} each cell has more than a few clients, for numbers that mean something.
 */
@Timeout(900)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultMatrixIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration FAULT_TIME = Duration.ofSeconds(Integer.getInteger("outrigger.faults.seconds", 0));
    private static final int CLIENTS = Integer.getInteger("outrigger.faults.clients", 4);

    private final List<FaultTopology> topologies = new ArrayList<>();
    private final List<FaultCell> cells = new ArrayList<>();
    private final StringBuilder table = new StringBuilder(FaultRow.HEAD);
    private NameServer names;
    private FileSidecar sidecar;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        names = new NameServer();
        StringBuilder configuration = new StringBuilder("""
                defaults.upstream {
                  pool.connect-timeout = 1s
                  discovery { servers = ["127.0.0.1:%d"], timeout = 1s, min-ttl = 200ms, negative-ttl = 200ms }
                  ejection { base-time = 500ms, max-time = 500ms }
                  breaker { open-for = 500ms, backoff { factor = 1, jitter = 0%% } }
                  health-check { type = mcp, interval = 500ms, timeout = 500ms, healthy-after = 1, unhealthy-after = 2 }
                }
                defaults.route { timeout = 2s, idle-timeout = 2s, max-duration = 3s }
                routes = []
                overload.max-loop-stall = 0s
                """.formatted(names.port()));
        for (FaultLayout layout : FaultLayout.values()) {
            FaultTopology topology = new FaultTopology(layout, directory, names);
            topologies.add(topology);
            topology.start();
            for (FaultShape shape : FaultShape.values()) {
                FaultCell cell = new FaultCell(layout, shape);
                cells.add(cell);
                configuration.append(topology.configuration(cell));
            }
        }
        sidecar = new FileSidecar(directory, "auto")
                .write(configuration.toString())
                .startProcess();
    }

    @AfterAll
    void stop() throws IOException {
        Files.writeString(Path.of("target", "fault-matrix.md"), table);
        sidecar.close();
        topologies.forEach(FaultTopology::close);
        names.close();
    }

    @Order(1)
    @ParameterizedTest(name = "{0}")
    @EnumSource
    void nobodyHangsNothingCountsTwiceAndAllComesBack(Fault fault) throws Exception {
        String before = scrape();
        FaultTimes times = live(fault);
        Map<FaultCell, List<FaultSample>> samples = new HashMap<>();
        for (FaultCell cell : cells) {
            samples.put(cell, cell.stop());
        }
        sidecar.await("nothing is under way", () -> sidecar.metric("outrigger_exchanges_active") == 0);
        String after = scrape();

        List<String> objections = new ArrayList<>();
        for (FaultCell cell : cells) {
            FaultCounts counted = FaultCounts.of(cell, after).since(FaultCounts.of(cell, before));
            FaultRow row = new FaultRow(cell, times, samples.get(cell), counted);
            table.append(row.line());
            objections.addAll(row.objections());
        }
        assertEquals(List.of(), objections);
    }

    /** From the first request of the clients to the time when everything is as it was. */
    private FaultTimes live(Fault fault) throws Exception {
        FaultTimes times = new FaultTimes(fault);
        cells.forEach(cell -> cell.start(Ports.loopback(sidecar.port()), CLIENTS));
        cells.forEach(cell -> cell.awaitFine(3));
        times.injecting();
        for (FaultTopology topology : topologies) {
            topology.inject(fault);
        }
        cells.forEach(cell -> cell.awaitExchanges(1));
        sidecar.await("all know that it is of no use", this::isOut);
        times.out();
        cells.stream().filter(cell -> cell.layout().hasOthers()).forEach(cell -> cell.awaitExchanges(5));
        Await.until(
                "the fault lasts",
                FAULT_TIME.plus(DEADLINE),
                () -> System.nanoTime() - times.injectedNanos() >= FAULT_TIME.toNanos());
        heal(times);
        return times;
    }

    private void heal(FaultTimes times) throws Exception {
        Map<FaultCell, Long> seen = new HashMap<>();
        times.healing();
        for (FaultTopology topology : topologies) {
            topology.heal(times.fault());
        }
        for (FaultTopology topology : topologies) {
            topology.awaitHealed();
            times.healed(topology.layout());
            of(topology).forEach(cell -> seen.put(cell, topology.seenByVictim(cell)));
        }
        cells.forEach(cell -> cell.awaitFine(5));
        for (FaultTopology topology : topologies) {
            of(topology)
                    .forEach(cell -> sidecar.await(
                            "it serves " + cell.name() + " again", () -> topology.seenByVictim(cell) > seen.get(cell)));
        }
    }

    private List<FaultCell> of(FaultTopology topology) {
        return cells.stream().filter(cell -> cell.layout() == topology.layout()).toList();
    }

    /** Whether the sidecar says so of each one that fails and that others can stand in for. */
    private boolean isOut() {
        List<? extends Config> upstreams =
                sidecar.admin().get("/upstreams").json().getConfigList("upstreams");
        for (FaultTopology topology : topologies) {
            for (FaultCell cell : topology.layout().hasOthers() ? of(topology) : List.<FaultCell>of()) {
                boolean out = upstreams.stream()
                        .filter(upstream -> upstream.getString("name").equals(cell.name()))
                        .flatMap(upstream -> upstream.getConfigList("endpoints").stream())
                        .filter(endpoint -> endpoint.getString("address").equals(topology.victim()))
                        .noneMatch(endpoint -> endpoint.getBoolean("healthy"));
                if (!out) {
                    return false;
                }
            }
        }
        return true;
    }

    private String scrape() {
        return sidecar.status().get("/metrics").body();
    }

    @Order(2)
    @Test
    void noRequestReachedTwoServersOrOneTwice() {
        for (FaultTopology topology : topologies) {
            assertEquals(Set.of(), topology.seenTwice(), topology.layout().label());
        }
    }

    @Order(3)
    @Test
    void nothingIsLeftOpen() {
        for (String gauge : List.of("outrigger_exchanges_active", "mcp_streams_active", "upstream_pending")) {
            assertEquals(0, sidecar.metric(gauge), gauge);
        }
        assertEquals(0, sidecar.metric("outrigger_connections_closed_total", "reason=\"defect\""));
        assertEquals(0, sidecar.metric("mcp_query_errors_total", "error_type=\"internal\""));
    }
}
