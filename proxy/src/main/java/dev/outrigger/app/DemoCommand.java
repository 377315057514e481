package dev.outrigger.app;

import dev.outrigger.config.load.LoadResult;
import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.demo.DemoServer;
import dev.outrigger.demo.DemoTraffic;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code demo}: an MCP server, the sidecar before it, and light traffic; everything on loopback. Server and traffic can be had
 * alone, for a sidecar that is to run apart from both as it would before a server of one's own.
 */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Starts an embedded MCP server, the sidecar before it and light traffic, and prints what to open.")
final class DemoCommand implements Callable<Integer> {
    private static final String LOOPBACK = "127.0.0.1";
    private static final int LISTENER_PORT = 15006;
    private static final int STATUS_PORT = 9465;
    private static final int ADMIN_PORT = 15000;

    /** What an MCP server before which the configuration is put would listen on. */
    private static final int USUAL_SERVER_PORT = 8080;

    @ArgGroup
    private Part part = new Part();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        if (part.printsConfig) {
            out.print(config(USUAL_SERVER_PORT));
            out.flush();
            return ExitCode.OK;
        }
        ProcessLifetime lifetime = new ProcessLifetime();
        if (part.serverPort >= 0) {
            out.println("MCP server on port " + serve(lifetime, new InetSocketAddress(part.serverPort)));
        } else if (part.target != null) {
            call(lifetime, part.target);
            out.println("calling " + part.target);
        } else {
            everything(lifetime);
        }
        lifetime.awaitStop();
        return ExitCode.OK;
    }

    private void everything(ProcessLifetime lifetime) throws IOException, InterruptedException {
        int serverPort = serve(lifetime, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ConfigSource source = ConfigSource.of("demo", config(serverPort));
        LoadResult result = source.load();
        if (!(result instanceof Loaded loaded)) {
            throw new IllegalStateException("the demo's own configuration is refused: " + result);
        }
        Sidecar sidecar = lifetime.start(source, loaded);
        String mcp = "http://localhost:" + sidecar.listenerAddress("inbound").getPort() + "/mcp";
        call(lifetime, URI.create(mcp));
        print(
                mcp,
                "http://localhost:" + sidecar.statusAddress().getPort(),
                "http://localhost:" + sidecar.adminAddress().getPort());
    }

    /** @return the port that it got */
    private static int serve(ProcessLifetime lifetime, InetSocketAddress address) throws IOException {
        DemoServer server = DemoServer.onItsOwnLoop();
        int port = server.start(address);
        lifetime.onStop(server::close);
        return port;
    }

    private static void call(ProcessLifetime lifetime, URI mcp) {
        DemoTraffic traffic = new DemoTraffic(mcp);
        lifetime.onStop(traffic::close);
        traffic.start();
    }

    private static String config(int serverPort) throws IOException {
        return String.format(
                Locale.ROOT,
                """
                outrigger {
                  service-name = "outrigger-demo"
                  listeners.inbound.bind = "%1$s:%2$d"
                  upstreams.demo.endpoints = ["%1$s:%3$d"]
                  routes = [{ match { path-prefix = "/" }, upstream = demo }]
                  telemetry { log-level = warn, prometheus.quantile-window = 5s }
                  status.bind = "%1$s:%4$d"
                  admin.bind = "%1$s:%5$d"
                  lifecycle.drain-timeout = 1s
                }
                """,
                LOOPBACK,
                freePort(LISTENER_PORT),
                serverPort,
                freePort(STATUS_PORT),
                freePort(ADMIN_PORT));
    }

    /** The usual port if nobody has it, else one that the kernel chooses: a demo should not fail for a port. */
    private static int freePort(int usual) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), usual));
            return usual;
        } catch (BindException e) {
            return 0;
        }
    }

    private void print(String mcp, String status, String admin) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(String.format(Locale.ROOT, """

                Outrigger demo: client -> sidecar -> MCP server, with light traffic.

                  MCP endpoint    %1$s
                  status          %2$s/metrics  /health  /live  /ready  /health/mcp
                  admin           %3$s/upstreams  /breakers  /config

                Call a tool through the sidecar, in the modern way and without a session:

                  curl -s %1$s -H 'content-type: application/json' \\
                    -H 'accept: application/json, text/event-stream' \\
                    -H 'mcp-protocol-version: 2026-07-28' -H 'mcp-method: tools/call' -H 'mcp-name: echo' \\
                    -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"message":"hi"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}'

                See what the sidecar saw:

                  curl -s %2$s/metrics | grep mcp_tool_execution_total
                  curl -s %2$s/metrics | grep latency_quantile_seconds
                  curl -s %2$s/health/mcp
                  curl -s %3$s/breakers

                Ctrl-C stops everything.
                """, mcp, status, admin));
        out.flush();
    }

    /** Less than the whole; one thing at a time. */
    private static final class Part {
        private static final int NONE = -1;

        @Option(
                names = "--print-config",
                description = "Prints the configuration of the demo's sidecar, before a server on port 8080, and ends.")
        private boolean printsConfig;

        @Option(
                names = "--server",
                paramLabel = "PORT",
                description = "The MCP server alone, on every address of this machine; 0 takes a free port.")
        private int serverPort = NONE;

        @Option(
                names = "--traffic",
                paramLabel = "URL",
                description = "The traffic alone, to an MCP endpoint such as http://localhost:15006/mcp.")
        private @Nullable URI target;
    }
}
