package dev.outrigger.config.readiness;

/** How an item of the checklist came out. */
public enum Grade {
    /** As it should be; there may still be something to consider. */
    PASS,
    /** Works, and will hurt some day. */
    WARN,
    /** Not fit for production. */
    FAIL
}
