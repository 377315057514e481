package dev.outrigger.app;

import dev.outrigger.testing.Certificates.Authority;
import dev.outrigger.testing.NameServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A sidecar with everything that alerts and dashboard ask about and the demo does not have, and a client that uses it. */
final class MonitoredSidecar implements AutoCloseable {
    private static final String UPGRADE =
            "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n";
    private static final String SWITCHED =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n";
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

    private final List<AutoCloseable> parts = new ArrayList<>();
    private final RunningSidecar sidecar;

    /** @param directory for its certificate */
    MonitoredSidecar(Path directory) throws Exception {
        new Authority("root")
                .issue("mcp", "dns:localhost")
                .write(directory.resolve("a.crt"), directory.resolve("a.key"));
        McpUpstream mcp = add(new McpUpstream(McpUpstream.plain()));
        ScriptedUpstream chat = add(new ScriptedUpstream(connection -> {
            connection.readHead();
            connection.write(SWITCHED);
        }));
        OpaquePeer opaque = add(new OpaquePeer());
        sidecar = add(RunningSidecar.start(config(
                directory,
                mcp.port(),
                chat.port(),
                opaque.port(),
                add(new NameServer()).port())));
        use(opaque);
    }

    private static String config(Path directory, int mcp, int chat, int opaque, int names) {
        return """
                outrigger {
                  listeners.inbound.bind = "127.0.0.1:0"
                  listeners.encrypted {
                    bind = "127.0.0.1:0"
                    tls.certificates = [{ certificate-file = "%1$s/a.crt", key-file = "%1$s/a.key" }]
                  }
                  listeners.opaque { bind = "127.0.0.1:0", protocol = tcp, tcp.upstream = opaque }
                  defaults.upstream.health-check.type = none
                  upstreams {
                    app.endpoints = ["127.0.0.1:%2$d"]
                    chat.endpoints = ["127.0.0.1:%3$d"]
                    opaque.endpoints = ["127.0.0.1:%4$d"]
                    encrypted { endpoints = ["127.0.0.1:%3$d"], tls.verify = false }
                    named { dns = "nobody.test:80", discovery { servers = ["127.0.0.1:%5$d"], timeout = 300ms } }
                  }
                  routes = [
                    { name = chat, match { path-prefix = "/chat" }, upstream = chat, upgrades = [chat] }
                    { name = encrypted, match { path-prefix = "/encrypted" }, upstream = encrypted }
                    { name = named, match { path-prefix = "/named" }, shift { from = app, to = named } }
                    {
                      name = all, match { path-prefix = "/" }, upstream = app
                      rate-limit { rate = 1000, per = 1s }
                      concurrency-limit.max = 10
                      cache { ttl = 5m, tools = ["get_*"] }
                      tools { "get_*" { breaker.consecutive-failures = 3 } }
                    }
                  ]
                  status.bind = "127.0.0.1:0", admin.bind = "127.0.0.1:0"
                  lifecycle.drain-timeout = 500ms
                }
                """.formatted(directory, mcp, chat, opaque, names);
    }

    private void use(OpaquePeer peer) throws Exception {
        RawClient tunnel = add(new RawClient(sidecar.inbound()));
        tunnel.send(UPGRADE).readUntil("\r\n\r\n");
        add(new RawClient(sidecar.sidecar().listenerAddress("opaque"))).send("hello");
        add(peer.accept());
        add(new RawClient(sidecar.inbound())).send(PREFACE);
        add(new McpCaller(sidecar)).at("/encrypted").post(Rpc.call("1", "get_it"));
        call();
        call();
    }

    /** Calls a tool, which the cache answers from the second time on. */
    void call() {
        try (McpCaller client = new McpCaller(sidecar)) {
            client.postModern(Rpc.call("1", "get_it"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it is scraped. */
    int statusPort() {
        return sidecar.sidecar().statusAddress().getPort();
    }

    private <T extends AutoCloseable> T add(T part) {
        parts.add(part);
        return part;
    }

    @Override
    public void close() throws IOException {
        for (int i = parts.size() - 1; i >= 0; i--) {
            try {
                parts.get(i).close();
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }
}
