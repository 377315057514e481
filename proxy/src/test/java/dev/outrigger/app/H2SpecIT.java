package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Certificates.Authority;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The conformance tests of h2spec against a running sidecar. Every case passes, or stands in {@code h2spec-exceptions.txt}
 * with the reason why the case itself is wrong; one that stands there and passes has no business there.
 */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class H2SpecIT {
    private static final String BINARY = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";
    private static final int CASES = 146;

    @TempDir
    private Path directory = Path.of(".");

    @Test
    void everyCaseOfH2specPassesOnAPlainPort() throws Exception {
        everyCasePasses(List.of(), "");
    }

    @Test
    void everyCaseOfH2specPassesOverTls() throws Exception {
        Path certificate = directory.resolve("own.crt");
        Path key = directory.resolve("own.key");
        new Authority("test root").issue("sidecar", "ip:127.0.0.1").write(certificate, key);
        everyCasePasses(List.of("--tls", "--insecure"), """
                listeners.inbound.tls.certificates = [{ certificate-file = "%s", key-file = "%s" }]
                """.formatted(certificate, key));
    }

    private void everyCasePasses(List<String> options, String settings) throws Exception {
        Path report = directory.resolve("report.xml");
        try (ScriptedUpstream upstream = new ScriptedUpstream(H2SpecIT::answer);
                RunningSidecar sidecar = RunningSidecar.before(upstream.port(), settings)) {
            List<String> command = new ArrayList<>(List.of(
                    unpack().toString(),
                    "--host",
                    "127.0.0.1",
                    "--port",
                    Integer.toString(sidecar.inbound().getPort()),
                    "--strict",
                    "--timeout",
                    "10",
                    "--junit-report",
                    report.toString()));
            command.addAll(options);
            run(command);
            sidecar.awaitMetric(0, "outrigger_exchanges_active");
        }
        NodeList cases = parse(report).getElementsByTagName("testcase");
        assertEquals(CASES, cases.getLength());
        assertEquals(exceptions(), failed(cases));
    }

    /** One of its requests has trailers. */
    private static void answer(ScriptedUpstream.Connection connection) throws IOException {
        String head = connection.readHead();
        if (head.contains("transfer-encoding: chunked")) {
            boolean atEnd = false;
            String line;
            while (!(line = readLine(connection.in())).isEmpty() || !atEnd) {
                atEnd |= line.equals("0");
            }
        } else if (head.contains("content-length: ")) {
            String length = head.replaceFirst("(?s).*content-length: (\\d+).*", "$1");
            connection.in().skipNBytes(Integer.parseInt(length));
        }
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789");
    }

    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        int next;
        while ((next = in.read()) != '\n') {
            if (next < 0) {
                throw new EOFException(line.toString());
            }
            line.append((char) next);
        }
        return line.substring(0, line.length() - 1);
    }

    private Path unpack() throws Exception {
        Path packed = directory.resolve("h2spec.tar.gz");
        try (InputStream binary = resource(BINARY)) {
            Files.copy(binary, packed);
        }
        run(List.of("tar", "-xzf", packed.toString(), "-C", directory.toString(), "h2spec"));
        return directory.resolve("h2spec");
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(H2SpecIT.class.getResourceAsStream(name), name);
    }

    /** Whether it says that something failed is read from its report. */
    private void run(List<String> command) throws IOException, InterruptedException {
        Path output = directory.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(process.waitFor(5, TimeUnit.MINUTES), command.get(0));
        } finally {
            process.destroyForcibly();
        }
    }

    private static Document parse(Path report) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile());
    }

    private static Set<String> failed(NodeList cases) {
        Set<String> failed = new TreeSet<>();
        for (int i = 0; i < cases.getLength(); i++) {
            Element one = (Element) cases.item(i);
            boolean wrong = one.getElementsByTagName("failure").getLength() > 0
                    || one.getElementsByTagName("error").getLength() > 0
                    || one.getElementsByTagName("skipped").getLength() > 0;
            if (wrong) {
                failed.add(one.getAttribute("package") + ": " + one.getAttribute("classname"));
            }
        }
        return failed;
    }

    /** Lines {@code package: case}, each below its reason as a comment. */
    private static Set<String> exceptions() throws IOException {
        try (InputStream list = resource("/h2spec-exceptions.txt")) {
            return new String(list.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
