package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.Config;
import dev.outrigger.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A sidecar that runs from a file, on ports known beforehand, and what tests of its life ask of it: other contents of the
 * file, reloads, its state. It runs in this process, or in one of its own where a test sends signals, waits for the end or
 * looks at what belongs to a process; that takes ten times as long to start.
 */
final class FileSidecar implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final int inbound = Ports.free();
    private final int status = Ports.free();
    private final int admin = Ports.free();
    private final Path directory;
    private final Path file;
    private final String transport;
    private @Nullable SidecarProcess process;
    private @Nullable HereSidecar here;

    /**
     * Nothing runs and nothing is written yet.
     *
     * @param directory for the file, {@code outrigger.conf}, and the output
     * @param transport value of {@code runtime.transport}
     */
    FileSidecar(Path directory, String transport) {
        this(directory, directory.resolve("outrigger.conf"), transport);
    }

    /** The same with a file that is somewhere else. */
    FileSidecar(Path directory, Path file, String transport) {
        this.directory = directory;
        this.file = file;
        this.transport = transport;
    }

    /**
     * A whole configuration: one listener, the ports, no warm-up, room for the first calls
     * of a cold process on a busy machine, and what the test adds or replaces.
     *
     * @param body keys below {@code outrigger}
     */
    String text(String body) {
        return """
                outrigger {
                  listeners.inbound.bind = "127.0.0.1:%d"
                  status.bind = "127.0.0.1:%d"
                  admin.bind = "127.0.0.1:%d"
                  lifecycle { drain-timeout = 5s, warm-up = false }
                  runtime { workers = 2, transport = %s }
                  defaults.upstream.pool.connect-timeout = 10s, overload.max-loop-stall = 0s
                %s
                }
                """.formatted(inbound, status, admin, transport, body);
    }

    /** Puts another file in the place of the file, as careful editors do. */
    FileSidecar write(String body) throws IOException {
        return replace(text(body));
    }

    /** The same with contents that need not be a configuration. */
    FileSidecar replace(String contents) throws IOException {
        Path next = Files.writeString(file.resolveSibling(file.getFileName() + "~"), contents);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return this;
    }

    /** Cuts the file to nothing and fills it again, as careless editors do. */
    FileSidecar writeInPlace(String body) throws IOException {
        Files.writeString(file, text(body));
        return this;
    }

    /** Starts in this process; afterwards it is ready. */
    FileSidecar start() throws IOException {
        return start(Map.of());
    }

    /** @param environment what it takes for the environment of its process */
    FileSidecar start(Map<String, String> environment) throws IOException {
        here = new HereSidecar(ConfigSource.of(file, environment));
        return this;
    }

    /** Starts in a process of its own; afterwards it is ready. */
    FileSidecar startProcess() throws IOException {
        return startProcess(Map.of());
    }

    /** @param environment added to this process's own */
    FileSidecar startProcess(Map<String, String> environment) throws IOException {
        process = SidecarProcess.start(directory, environment, "run", "-c", file.toString());
        try {
            process.awaitOutput("ready: ");
            return this;
        } catch (AssertionError e) {
            process.close();
            throw e;
        }
    }

    SidecarProcess process() {
        return Objects.requireNonNull(process, "not started as a process");
    }

    /** What it has logged, and what else a process has printed. */
    String output() {
        return here != null ? here.output() : process().output();
    }

    /** The port of the listener {@code inbound}. */
    int port() {
        return inbound;
    }

    RawClient connect() throws IOException {
        return new RawClient(Ports.loopback(inbound));
    }

    McpCaller caller() throws IOException {
        return new McpCaller(Ports.loopback(inbound));
    }

    /** The answer to one tool call on a new connection, status and body. */
    OpsClient.Reply call(String path, String... headers) {
        try (McpCaller client = caller().at(path)) {
            WireMessage answer = client.sendPost(Rpc.call("1", "echo"), headers).answer();
            return new OpsClient.Reply(answer.status(), answer.text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    OpsClient status() {
        return OpsClient.at(status);
    }

    OpsClient admin() {
        return OpsClient.at(admin);
    }

    double metric(String name, String... labels) {
        return status().metric(name, labels);
    }

    /** {@code outrigger_config_reloads_total}. */
    double reloads(String result) {
        return metric("outrigger_config_reloads_total", "result=\"" + result + "\"");
    }

    /** {@code GET /config}. */
    Config config() {
        OpsClient.Reply reply = admin().get("/config");
        assertEquals(200, reply.status(), reply.body());
        return reply.json();
    }

    long generation() {
        return config().getLong("state.generation");
    }

    /** Writes the file and has it taken up; afterwards it is in force. */
    void apply(String body) throws IOException {
        write(body);
        OpsClient.Reply reply = admin().post("/config/reload");
        assertEquals(200, reply.status(), reply.body());
    }

    /** Writes a wrong file and has it looked at; afterwards it was refused. */
    OpsClient.Reply applyWrong(String body) throws IOException {
        write(body);
        OpsClient.Reply reply = admin().post("/config/reload");
        assertEquals(422, reply.status(), reply.body());
        return reply;
    }

    void awaitReloads(String result, double count) {
        await("reloads of result " + result + " are " + count, () -> reloads(result) >= count);
        assertEquals(count, reloads(result), "reloads of result " + result);
    }

    /** Looks now and then, not all the time: each look is a request. */
    void await(String description, BooleanSupplier condition) {
        long[] lookedNanos = {System.nanoTime() - LOOK_NANOS};
        Await.until(description, DEADLINE, () -> {
            if (System.nanoTime() - lookedNanos[0] < LOOK_NANOS) {
                return false;
            }
            boolean holds = condition.getAsBoolean();
            lookedNanos[0] = System.nanoTime();
            return holds;
        });
    }

    @Override
    public void close() {
        if (here != null) {
            here.close();
        }
        if (process != null) {
            process.close();
        }
    }
}
