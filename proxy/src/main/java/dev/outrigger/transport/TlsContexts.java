package dev.outrigger.transport;

import dev.outrigger.config.model.CertificateConfig;
import dev.outrigger.config.model.ClientTlsConfig;
import dev.outrigger.config.model.ServerTlsConfig;
import dev.outrigger.config.model.TlsVersion;
import dev.outrigger.record.TlsPeer;
import dev.outrigger.time.NanoClock;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.security.SecureRandom;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Makes what TLS needs out of the configuration and of the files that it names, or says what is wrong with them.
 *
 * <p>What BoringSSL holds for a context is given back once nobody can reach the context's owner any more. Handshakes look
 * their context up at their start and use it some packets later, on any loop, while a reload puts another one in its place;
 * counting would need a hold from the accept on, and a rule for who comes a moment too late. Reachability says the same
 * without either, and a context more for some time costs a few hundred kilobytes. Connections count themselves, in the
 * context that made them.
 *
 * <p>Blocking, as it reads files; never for an event loop.
 */
public final class TlsContexts {
    private static final Logger LOG = System.getLogger(TlsContexts.class.getName());
    /**
     * Forward secrecy and authenticated encryption throughout: all of TLS 1.3, and of 1.2 what Mozilla's "intermediate" list
     * (version 5.7) has kept of ECDHE. The 128-bit ones come first as they are the fastest, and no weaker in practice.
     */
    private static final List<String> STRONG_SUITES = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    /** Sessions that one context remembers where there are no tickets: about a kilobyte each. */
    private static final long SESSION_CACHE = 10_000;

    private static final String NAME_CHECK = "HTTPS";

    private final TlsEngineKind kind;
    private final SecureRandom random;
    private final Cleaner cleaner;
    private final NanoClock clock;
    private final InstantSource wallClock;

    /**
     * @param cleaner gives back what is out of use
     * @param wallClock that certificates are held against
     */
    public TlsContexts(
            TlsEngineKind kind, SecureRandom random, Cleaner cleaner, NanoClock clock, InstantSource wallClock) {
        this.kind = kind;
        this.random = random;
        this.cleaner = cleaner;
        this.clock = clock;
        this.wallClock = wallClock;
    }

    /** Who does the cryptography. */
    public TlsEngineKind kind() {
        return kind;
    }

    /**
     * @param listener for whose clients
     * @param protocols to choose from by ALPN (RFC 7301), the best first; none for what is not HTTP
     * @throws IOException naming the file, or the cipher suite, that is wrong, and what was expected
     */
    ServerTls server(String listener, ServerTlsConfig config, List<String> protocols) throws IOException {
        List<SslContext> made = new ArrayList<>();
        List<OwnCertificate> certificates = new ArrayList<>();
        Map<String, SslContext> byName = new HashMap<>();
        try {
            for (CertificateConfig files : config.certificates()) {
                CertifiedKey pair = read(files);
                SslContext context = server(pair, config, protocols);
                made.add(context);
                // Where two certificates have a name, it belongs to the first.
                pair.names().forEach(name -> byName.putIfAbsent(name, context));
                certificates.add(OwnCertificate.of(TlsPeer.clientsOf(listener), pair.certificate()));
            }
        } catch (IOException | RuntimeException e) {
            made.forEach(ReferenceCountUtil::release);
            throw e;
        }
        ServerTls tls = new ServerTls(
                config,
                new ServerNames<>(byName, made.get(0)),
                tickets(made, config.sessionTimeout()),
                onHandshake(config.sessionTimeout()),
                certificates,
                wallClock);
        cleaner.register(tls, () -> made.forEach(ReferenceCountUtil::release));
        return tls;
    }

    /** A certificate out of its time is used nevertheless: some peers do not look, and with none at all nobody gets through. */
    private CertifiedKey read(CertificateConfig files) throws IOException {
        CertifiedKey pair = CertifiedKey.read(files);
        try {
            pair.certificate().checkValidity(Date.from(wallClock.instant()));
        } catch (CertificateExpiredException | CertificateNotYetValidException e) {
            LOG.log(
                    Level.WARNING,
                    "the certificate in " + files.certificateFile() + " is valid from "
                            + pair.certificate().getNotBefore().toInstant() + " to "
                            + pair.certificate().getNotAfter().toInstant() + ", which is not now");
        }
        return pair;
    }

