package dev.outrigger.app;

import dev.outrigger.testing.Await;
import dev.outrigger.testing.NetworkNamespace;
import dev.outrigger.testing.NetworkNamespace.Addresses;
import dev.outrigger.testing.NetworkNamespace.Link;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/** A network as a pod has it, with a server that knows nothing and a sidecar that intercepts. The test is its client. */
final class Pod implements AutoCloseable {
    static final int UID = 1337;
    static final int STATUS = 9465;
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Path directory;
    private final NetworkNamespace here = NetworkNamespace.here();
    private final NetworkNamespace network;
    private final Link link;
    private Process sidecar;

    private Pod(Path directory, NetworkNamespace network, Link link) {
        this.directory = directory;
        this.network = network;
        this.link = link;
    }

    /** @param directory for everything that its processes print */
    static Pod create(Path directory) throws IOException, InterruptedException {
        // The sidecar's user looks whether it may read its file.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        NetworkNamespace network = NetworkNamespace.create("pod");
        Pod pod = new Pod(directory, network, NetworkNamespace.here().link(network));
        network.run("ip", "-6", "address", "add", "::6/128", "dev", "lo");
        return pod;
    }

    NetworkNamespace network() {
        return network;
    }

    /** The interface that clients come in by. */
    String device() {
        return link.farDevice();
    }

    /** The interface of the test that leads to the pod. */
    String clientDevice() {
        return link.nearDevice();
    }

    Addresses addresses() {
        return link.far();
    }

    /** Those of the test as the pod sees it. */
    Addresses client() {
        return link.near();
    }

    /** Gives the test other addresses, which are those of another client for the pod. */
    Addresses addClient() throws IOException, InterruptedException {
        // TEST-NET-3, as the link's own network has no third address; by process, for those that run at the same time.
        String v4 = "203.0.113." + (1 + ProcessHandle.current().pid() % 254);
        String v6 = client().v6().replaceFirst("1$", "3");
        here.run("ip", "address", "add", v4 + "/32", "dev", link.nearDevice());
        // A deprecated address is nobody's who does not ask for it.
        here.run("ip", "address", "add", v6 + "/64", "dev", link.nearDevice(), "nodad", "preferred_lft", "0");
        network.run("ip", "route", "add", v4 + "/32", "via", client().v4());
        return new Addresses(v4, v6);
    }

    /** What one of the test's addresses gets from a URL. */
    String getFrom(String address, String url) throws IOException, InterruptedException {
        return here.run("curl", "-sS", "--interface", address, url);
    }

    /** Runs commands, one a line, each of which has to succeed. */
    void run(String script) throws IOException, InterruptedException {
        network.run("sh", "-e", "-c", script);
    }

    /** {@link #run} for both families, with {@code iptables} as the command's name. */
    void rules(String script) throws IOException, InterruptedException {
        run(script.replace("iptables ", "iptables -w "));
        run(script.replace("iptables ", "ip6tables -w ").replace("127.0.0.6", "::6"));
    }

    /** Starts {@link PodServer} in any network, and waits until it serves. */
    static void serve(NetworkNamespace where, Path output) throws IOException {
        Process server = where.start(output, NetworkNamespace.java(PodServer.class));
        await(server, output, "serving");
    }

    void serve() throws IOException {
        serve(network, directory.resolve("server.out"));
    }

    /** Starts the sidecar, which may be anew. */
    void sidecar(String config, String... capabilities) throws IOException, InterruptedException {
        if (sidecar != null) {
            stopSidecar();
        }
        Path file = Files.writeString(directory.resolve("outrigger.conf"), config);
        Path output = directory.resolve("sidecar.out");
        Files.deleteIfExists(output);
        List<String> command = NetworkNamespace.java(Main.class, "run", "-c", file.toString());
        sidecar = network.start(output, NetworkNamespace.as(UID, command, capabilities));
        await(sidecar, output, "ready: ");
    }

    /** Has the sidecar take another configuration up. */
    void reload(String config) throws IOException, InterruptedException {
        Files.writeString(directory.resolve("outrigger.conf"), config);
        network.run("curl", "-sS", "--fail-with-body", "-X", "POST", "http://127.0.0.1:15000/config/reload");
    }

    /** Ends the sidecar, as if it had crashed. */
    void stopSidecar() throws InterruptedException {
        sidecar.destroyForcibly().waitFor();
    }

    private static void await(Process process, Path output, String text) {
        Await.until("it says '" + text + "'", DEADLINE, () -> read(output).contains(text) || !process.isAlive());
        if (!process.isAlive()) {
            throw new AssertionError("it has ended: " + read(output));
        }
    }

    /** What the sidecar has logged. */
    String log() {
        return read(directory.resolve("sidecar.out"));
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client of one of its ports. */
    static RawClient connect(String address, int port) throws IOException {
        return new RawClient(new InetSocketAddress(InetAddress.getByName(address), port));
    }

    /** The body of an answer. */
    String get(String address, int port, String path) throws IOException {
        try (RawClient client = connect(address, port)) {
            client.send("GET " + path + " HTTP/1.1\r\nHost: pod\r\nConnection: close\r\n\r\n");
            WireMessage answer = WireMessage.read(client.in());
            return answer.status() == 200 ? answer.text() : answer.status() + " " + answer.text();
        }
    }

    /** What the application in the pod gets from a URL: status and body. */
    String fetch(String url) throws IOException, InterruptedException {
        return get(addresses().v4(), PodServer.HTTP, "/fetch?" + url);
    }

    /** The answer of the admin port, which only the pod itself reaches. */
    String admin(String path) throws IOException, InterruptedException {
        return network.run("curl", "-sS", "http://127.0.0.1:15000" + path);
    }

    double metric(String name, String... labels) {
        try {
            return Scrape.sum(get(addresses().v4(), STATUS, "/metrics"), name, labels);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitMetric(double expected, String name, String... labels) {
        Await.until(name + " is " + expected, DEADLINE, () -> metric(name, labels) == expected);
    }

    void awaitMetricAtLeast(double least, String name, String... labels) {
        Await.until(name + " is at least " + least, DEADLINE, () -> metric(name, labels) >= least);
    }

    /** A greeting of a server that speaks first, and an echo after it, with each direction ended by itself. */
    String converse(String address, int port, String text) throws IOException {
        try (RawClient client = connect(address, port)) {
            client.send(text.getBytes(StandardCharsets.UTF_8)).shutdownOutput();
            return client.readToEnd();
        }
    }

    @Override
    public void close() throws IOException {
        network.close();
        here.close();
    }
}
