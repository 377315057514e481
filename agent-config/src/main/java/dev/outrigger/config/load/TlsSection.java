package dev.outrigger.config.load;

import dev.outrigger.config.model.CertificateConfig;
import dev.outrigger.config.model.ClientTlsConfig;
import dev.outrigger.config.model.ServerTlsConfig;
import dev.outrigger.config.model.ServerTlsConfig.ClientAuth;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The keys of TLS, on either side. TLS is on where the block is written, were it empty. */
final class TlsSection {
    static final String KEY = "tls";
    static final String CERTIFICATES = "certificates";
    static final String CERTIFICATE_FILE = "certificate-file";
    static final String KEY_FILE = "key-file";

    private static final CertificateConfig NONE = new CertificateConfig(Path.of(""), Path.of(""));

    private TlsSection() {}

    static Optional<ServerTlsConfig> server(ConfigReader listener) {
        boolean isOn = listener.isWritten(KEY);
        ConfigReader reader = listener.section(KEY);
        List<CertificateConfig> certificates = new ArrayList<>();
        for (ConfigReader certificate : reader.elements(CERTIFICATES)) {
            certificates.add(new CertificateConfig(
                    Path.of(certificate.read(CERTIFICATE_FILE, Kinds.FILE)),
                    Path.of(certificate.read(KEY_FILE, Kinds.FILE))));
            certificate.finish();
        }
        if (isOn && certificates.isEmpty()) {
            reader.demand(CERTIFICATES, "at least one { certificate-file = \"…\", key-file = \"…\" }");
            certificates.add(NONE);
        }
        ServerTlsConfig tls = new ServerTlsConfig(
                certificates,
                reader.read("client-auth", Kinds.choice(ClientAuth.class)),
                file(reader, "client-ca-file"),
                reader.read("min-version", Kinds.TLS_VERSION),
                reader.readAll("ciphers", Kinds.CIPHER),
                reader.read("handshake-timeout", Kinds.TIMEOUT),
                reader.read("session-timeout", Kinds.TIMEOUT_OR_ZERO),
                reader.read("forwarded-client-cert", Kinds.choice(ServerTlsConfig.ForwardedClientCert.class)));
        if (isOn && tls.clientAuth() != ClientAuth.OFF && tls.clientCaFile().isEmpty()) {
            reader.demand("client-ca-file", "a file with the certificates that clients' own have to lead to");
        }
        reader.finish();
        return isOn ? Optional.of(tls) : Optional.empty();
    }

    static Optional<ClientTlsConfig> client(ConfigReader upstream) {
        boolean isOn = upstream.isWritten(KEY);
        ConfigReader reader = upstream.section(KEY);
        Optional<Path> certificate = file(reader, CERTIFICATE_FILE);
        Optional<Path> key = file(reader, KEY_FILE);
        if (certificate.isPresent() != key.isPresent()) {
            String missing = certificate.isPresent() ? KEY_FILE : CERTIFICATE_FILE;
            reader.demand(missing, "a file, as the other of certificate-file and key-file is set");
        }
        ClientTlsConfig tls = new ClientTlsConfig(
                file(reader, "ca-file"),
                Optional.of(reader.read("server-name", Kinds.HOST_OR_EMPTY)).filter(name -> !name.isEmpty()),
                reader.read("verify", Kinds.SWITCH),
                reader.read("verify-name", Kinds.SWITCH),
                certificate.flatMap(file -> key.map(keyFile -> new CertificateConfig(file, keyFile))),
                reader.read("min-version", Kinds.TLS_VERSION),
                reader.readAll("ciphers", Kinds.CIPHER),
                reader.read("handshake-timeout", Kinds.TIMEOUT));
        reader.finish();
        return isOn ? Optional.of(tls) : Optional.empty();
    }

    private static Optional<Path> file(ConfigReader reader, String key) {
        String file = reader.read(key, Kinds.FILE_OR_EMPTY);
        return file.isEmpty() ? Optional.empty() : Optional.of(Path.of(file));
    }
}
