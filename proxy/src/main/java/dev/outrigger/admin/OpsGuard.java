package dev.outrigger.admin;

import org.jspecify.annotations.Nullable;

/** Looks at every request of a port before its route does. */
@FunctionalInterface
public interface OpsGuard {
    /** @return the refusal, or null to let the request pass */
    @Nullable
    OpsReply refuse(OpsRequest request);
}
