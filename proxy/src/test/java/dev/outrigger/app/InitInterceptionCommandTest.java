package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the command line takes and refuses; nothing is installed here. */
class InitInterceptionCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--proxy-uid 0|uid 0, expected that of the proxy alone",
                "--proxy-uid 1337,0|uid 0, expected that of the proxy alone",
                "--proxy-gid 0|gid 0, expected that of the proxy alone",
                "--proxy-uid proxy|'proxy' is not a long",
                "--inbound-ports 8080,70000|'--inbound-ports': '70000': expected ports and ranges",
                "--inbound-ports=|no inbound ports, expected a list or *; --no-inbound is for none",
                "--exclude-outbound-ports mysql|'--exclude-outbound-ports': 'mysql': expected ports",
                "--exclude-outbound-cidrs 10.1.0.0/8|has bits behind its prefix, expected 10.0.0.0/8",
                "--include-outbound-cidrs example.com|'example.com': expected addresses and ranges",
                "--inbound-port 0|inbound port 0, expected 1 to 65535",
                "--inbound-port 15001|port 15001 for inbound and outbound",
                "--no-inbound --no-outbound|neither inbound nor outbound",
                "--inbound-mode nat|expected one of",
                "--backend bpf|expected one of",
                "--show --remove|expected at most one of --validate, --validate-only, --show, --dry-run and --remove",
                "--validate --validate-only|expected at most one of",
            })
    void whatIsWrongIsToldWithWhatIsExpected(String arguments, String message) {
        assertEquals(ExitCode.USAGE, command(arguments.split(" ")));
        assertEquals("", out.toString());
        assertTrue(err.toString().contains(message), err::toString);
    }

    @Test
    void aRehearsalPrintsTheRulesThatItsOptionsAskFor() {
        assertEquals(
                ExitCode.OK,
                command(
                        "--dry-run",
                        "--ipv6=off",
                        "--proxy-uid=1000",
                        "--proxy-uid=2000,3000",
                        "--inbound-ports=8080",
                        "--inbound-mode=TPROXY",
                        "--no-outbound"),
                err::toString);

        String script = out.toString();
        for (int uid : new int[] {1000, 2000, 3000}) {
            assertTrue(script.contains("--uid-owner " + uid + " "), script);
        }
        assertTrue(script.contains("--dports 8080 -j OUTRIGGER_TO_INBOUND"), script);
        assertTrue(script.contains("-j TPROXY --on-port 15006"), script);
        assertFalse(script.contains("1337"), script);
        assertFalse(script.contains("*nat"), script);
    }

    private int command(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "init-interception";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
    }
}
