package dev.outrigger.config.load;

import dev.outrigger.config.model.AddressRange;
import dev.outrigger.config.model.CertificateConfig;
import dev.outrigger.config.model.ClientTlsConfig;
import dev.outrigger.config.model.Http2Config;
import dev.outrigger.config.model.HttpRulesConfig;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.ServerTlsConfig;
import dev.outrigger.config.model.TcpConfig;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.config.model.UpstreamHttp2Config;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The part of {@link ConfigRenderer} that is about protocols. Of keys it holds the paths of their files. */
final class ProtocolRenderer {
    private ProtocolRenderer() {}

    static Map<String, Object> listener(ListenerConfig listener) {
        Map<String, Object> values = new TreeMap<>(Map.of(
                "http", http(listener.http()),
                "http2", http2(listener.http2()),
                "tcp", tcp(listener.tcp()),
                "proxy-protocol",
                        Map.of(
                                "trusted",
                                listener.proxyProtocol().trusted().stream()
                                        .map(AddressRange::toString)
                                        .toList())));
        listener.tls().ifPresent(tls -> values.put(TlsSection.KEY, server(tls)));
        return values;
    }

    static Map<String, Object> upstream(UpstreamConfig upstream) {
        Map<String, Object> values = new TreeMap<>(Map.of(
                "http2", http2(upstream.http2()),
                "send-proxy-protocol", Kinds.word(upstream.sendProxyProtocol())));
        upstream.tls().ifPresent(tls -> values.put(TlsSection.KEY, client(tls)));
        PolicyRenderer.concurrency(values, upstream.concurrencyLimit());
        return values;
    }

    private static Map<String, Object> http(HttpRulesConfig http) {
        return Map.of(
                "normalize-path", http.normalizePath(),
                "merge-slashes", http.mergeSlashes(),
                "escaped-slashes", Kinds.word(http.escapedSlashes()),
                "underscores", Kinds.word(http.underscores()),
                "max-pipelined", http.maxPipelined(),
                "min-body-rate", Sizes.format(http.minBodyRateBytes()),
                "slow-grace", Durations.format(http.slowGrace()),
                "allow-connect", http.allowConnect(),
                "max-request-body", Sizes.format(http.maxRequestBodyBytes()));
    }

    private static Map<String, Object> http2(Http2Config http2) {
        Map<String, Object> values = new TreeMap<>(Map.of(
                "max-concurrent-streams", http2.maxConcurrentStreams(),
                "stream-window", Sizes.format(http2.streamWindowBytes()),
                "connection-window", Sizes.format(http2.connectionWindowBytes()),
                "flood-window", Durations.format(http2.floodWindow()),
                "max-resets", http2.maxResets(),
                "max-own-resets", http2.maxOwnResets(),
                "max-pings", http2.maxPings(),
                "max-settings", http2.maxSettings(),
                "max-empty-frames", http2.maxEmptyFrames(),
                "max-continuations", http2.maxContinuations()));
        values.put("max-queued-frames", http2.maxQueuedFrames());
        return values;
    }

    private static Map<String, Object> http2(UpstreamHttp2Config http2) {
        return Map.of(
                "max-concurrent-streams", http2.maxConcurrentStreams(),
                "stream-window", Sizes.format(http2.streamWindowBytes()),
                "connection-window", Sizes.format(http2.connectionWindowBytes()),
                "keep-alive-interval", Durations.format(http2.keepAliveInterval()),
                "keep-alive-timeout", Durations.format(http2.keepAliveTimeout()));
    }

    private static Map<String, Object> tcp(TcpConfig tcp) {
        Map<String, Object> values = new TreeMap<>(Map.of(
                "sni", tcp.sni(),
                "detect-timeout", Durations.format(tcp.detectTimeout()),
                "idle-timeout", Durations.format(tcp.idleTimeout())));
        tcp.upstream().ifPresent(upstream -> values.put("upstream", upstream));
        return values;
    }

    private static Map<String, Object> server(ServerTlsConfig tls) {
        return Map.of(
                TlsSection.CERTIFICATES,
                tls.certificates().stream().map(ProtocolRenderer::certificate).toList(),
                "client-auth",
                Kinds.word(tls.clientAuth()),
                "client-ca-file",
                file(tls.clientCaFile()),
                "min-version",
                tls.minVersion().number(),
                "ciphers",
                tls.ciphers(),
                "handshake-timeout",
                Durations.format(tls.handshakeTimeout()),
                "session-timeout",
                Durations.format(tls.sessionTimeout()),
                "forwarded-client-cert",
                Kinds.word(tls.forwardedClientCert()));
    }

    private static Map<String, Object> certificate(CertificateConfig certificate) {
        return Map.of(
                TlsSection.CERTIFICATE_FILE, certificate.certificateFile().toString(),
                TlsSection.KEY_FILE, certificate.keyFile().toString());
    }

    private static Map<String, Object> client(ClientTlsConfig tls) {
        return Map.of(
                "ca-file",
                file(tls.caFile()),
                "server-name",
                tls.serverName().orElse(""),
                "verify",
                tls.verify(),
                "verify-name",
                tls.verifyName(),
                TlsSection.CERTIFICATE_FILE,
                file(tls.certificate().map(CertificateConfig::certificateFile)),
                TlsSection.KEY_FILE,
                file(tls.certificate().map(CertificateConfig::keyFile)),
                "min-version",
                tls.minVersion().number(),
                "ciphers",
                tls.ciphers(),
                "handshake-timeout",
                Durations.format(tls.handshakeTimeout()));
    }

    private static String file(Optional<Path> file) {
        return file.map(Path::toString).orElse("");
    }
}