    private SslContext server(CertifiedKey pair, ServerTlsConfig config, List<String> protocols) throws IOException {
        SslContextBuilder builder = SslContextBuilder.forServer(pair.key(), pair.chain());
        if (config.clientCaFile().isPresent()) {
            builder.trustManager(PemFile.certificates(config.clientCaFile().get()));
        }
        builder.clientAuth(
                switch (config.clientAuth()) {
                    case OFF -> ClientAuth.NONE;
                    case OPTIONAL -> ClientAuth.OPTIONAL;
                    case REQUIRED -> ClientAuth.REQUIRE;
                });
        // Zero would be no bound at all. The JDK has no way to say never, so with it a session ends after a second.
        boolean resumes = !config.sessionTimeout().isZero();
        builder.sessionCacheSize(resumes ? SESSION_CACHE : 1)
                .sessionTimeout(Math.max(1, config.sessionTimeout().toSeconds()));
        return build(builder, config.minVersion(), config.ciphers(), protocols);
    }

    private List<SessionTickets> tickets(List<SslContext> contexts, Duration timeout) {
        if (kind != TlsEngineKind.BORING_SSL || timeout.isZero()) {
            return List.of();
        }
        List<SessionTickets> all = new ArrayList<>();
        for (SslContext context : contexts) {
            SessionTickets tickets = new SessionTickets(context, random, TimeUnit.NANOSECONDS.convert(timeout));
            tickets.renew(clock.nanoTime());
            all.add(tickets);
        }
        return all;
    }

    /** What is said to a context when a handshake begins. */
    private Consumer<SslContext> onHandshake(Duration timeout) {
        return kind == TlsEngineKind.BORING_SSL && timeout.isZero()
                ? context -> SessionTickets.forget(context, random)
                : context -> {};
    }

    /**
     * @param upstream its name
     * @param protocols to offer by ALPN (RFC 7301), the best first
     * @throws IOException naming the file, or the cipher suite, that is wrong, and what was expected
     */
    ClientTls client(String upstream, ClientTlsConfig config, List<String> protocols) throws IOException {
        SslContextBuilder builder = SslContextBuilder.forClient();
        if (!config.verify()) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        } else if (config.caFile().isPresent()) {
            builder.trustManager(PemFile.certificates(config.caFile().get()));
        }
        builder.endpointIdentificationAlgorithm(config.verify() && config.verifyName() ? NAME_CHECK : null);
        List<OwnCertificate> certificates = new ArrayList<>();
        if (config.certificate().isPresent()) {
            CertifiedKey pair = read(config.certificate().get());
            builder.keyManager(pair.key(), pair.chain());
            certificates.add(OwnCertificate.of(TlsPeer.upstream(upstream), pair.certificate()));
        }
        SslContext context = build(builder, config.minVersion(), config.ciphers(), protocols);
        ClientTls tls = new ClientTls(config, context, certificates, wallClock);
        cleaner.register(tls, () -> ReferenceCountUtil.release(context));
        return tls;
    }

    private SslContext build(SslContextBuilder builder, TlsVersion oldest, List<String> wanted, List<String> protocols)
            throws IOException {
        List<String> suites = wanted.isEmpty() ? STRONG_SUITES : wanted;
        Set<String> known = kind.suites();
        for (String suite : wanted) {
            if (!known.contains(suite)) {
                throw new IOException("cipher suite " + suite + " is not known, expected one of those of "
                        + kind.label() + ", " + String.join(" ", STRONG_SUITES) + " among them");
            }
        }
        return builder.sslProvider(kind.provider())
                .protocols(
                        oldest == TlsVersion.TLS_1_3
                                ? List.of(TlsVersion.TLS_1_3.protocol())
                                : List.of(TlsVersion.TLS_1_3.protocol(), TlsVersion.TLS_1_2.protocol()))
                .ciphers(suites, SupportedCipherSuiteFilter.INSTANCE)
                .applicationProtocolConfig(alpn(protocols))
                .build();
    }

    /** Who shares none of the protocols is not turned away: the bytes will tell. */
    private static ApplicationProtocolConfig alpn(List<String> protocols) {
        return protocols.isEmpty()
                ? ApplicationProtocolConfig.DISABLED
                : new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        protocols);
    }
}
