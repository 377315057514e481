package dev.outrigger.interception;

/**
 * Which of the kernel's two packet filters holds the rules. They exist side by side and do not see each other, so that all
 * who write rules of one namespace should use the same.
 */
public enum Backend {
    /** The one that has rules in this namespace already, else nf_tables, else the legacy one. */
    AUTO,
    /** nf_tables, by {@code iptables-nft}. */
    NFT,
    /** The older x_tables, by {@code iptables-legacy}. */
    LEGACY
}
