package dev.outrigger.admin;

/**
 * Whether the sidecar wants traffic. It only ever moves forward, because a signal to stop may arrive while the sidecar
 * still starts, and what then finishes starting must not call it ready again.
 *
 * <p>Safe for use by any thread.
 */
public final class Readiness {
    private volatile State state = State.STARTING;

    public State state() {
        return state;
    }

    public boolean isReady() {
        return state == State.READY;
    }

    /**
     * Moves to {@code next} unless that would be a step back.
     *
     * @return whether the state is {@code next} now
     */
    public synchronized boolean moveTo(State next) {
        if (next.compareTo(state) > 0) {
            state = next;
        }
        return state == next;
    }

    /** In the order in which they follow each other. */
    public enum State {
        /** Listeners are not all bound yet. */
        STARTING("starting"),
        /** Every listener accepts. */
        READY("ready"),
        /** Told to stop: exchanges in flight finish, new ones should go elsewhere. */
        DRAINING("draining");

        private final String label;

        State(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }
}
