package dev.outrigger.interception;

/** Whether IPv6 is intercepted, too. */
public enum Ipv6Mode {
    /** Where the namespace has IPv6. Where it has no address but its own loopback, failing at it is no failure. */
    AUTO,
    ON,
    OFF
}
