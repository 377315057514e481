package dev.outrigger.load;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.transport.EventLoops;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Sends a {@code tools/call} again and again, at a fixed rate or as fast as the answers come, and prints one line of
 * figures.
 *
 * <p>Epoll rather than io_uring or NIO: its timer is good to microseconds, NIO's to a millisecond, and the same driver on
 * every machine keeps runs comparable.
 */
@Command(
        name = "load",
        description = "HTTP/1.1 load at a fixed rate, free of coordinated omission",
        mixinStandardHelpOptions = true)
public final class LoadDriver implements Callable<Integer> {
    private static final long DRAIN_NANOS = 5_000_000_000L;
    private static final String HEADERS = "Content-Type: application/json\r\n"
            + "Accept: application/json, text/event-stream\r\n"
            + "MCP-Protocol-Version: 2025-11-25\r\n"
            + "Mcp-Session-Id: 3f1c9a52-7d0e-4a86-9b1e-5c2f8e6d4a07\r\n";

    @Spec
    private CommandSpec spec;

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "address to connect to (${DEFAULT-VALUE})")
    private String host = "";

    @Option(names = "--port", required = true, description = "port at that address")
    private int port;

    @Option(names = "--path", defaultValue = "/mcp", description = "request path (${DEFAULT-VALUE})")
    private String path;

    @Option(names = "--body", required = true, description = "file with the request's body")
    private Path body;

    @Option(names = "--connections", defaultValue = "64", description = "keep-alive connections (${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--rate", defaultValue = "0", description = "requests/s; 0: a closed loop (${DEFAULT-VALUE})")
    private double ratePerSecond;

    @Option(
            names = "--warm-up",
            defaultValue = "3",
            description = "seconds before anything is recorded (${DEFAULT-VALUE})")
    private int warmUpSeconds;

    @Option(names = "--seconds", defaultValue = "10", description = "seconds that are recorded (${DEFAULT-VALUE})")
    private int seconds;

    public static void main(String[] args) {
        System.exit(new CommandLine(new LoadDriver()).execute(args));
    }

    /** Exit code 0 when there was no error, else 1. */
    @Override
    public Integer call() throws Exception {
        EventLoops loops = EventLoops.probe(Epoll.isAvailable() ? Transport.EPOLL : Transport.NIO);
        EventLoopGroup group = loops.open(1, "load");
        LoadResult result = new LoadRun(group.next(), loops.socketChannel(), settings())
                .run()
                .get();
        spec.commandLine().getOut().println(result.line());
        return result.errors() == 0 ? 0 : 1;
    }

    private LoadSettings settings() throws IOException {
        return new LoadSettings(
                new InetSocketAddress(host, port),
                connections,
                ratePerSecond,
                warmUpSeconds * 1_000_000_000L,
                seconds * 1_000_000_000L,
                DRAIN_NANOS,
                request());
    }

    private byte[] request() throws IOException {
        byte[] content = Files.readString(body).strip().getBytes(StandardCharsets.UTF_8);
        String head = "POST " + path + " HTTP/1.1\r\nHost: " + host + ":" + port + "\r\n" + HEADERS + "Content-Length: "
                + content.length + "\r\n\r\n";
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(content);
        return request.toByteArray();
    }
}
