package dev.outrigger.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Guards that are replaced as a whole while requests come: a token that changes with the configuration. A request sees either
 * the old ones or the new ones. Replaced by any thread.
 */
public final class LiveGuards implements OpsGuard {
    private volatile List<OpsGuard> guards;

    /** Begins with these, asked in this order. */
    public LiveGuards(List<OpsGuard> guards) {
        this.guards = List.copyOf(guards);
    }

    /** From the next request on these are asked. */
    public void replace(List<OpsGuard> next) {
        guards = List.copyOf(next);
    }

    @Override
    public @Nullable OpsReply refuse(OpsRequest request) {
        for (OpsGuard guard : guards) {
            OpsReply refusal = guard.refuse(request);
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }
}
