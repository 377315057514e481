package dev.outrigger.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A network of its own, as a pod has one: interfaces, routes, netfilter rules and ports that nobody else sees. What tests
 * of interception do to a network stays in it, and goes away with it.
 *
 * <p>A thread of Java cannot enter a namespace, so that whatever lives in one is a process. The test itself is in
 * {@link #here}, which can be linked like any other: it can be the client of a pod without another process.
 *
 * <p>Owned by one test class; not thread-safe.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final long COMMAND_SECONDS = 30;
    /** Links of one test process; their addresses repeat after that. */
    private static final int LINKS = 64;

    private static final AtomicInteger NAMESPACES = new AtomicInteger();
    private static final AtomicInteger LINKED = new AtomicInteger();

    private final @Nullable String name;
    private final List<Process> processes = new ArrayList<>();
    private final List<String> interfaces = new ArrayList<>();

    private NetworkNamespace(@Nullable String name) {
        this.name = name;
    }

    /**
     * Skips the test where namespaces cannot be made, as by anybody but root; where tools are required, it goes on and
     * fails. Programs are the business of {@link RequiresTool}.
     */
    public static void assumeAllowed() throws IOException, InterruptedException {
        if (Tools.areRequired()) {
            return;
        }
        String probe = "og-probe-" + ProcessHandle.current().pid();
        Outcome added = outcome(List.of("ip", "netns", "add", probe));
        outcome(List.of("ip", "netns", "del", probe));
        Assumptions.assumeTrue(added.exit() == 0, "no network namespaces: " + added.output());
    }

    /**
     * Makes one with nothing in it but a loopback interface that is up.
     *
     * @param role what it stands for, a few letters; the name has it
     */
    public static NetworkNamespace create(String role) throws IOException, InterruptedException {
        String name = "og-" + role + "-" + ProcessHandle.current().pid() + "-" + NAMESPACES.incrementAndGet();
        here().run("ip", "netns", "add", name);
        NetworkNamespace namespace = new NetworkNamespace(name);
        namespace.run("ip", "link", "set", "lo", "up");
        return namespace;
    }

    /** The network of this process. Closing it takes away its links, nothing else. */
    public static NetworkNamespace here() {
        return new NetworkNamespace(null);
    }

    /** What {@code ip netns exec} takes. */
    public String name() {
        if (name == null) {
            throw new IllegalStateException("the test's own network has no name");
        }
        return name;
    }

    /**
     * Joins two networks by a cable. Each end has an address of both families, of subnets that nothing else is in; whoever
     * wants further ones adds them to the interface.
     */
    public Link link(NetworkNamespace other) throws IOException, InterruptedException {
        int number = LINKED.getAndIncrement();
        long pid = ProcessHandle.current().pid();
        String near = "og" + pid + "n" + number;
        String far = "og" + pid + "f" + number;
        here().run("ip", "link", "add", near, "type", "veth", "peer", "name", far);
        adopt(near);
        other.adopt(far);
        // 198.18.0.0/15 is for benchmarks, in nobody's way: nine bits by process, six by link, two within.
        int subnet = (int) (pid & 0x1ff) << 8 | (number % LINKS) << 2;
        String v4 = "198." + (18 + (subnet >> 16)) + "." + (subnet >> 8 & 0xff) + ".";
        String v6 = "fd6f:6700:" + Long.toHexString(pid & 0xffff) + ":" + Integer.toHexString(number) + "::";
        Link link = new Link(
                near,
                new Addresses(v4 + ((subnet & 0xff) + 1), v6 + "1"),
                far,
                new Addresses(v4 + ((subnet & 0xff) + 2), v6 + "2"));
        address(near, link.near());
        other.address(far, link.far());
        return link;
    }

    private void adopt(String device) throws IOException, InterruptedException {
        if (name != null) {
            here().run("ip", "link", "set", device, "netns", name);
        } else {
            interfaces.add(device);
        }
    }

    private void address(String device, Addresses addresses) throws IOException, InterruptedException {
        run("ip", "address", "add", addresses.v4() + "/30", "dev", device);
        // Without a check for duplicates, which takes a second in which the address cannot be used.
        run("ip", "address", "add", addresses.v6() + "/64", "dev", device, "nodad");
        run("ip", "link", "set", device, "up");
    }

    /** A command as it has to be started to run in here. */
    public List<String> command(List<String> command) {
        if (name == null) {
            return command;
        }
        List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", name));
        inside.addAll(command);
        return inside;
    }

    /**
     * A command of another user. It may read every file, since a class path need not be open to all users.
     *
     * @param uid user and group
     * @param capabilities further ones, such as {@code net_admin}
     */
    public static List<String> as(int uid, List<String> command, String... capabilities) {
        StringBuilder kept = new StringBuilder("+dac_read_search");
        for (String capability : capabilities) {
            kept.append(",+").append(capability);
        }
        List<String> other = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + uid,
                "--clear-groups",
                "--inh-caps=" + kept,
                "--ambient-caps=" + kept));
        other.addAll(command);
        return other;
    }

    /** The command of a main class on this class path, for a process that lives for seconds. */
    public static List<String> java(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-XX:MaxDirectMemorySize=64m"));
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /**
     * Starts a process in here, which ends with the namespace at the latest.
     *
     * @param output file for all that it prints, appended to
     */
    public Process start(Path output, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command(command))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
        processes.add(process);
        return process;
    }

    /**
     * Runs a command in here to its end, which has to be good.
     *
     * @return all that it has printed
     */
    public String run(String... command) throws IOException, InterruptedException {
        List<String> inside = command(List.of(command));
        Outcome outcome = outcome(inside);
        if (outcome.exit() != 0) {
            throw new IOException(String.join(" ", inside) + " ended with " + outcome.exit() + ": " + outcome.output());
        }
        return outcome.output();
    }

    /** Runs a command in here to its end, whichever. */
    public Outcome tryRun(String... command) throws IOException, InterruptedException {
        return outcome(command(List.of(command)));
    }

    private static Outcome outcome(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " does not end: " + output);
        }
        return new Outcome(process.exitValue(), output);
    }

    /** Ends what runs in here, then takes it away with its links. */
    @Override
    public void close() throws IOException {
        try {
            end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted before the network was gone", e);
        }
    }

    private void end() throws IOException, InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        if (name != null) {
            here().run("ip", "netns", "del", name);
        }
        for (String device : interfaces) {
            // It is gone already where the other end's namespace is.
            tryRun("ip", "link", "del", device);
        }
    }

    /** The addresses of one end. */
    public record Addresses(String v4, String v6) {}

    /**
     * A cable: the interface and the addresses on the side that it was made from, and those of the other.
     *
     * @param nearDevice name of the interface
     * @param farDevice name of the interface
     */
    public record Link(String nearDevice, Addresses near, String farDevice, Addresses far) {}

    /** How a command has ended: its exit code, and what it has printed. */
    public record Outcome(int exit, String output) {}
}
