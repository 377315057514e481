package dev.outrigger.record;

/**
 * With whom handshakes are made, as far as they are counted apart.
 *
 * @param name of the listener or the upstream
 */
public record TlsPeer(Side side, String name) {
    public enum Side {
        /** Clients, towards whom the sidecar is the server. */
        DOWNSTREAM("downstream"),
        UPSTREAM("upstream");

        private final String label;

        Side(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    public static TlsPeer clientsOf(String listener) {
        return new TlsPeer(Side.DOWNSTREAM, listener);
    }

    public static TlsPeer upstream(String name) {
        return new TlsPeer(Side.UPSTREAM, name);
    }
}
