package dev.outrigger.app;

import dev.outrigger.testing.Certificates.Authority;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The same over TLS on both sides, where HTTP/2 is agreed on in the handshake. */
class GrpcOverTlsIT extends GrpcIT {
    private final Authority authority = new Authority("grpc root");

    @TempDir
    private Path directory;

    @Override
    void prepare(NettyServerBuilder builder) throws IOException {
        authority.write(file("ca.pem"));
        authority.issue("own", "ip:127.0.0.1", "dns:localhost").write(file("own.crt"), file("own.key"));
        builder.useTransportSecurity(file("own.crt").toFile(), file("own.key").toFile());
    }

    @Override
    void prepare(NettyChannelBuilder builder) throws IOException {
        builder.overrideAuthority("localhost")
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(file("ca.pem").toFile())
                        .build());
    }

    @Override
    String upstreamSettings() {
        return "upstreams.app.tls.ca-file = \"" + file("ca.pem") + "\"";
    }

    @Override
    String listenerSettings() {
        return "listeners.inbound.tls.certificates = [{ certificate-file = \"%s\", key-file = \"%s\" }]"
                .formatted(file("own.crt"), file("own.key"));
    }

    private Path file(String name) {
        return directory.resolve(name);
    }
}
