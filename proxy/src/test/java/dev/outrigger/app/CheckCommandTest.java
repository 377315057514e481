package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The checklist as the command prints it, of this process and machine. */
final class CheckCommandTest {
    private static final String PRODUCTION = "docs/examples/production.conf";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    @Test
    void theProductionExamplePassesHere() {
        assertEquals(ExitCode.OK, check("--readiness", "-c", PRODUCTION), out::toString);

        assertTrue(out.toString().contains("PASS  metrics: "), out::toString);
        assertTrue(out.toString().contains("WARN  rate limit: "), out::toString);
        assertFalse(out.toString().contains("FAIL"), out::toString);
        assertTrue(
                out.toString().strip().matches("(?s).*\nscore \\d+/100: \\d+ passed, \\d+ warnings?, 0 failed"),
                out::toString);
    }

    @Test
    void theDemonstrationIsNotForProductionButHarmsNobody() throws IOException {
        assertEquals(ExitCode.OK, check("--readiness", "-c", file(demoConfig())), out::toString);

        assertTrue(out.toString().contains("PASS  admin port: "), out::toString);
        assertTrue(out.toString().contains("WARN  tracing: "), out::toString);
    }

    @Test
    void anItemThatFailsShowsInTheExitCode() throws IOException {
        String open = demoConfig() + "outrigger.admin.bind = \"0.0.0.0:15000\"";

        assertEquals(ExitCode.FAILED, check("--readiness", "-c", file(open)));
        assertTrue(out.toString().contains("FAIL  admin port: whoever reaches 0.0.0.0:15000 "), out::toString);
    }

    @Test
    void aSecretThatEverybodyReadsIsNamed() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), "hush");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r--r--"));
        String config = demoConfig() + "outrigger.admin.token-file = \"" + token + "\"";

        check("--readiness", "-c", file(config));

        assertTrue(out.toString().contains("WARN  secrets: " + token + " is readable by everybody"), out::toString);
        assertFalse(out.toString().contains("hush"), out::toString);
    }

    @Test
    void jsonHoldsTheSameReport() {
        assertEquals(ExitCode.OK, check("--readiness", "--json", "-c", PRODUCTION));

        String report = out.toString();
        assertTrue(report.startsWith("{\"file\":\"" + PRODUCTION + "\",\"score\":"), report);
        assertTrue(
                report.contains("\"failed\":0,\"items\":[{\"id\":\"config\",\"grade\":\"pass\",\"subject\":"), report);
        assertEquals(1, report.lines().count());
    }

    @Test
    void aWrongConfigurationIsToldInsteadOfJudged() throws IOException {
        assertEquals(ExitCode.USAGE, check("--readiness", "-c", file("outrigger.listenrs {}")));
        assertEquals("", out.toString());
        assertTrue(err.toString().contains("did you mean listeners?"), err::toString);
    }

    @Test
    void aCertificateThatAStartWouldMissIsNamed() throws IOException {
        Path missing = directory.resolve("server.pem");
        String config = demoConfig()
                + "outrigger.listeners.inbound.tls.certificates = [{ certificate-file = \"" + missing
                + "\", key-file = \""
                + missing + "\" }]";

        assertEquals(ExitCode.USAGE, check("-c", file(config)));
        assertEquals("", out.toString());
        assertTrue(err.toString().contains("outrigger.listeners.inbound.tls"), err::toString);
        assertTrue(err.toString().contains(missing.toString()), err::toString);
    }

    @Test
    void jsonIsOnlyForTheChecklist() {
        assertEquals(ExitCode.USAGE, check("--json", "-c", PRODUCTION));
        assertTrue(err.toString().contains("--readiness"), err::toString);
    }

    private String file(String hocon) throws IOException {
        return Files.writeString(directory.resolve("outrigger.conf"), hocon).toString();
    }

    private static String demoConfig() {
        StringWriter printed = new StringWriter();
        int code = Main.commandLine().setOut(new PrintWriter(printed)).execute("demo", "--print-config");
        assertEquals(ExitCode.OK, code);
        return printed.toString();
    }

    private int check(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "check";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        CommandLine command = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return command.execute(all);
    }
}
