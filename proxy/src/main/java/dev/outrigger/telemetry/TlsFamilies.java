package dev.outrigger.telemetry;

import dev.outrigger.record.HandshakeResult;
import dev.outrigger.record.TlsCounts;
import dev.outrigger.record.TlsPeer;
import dev.outrigger.transport.OwnCertificate;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The families about TLS: handshakes, sessions taken up, and when the sidecar's own certificates end. One scrape each. */
final class TlsFamilies {
    private final CounterFamily handshakes = new CounterFamily(
            "outrigger_tls_handshakes", "TLS handshakes by what they came to.", "side", "name", "result");
    private final CounterFamily resumed = new CounterFamily(
            "outrigger_tls_sessions_resumed",
            "TLS handshakes that took up an earlier session, which spares the certificates.",
            "side",
            "name");
    private final GaugeFamily expiry = new GaugeFamily(
            "outrigger_tls_certificate_expiry_timestamp_seconds",
            "When a certificate that the sidecar shows ends; of several with one subject, the earliest.",
            Unit.SECONDS,
            "side",
            "name",
            "subject");

    void add(TlsPeer peer, TlsCounts counts) {
        String side = peer.side().label();
        for (HandshakeResult result : HandshakeResult.values()) {
            handshakes.add(counts.handshakes(result), side, peer.name(), result.label());
        }
        resumed.add(counts.resumed(), side, peer.name());
    }

    void add(Collection<OwnCertificate> certificates) {
        Map<List<String>, Instant> ends = new HashMap<>();
        for (OwnCertificate certificate : certificates) {
            TlsPeer peer = certificate.peer();
            ends.merge(
                    List.of(peer.side().label(), peer.name(), certificate.subject()),
                    certificate.notAfter(),
                    (one, other) -> one.isBefore(other) ? one : other);
        }
        ends.forEach((labels, end) -> expiry.set(end.getEpochSecond(), labels.toArray(String[]::new)));
    }

    void emit(Consumer<MetricSnapshot> sink) {
        List.of(handshakes, resumed).forEach(family -> sink.accept(family.snapshot()));
        sink.accept(expiry.snapshot());
    }
}
