package dev.outrigger.app;

import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.transport.TlsTable;
import java.io.IOException;

/**
 * The certificates and keys of the configuration in force, as their files are now. It is the first part to commit: a listener
 * or an upstream that begins to use TLS finds it in force.
 */
final class TlsFiles implements Reloadable {
    private final TlsTable tls;

    TlsFiles(TlsTable tls) {
        this.tls = tls;
    }

    @Override
    public Prepared prepare(ProxyConfig next) throws IOException {
        TlsTable.Contents made = tls.prepare(next);
        return Prepared.of(() -> tls.commit(made));
    }
}
