package dev.outrigger.app;

import dev.outrigger.testing.Await;
import dev.outrigger.testing.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A server in a process that writes its lines to a file. */
final class SeenProcess implements SeenServer {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final int port;
    private final Path log;
    private final Process process;

    private SeenProcess(int port, Path log, ProcessBuilder command) throws IOException {
        this.port = port;
        this.log = log;
        this.process = command.start();
        Await.until("the server accepts", DEADLINE, () -> Ports.accepts(port) || !process.isAlive());
    }

    /** @param directory for everything that it writes */
    static SeenServer nginx(Path directory) throws IOException {
        int port = Ports.free();
        Path log = Files.createFile(directory.resolve("seen.log"));
        Path config = Files.writeString(directory.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid nginx.pid;
                error_log stderr;
                events {}
                http {
                  log_format seen '$request_method $request_uri -';
                  access_log seen.log seen;
                  client_body_temp_path body;
                  proxy_temp_path proxy;
                  fastcgi_temp_path fastcgi;
                  uwsgi_temp_path uwsgi;
                  scgi_temp_path scgi;
                  server {
                    listen 127.0.0.1:%d;
                    location / { return 200 "ok"; }
                  }
                }
                """.formatted(port));
        return new SeenProcess(
                port, log, inheriting("nginx", "-p", directory.toString(), "-c", config.toString(), "-e", "stderr"));
    }

    /** @param directory for everything that it writes */
    static SeenServer haproxy(Path directory) throws IOException {
        int port = Ports.free();
        Path log = Files.createFile(directory.resolve("seen.log"));
        Path config = Files.writeString(directory.resolve("haproxy.conf"), """
                global
                  log stdout format raw local0
                defaults
                  mode http
                  timeout client 30s
                  timeout connect 5s
                  timeout server 30s
                frontend seen
                  bind 127.0.0.1:%d
                  log global
                  option dontlognull
                  option http-buffer-request
                  log-format "%%HM %%HU %%[var(txn.bytes)]"
                  http-request set-var(txn.bytes) req.body_size
                  http-request return status 200 content-type text/plain string ok
                """.formatted(port));
        return new SeenProcess(
                port, log, inheriting("haproxy", "-db", "-f", config.toString()).redirectOutput(log.toFile()));
    }

    /** @param directory for everything that it writes */
    static SeenServer node(Path directory) throws IOException {
        int port = Ports.free();
        Path log = Files.createFile(directory.resolve("seen.log"));
        return new SeenProcess(
                port,
                log,
                inheriting("node", "seen.mjs", Integer.toString(port))
                        .directory(Tools.nodeDirectory().toFile())
                        .redirectOutput(log.toFile()));
    }

    private static ProcessBuilder inheriting(String... command) {
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public List<String> seen() {
        try {
            String text = Files.readString(log);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
