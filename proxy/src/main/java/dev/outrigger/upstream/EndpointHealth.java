package dev.outrigger.upstream;

/**
 * Turns the results of one endpoint's checks into its status: one result is noise, some in a row are a fact. Only the very
 * first result decides alone, since there is nothing else to go by.
 *
 * <p>No I/O; single thread.
 */
final class EndpointHealth {
    /** The error of a check that succeeded. */
    static final String NO_ERROR = "";

    private final int healthyAfter;
    private final int unhealthyAfter;
    private boolean checked;
    /** Results in a row that contradict the status. */
    private int contradictions;

    private EndpointStatus status;

    /**
     * @param healthyAfter successes in a row that make an unhealthy endpoint healthy
     * @param unhealthyAfter failures in a row that make a healthy endpoint unhealthy
     * @param known what earlier checks have found; {@link EndpointStatus#UNKNOWN} if there were none
     */
    EndpointHealth(int healthyAfter, int unhealthyAfter, EndpointStatus known) {
        this.healthyAfter = healthyAfter;
        this.unhealthyAfter = unhealthyAfter;
        this.status = known;
        this.checked = known.checkedAtEpochMillis() != 0;
    }

    /**
     * @param error {@link #NO_ERROR} if the check succeeded, else why it failed
     * @param elapsedNanos how long the check took
     */
    EndpointStatus afterCheck(String error, long elapsedNanos, long nowEpochMillis) {
        boolean succeeded = error.isEmpty();
        boolean healthy = judge(succeeded);
        status = new EndpointStatus(
                healthy, errorShown(healthy, error), succeeded ? elapsedNanos : status.latencyNanos(), nowEpochMillis);
        return status;
    }

    private boolean judge(boolean succeeded) {
        boolean healthy = status.healthy();
        if (!checked) {
            checked = true;
            return succeeded;
        }
        if (succeeded == healthy) {
            contradictions = 0;
            return healthy;
        }
        contradictions++;
        if (contradictions < (healthy ? unhealthyAfter : healthyAfter)) {
            return healthy;
        }
        contradictions = 0;
        return succeeded;
    }

    /** An endpoint that is about to recover keeps its last error until it has. */
    private String errorShown(boolean healthy, String error) {
        if (healthy) {
            return NO_ERROR;
        }
        return error.isEmpty() ? status.error() : error;
    }
}
