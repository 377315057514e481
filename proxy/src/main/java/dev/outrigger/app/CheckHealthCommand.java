package dev.outrigger.app;

import dev.outrigger.config.load.LoadResult;
import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.config.model.HostPort;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code check-health}: whether the sidecar in this container or on this machine is well, as an exit code. For container
 * engines, which ask by running a command; the image has neither a shell nor curl to ask with. Kubernetes asks the status
 * port itself.
 */
@Command(
        name = "check-health",
        mixinStandardHelpOptions = true,
        description = "Asks a running sidecar's status port how it is; says nothing if it is well.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it is well",
            "1:it is not, or gives no answer; standard error says what it said",
            "2:wrong usage or configuration"
        })
final class CheckHealthCommand implements Callable<Integer> {
    /** The status port of a sidecar that was not told another one. */
    private static final HostPort USUAL = new HostPort("127.0.0.1", 9465);

    private static final String READY = "/ready";

    /** Below the usual limits of those who run this, so that they see the reason rather than a command that hangs. */
    private static final Duration LIMIT = Duration.ofSeconds(2);

    @ArgGroup
    private Where where = new Where();

    @Option(
            names = "--path",
            paramLabel = "PATH",
            defaultValue = READY,
            description = "What to ask: ${DEFAULT-VALUE} by default; /live, /health and /health/mcp say other things.")
    private String path = READY;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "How long the answer may take; ${DEFAULT-VALUE} by default.")
    private int timeoutSeconds;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (!path.startsWith("/") || !path.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw refused("--path " + path + ", expected a path such as /ready");
        }
        if (timeoutSeconds < 1) {
            throw refused("--timeout " + timeoutSeconds + ", expected a second or more");
        }
        PrintWriter err = spec.commandLine().getErr();
        HostPort address = where.address == null ? USUAL : address(where.address);
        if (where.config != null) {
            LoadResult result = ConfigSource.of(where.config).load();
            if (!(result instanceof Loaded loaded)) {
                err.println(result);
                return ExitCode.USAGE;
            }
            address = loaded.config().status().bind();
        }
        return ask(address, path, Duration.ofSeconds(timeoutSeconds), err);
    }

    /** What the command does without options, and without the parser of command lines: engines run it every few seconds. */
    static int ask(PrintWriter err) {
        return ask(USUAL, READY, LIMIT, err);
    }

    private static int ask(HostPort bound, String path, Duration limit, PrintWriter err) {
        try {
            HealthAnswer answer = HealthAnswer.of(reachable(bound), path, limit);
            if (answer.isWell()) {
                return ExitCode.OK;
            }
            err.println("outrigger: " + bound + path + " says " + answer);
        } catch (IOException e) {
            err.println("outrigger: " + bound + path + " gives no answer: " + e.getMessage());
        }
        return ExitCode.FAILED;
    }

    /** A socket that is bound to every address is asked on loopback. */
    private static InetSocketAddress reachable(HostPort bound) {
        InetSocketAddress address = new InetSocketAddress(bound.host(), bound.port());
        boolean everywhere = !address.isUnresolved() && address.getAddress().isAnyLocalAddress();
        return everywhere ? new InetSocketAddress(InetAddress.getLoopbackAddress(), bound.port()) : address;
    }

    private HostPort address(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon > 0 ? text.substring(0, colon) : "";
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (!host.isEmpty() && (isBracketed || host.indexOf(':') < 0) && port > 0 && port <= 0xffff) {
                return new HostPort(isBracketed ? host.substring(1, host.length() - 1) : host, port);
            }
        } catch (NumberFormatException e) {
            // Said below, with everything else that an address is not.
        }
        throw refused("--address " + text + ", expected host:port such as 127.0.0.1:9465");
    }

    private ParameterException refused(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }

    /** Where the status port is; two ways to say it, of which one is enough. */
    private static final class Where {
        @Option(
                names = "--address",
                paramLabel = "HOST:PORT",
                description = "The status port; 127.0.0.1:9465 by default.")
        private @Nullable String address;

        @Option(
                names = {"-c", "--config"},
                paramLabel = "FILE",
                description = "The sidecar's configuration, to take status.bind from, with the same environment.")
        private @Nullable Path config;
    }
}
