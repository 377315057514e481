package dev.outrigger.app;

import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.TlsContexts;
import dev.outrigger.transport.TlsEngineKind;
import dev.outrigger.transport.TlsTable;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * The certificates and keys of the configuration in force, as their files are now. It is the first part to commit: a listener
 * or an upstream that begins to use TLS finds it in force.
 */
final class TlsFiles implements Reloadable {
    private final TlsTable tls;

    TlsFiles(TlsTable tls) {
        this.tls = tls;
    }

    /** A table without contents, for the TLS library that this machine has; loaded once it is needed. */
    static TlsTable table(NanoClock clock) {
        return new TlsTable(
                () -> new TlsContexts(
                        TlsEngineKind.best(), new SecureRandom(), Cleaner.create(), clock, InstantSource.system()),
                clock);
    }

    @Override
    public Prepared prepare(ProxyConfig next) throws IOException {
        TlsTable.Contents made = tls.prepare(next);
        return Prepared.of(() -> tls.commit(made));
    }
}
