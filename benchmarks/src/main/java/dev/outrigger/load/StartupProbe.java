package dev.outrigger.load;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.transport.EventLoops;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * One start of Outrigger as the first clients see it: when it is ready, how long the first call takes, how the first second
 * goes at a fixed rate, and the same when it has run for a while.
 *
 * <p>The server behind it is in this process and constant; what is measured is warmed up against that server first, so that
 * the figures are Outrigger's and not this driver's.
 */
@Command(name = "startup", description = "Measures one start of Outrigger", mixinStandardHelpOptions = true)
public final class StartupProbe implements Runnable {
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long DRAIN_NANOS = 5 * SECOND_NANOS;
    private static final long START_LIMIT_NANOS = 60 * SECOND_NANOS;
    /** The probes are work for what they probe: no more of them than the figure's precision needs. */
    private static final long POLL_NANOS = 2_000_000;

    private static final int ANSWER_MILLIS = 10_000;
    private static final int FIRST_CALLS_OF_THE_DRIVER = 200;
    private static final String HEADERS = "Content-Type: application/json\r\n"
            + "Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2025-11-25\r\n";

    @Spec
    private CommandSpec spec;

    @Option(names = "--body", required = true, description = "file with the request's body")
    private Path body;

    @Option(names = "--answer", required = true, description = "file with the answer's body")
    private Path answer;

    @Option(names = "--config", required = true, description = "configuration with @STUB@, @PORT@, @STATUS@, @ADMIN@")
    private Path template;

    @Option(names = "--rate", defaultValue = "1000", description = "requests/s (${DEFAULT-VALUE})")
    private double ratePerSecond;

    @Option(names = "--connections", defaultValue = "16", description = "keep-alive connections (${DEFAULT-VALUE})")
    private int connections;

    @Option(
            names = "--driver-warm-up",
            defaultValue = "4",
            description = "seconds against the server itself (${DEFAULT-VALUE})")
    private int driverWarmUpSeconds;

    @Option(
            names = "--settle",
            defaultValue = "10",
            description = "seconds of load before the steady figures (${DEFAULT-VALUE})")
    private int settleSeconds;

    @Option(names = "--steady", defaultValue = "5", description = "seconds of the steady figures (${DEFAULT-VALUE})")
    private int steadySeconds;

    @Parameters(arity = "1..*", description = "the command that starts Outrigger, up to its own arguments")
    private List<String> command;

    private EventLoopGroup clients;
    private EventLoops loops;

    public static void main(String[] args) {
        System.exit(new CommandLine(new StartupProbe()).execute(args));
    }

    @Override
    public void run() {
        loops = EventLoops.probe(Epoll.isAvailable() ? Transport.EPOLL : Transport.NIO);
        clients = loops.open(1, "load");
        try {
            byte[] body = content(answer);
            StubServer stub = StubServer.start(loops.open(1, "stub").next(), loops, body);
            warmUp(stub.port());
            spec.commandLine().getOut().println(measure(stub.port()));
        } catch (IOException | ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void warmUp(int stubPort) throws IOException, InterruptedException, ExecutionException {
        for (int i = 0; i < FIRST_CALLS_OF_THE_DRIVER; i++) {
            callNanos(stubPort);
        }
        load(stubPort, 0, driverWarmUpSeconds * SECOND_NANOS);
    }

    /** The line that the script reads: ready, first call, p50 and p99 of the first second, p50 and p99 steady, errors. */
    private String measure(int stubPort) throws IOException, InterruptedException, ExecutionException {
        int port = freePort();
        int statusPort = freePort();
        Path config = Files.createTempFile("startup", ".conf");
        Files.writeString(
                config,
                Files.readString(template)
                        .replace("@STUB@", Integer.toString(stubPort))
                        .replace("@PORT@", Integer.toString(port))
                        .replace("@STATUS@", Integer.toString(statusPort))
                        .replace("@ADMIN@", Integer.toString(freePort())));
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of("run", "-c", config.toString()));
        ProcessBuilder builder = new ProcessBuilder(whole)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        long startNanos = System.nanoTime();
        Process process = builder.start();
        try {
            long readyNanos = awaitReady(process, statusPort, startNanos) - startNanos;
            long firstNanos = callNanos(port);
            LoadResult first = load(port, 0, SECOND_NANOS);
            LoadResult steady = load(port, settleSeconds * SECOND_NANOS, steadySeconds * SECOND_NANOS);
            return String.format(
                    Locale.ROOT,
                    "RESULT %d %d %d %d %d %d %d",
                    readyNanos / 1000,
                    firstNanos / 1000,
                    first.micros(50),
                    first.micros(99),
                    steady.micros(50),
                    steady.micros(99),
                    first.errors() + steady.errors());
        } finally {
            process.destroy();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Files.delete(config);
        }
    }

    private static long awaitReady(Process process, int statusPort, long startNanos) throws IOException {
        byte[] probe = "GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII);
        while (System.nanoTime() - startNanos < START_LIMIT_NANOS && process.isAlive()) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), statusPort)) {
                socket.setSoTimeout(ANSWER_MILLIS);
                socket.getOutputStream().write(probe);
                String head = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
                if (head.equals("HTTP/1.1 200")) {
                    return System.nanoTime();
                }
            } catch (ConnectException e) {
                // Not bound yet.
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        throw new IOException("it does not become ready");
    }

    /** One call on a connection of its own, from the connect to the end of the answer. */
    private long callNanos(int port) throws IOException {
        byte[] request = request(port);
        byte[] end = content(answer);
        long startNanos = System.nanoTime();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.setTcpNoDelay(true);
            socket.getOutputStream().write(request);
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            byte[] piece = new byte[8192];
            String wanted = new String(end, StandardCharsets.UTF_8);
            while (!received.toString(StandardCharsets.UTF_8).endsWith(wanted)) {
                int read = socket.getInputStream().read(piece);
                if (read < 0) {
                    throw new IOException("another answer than the server's: " + received);
                }
                received.write(piece, 0, read);
            }
        }
        return System.nanoTime() - startNanos;
    }

    private LoadResult load(int port, long warmUpNanos, long measuredNanos)
            throws IOException, InterruptedException, ExecutionException {
        LoadSettings settings = new LoadSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                connections,
                ratePerSecond,
                warmUpNanos,
                measuredNanos,
                DRAIN_NANOS,
                request(port));
        return new LoadRun(clients.next(), loops.socketChannel(), settings)
                .run()
                .get();
    }

    private byte[] request(int port) throws IOException {
        byte[] content = content(body);
        String head = "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n" + HEADERS + "Content-Length: "
                + content.length + "\r\n\r\n";
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(content);
        return request.toByteArray();
    }

    private static byte[] content(Path file) throws IOException {
        return Files.readString(file).strip().getBytes(StandardCharsets.UTF_8);
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
