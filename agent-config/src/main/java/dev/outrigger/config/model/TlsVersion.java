package dev.outrigger.config.model;

/** Versions of TLS that are spoken; older ones are broken. */
public enum TlsVersion {
    TLS_1_2("1.2"),
    TLS_1_3("1.3");

    private final String number;

    TlsVersion(String number) {
        this.number = number;
    }

    /** As in a configuration, {@code 1.3}. */
    public String number() {
        return number;
    }

    /** As the JDK and OpenSSL name it, {@code TLSv1.3}. */
    public String protocol() {
        return "TLSv" + number;
    }
}
