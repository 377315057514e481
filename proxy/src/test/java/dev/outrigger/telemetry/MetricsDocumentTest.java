package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.failure.Outcome;
import dev.outrigger.failure.Reason;
import dev.outrigger.record.CloseReason;
import dev.outrigger.record.Detection;
import dev.outrigger.record.EntranceRecorder;
import dev.outrigger.record.GrpcStatus;
import dev.outrigger.record.HandshakeResult;
import dev.outrigger.record.ProxyHeaderResult;
import dev.outrigger.record.Records;
import dev.outrigger.record.StreamKind;
import dev.outrigger.record.StreamRecorder;
import dev.outrigger.record.TcpRecorder;
import dev.outrigger.record.TlsPeer;
import dev.outrigger.transport.OwnCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} tells the truth: every family that is exposed, its type, its labels, and no other. */
class MetricsDocumentTest {
    private static final Path DOCUMENT = Path.of("docs", "metrics.md");
    /** Family, type, labels. */
    private static final Pattern ROW =
            Pattern.compile("\\| `([a-z_]+)` \\| (counter|gauge|histogram|summary) \\| (.*?) ?\\| .+ \\|");

    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)\\{(.*)} \\S+");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");
    private static final Pattern SUFFIX = Pattern.compile("_(bucket|count|sum)$");
    private static final Pattern FOREIGN = Pattern.compile("(jvm|process)_.*");

    @Test
    void everyFamilyIsDocumentedAsItIs() throws IOException {
        Map<String, String> documented = documented();
        Map<String, String> exposed = exposed();

        assertEquals(own(documented), own(exposed));
        for (Map.Entry<String, String> family : exposed.entrySet()) {
            assertEquals(documented.get(family.getKey()), family.getValue(), family.getKey());
        }
    }

    @Test
    void thePageIsNotEmpty() throws IOException {
        assertTrue(documented().size() > 50);
    }

    private static Map<String, String> own(Map<String, String> families) {
        return families.entrySet().stream()
                .filter(family -> !FOREIGN.matcher(family.getKey()).matches())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, TreeMap::new));
    }

    private static Map<String, String> documented() throws IOException {
        Map<String, String> families = new TreeMap<>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                TreeSet<String> labels =
                        new TreeSet<>(List.of(row.group(3).replace("`", "").split(", ?")));
                labels.remove("");
                families.put(row.group(1), row.group(2) + ' ' + labels);
            }
        }
        return families;
    }

    private static Map<String, String> exposed() {
        Map<String, String> types = new TreeMap<>();
        Map<String, TreeSet<String>> labels = new TreeMap<>();
        for (String line : page().lines().toList()) {
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (type.matches()) {
                types.put(type.group(1), type.group(2));
            } else if (sample.matches()) {
                String name = sample.group(1);
                String family =
                        types.containsKey(name) ? name : SUFFIX.matcher(name).replaceFirst("");
                Matcher label = LABEL.matcher(sample.group(2));
                while (label.find()) {
                    labels.computeIfAbsent(family, unused -> new TreeSet<>()).add(label.group(1));
                }
            }
        }
        Map<String, String> families = new TreeMap<>();
        types.forEach((family, type) -> {
            TreeSet<String> found = labels.getOrDefault(family, new TreeSet<>());
            found.remove("le");
            families.put(family, type + ' ' + found);
        });
        return families;
    }

    /** With at least one sample of every family, quantiles of a closed window included. */
    private static String page() {
        try (TelemetryFixture telemetry = new TelemetryFixture()) {
            telemetry.record(
                    Records.toolCall("echo", Duration.ofMillis(3)),
                    Records.failed(Records.toolCall("slow", Duration.ofSeconds(15)), Reason.REQUEST_TIMEOUT));
            telemetry.loop.upstream("app").connections = 1;
            telemetry.loop.messages("app").serverRequests = 1;
            telemetry.loop.listener("inbound").closed(CloseReason.CLIENT);
            StreamRecorder stream = telemetry.loop.stream("app", StreamKind.CALL);
            stream.opened();
            stream.firstEvent(1);
            stream.closed(1);
            StreamRecorder tunnel = telemetry.loop.stream("app", StreamKind.WEBSOCKET);
            tunnel.opened();
            tunnel.closed(1);
            recordConnections(telemetry);
            telemetry.endSession(Duration.ofSeconds(1));
            telemetry.closeWindow();
            return telemetry.page("");
        }
    }

    private static void recordConnections(TelemetryFixture telemetry) {
        telemetry.loop.upstream("app").grpcResponses[GrpcStatus.OK.ordinal()]++;
        telemetry.loop.tls(TlsPeer.clientsOf("inbound")).add(HandshakeResult.OK);
        telemetry.certificates.add(
                new OwnCertificate(TlsPeer.clientsOf("inbound"), "CN=localhost", Instant.ofEpochSecond(1)));
        EntranceRecorder entrance = telemetry.loop.entrance("inbound");
        entrance.found(Detection.OPAQUE, 1);
        entrance.timedOut();
        entrance.header(ProxyHeaderResult.PROXIED);
        TcpRecorder tcp = telemetry.loop.tcp("inbound", "app");
        tcp.opened();
        tcp.fromClient(1);
        tcp.closed(Outcome.SUCCESS, 1);
    }
}
