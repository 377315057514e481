package dev.outrigger.transport;

import org.jspecify.annotations.Nullable;

/** Where a connection asks, at its start, for the TLS that is in force. Called by any thread. */
public interface TlsSource {
    /** Nobody has any. */
    TlsSource NONE = new TlsSource() {
        @Override
        public @Nullable ServerTls server(String listener) {
            return null;
        }

        @Override
        public @Nullable ClientTls client(String upstream) {
            return null;
        }
    };

    /** TLS towards the clients of a listener; null if it has none. */
    @Nullable
    ServerTls server(String listener);

    /** TLS towards an upstream; null if it has none. */
    @Nullable
    ClientTls client(String upstream);
}
