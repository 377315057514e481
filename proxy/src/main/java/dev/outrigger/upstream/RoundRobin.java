package dev.outrigger.upstream;

/**
 * One after the other, each as often as its weight says and evenly spread: of weights 5 and 1 the light one does not wait for
 * five in a row of the other. nginx's smooth weighted round robin: in each turn everyone gains its weight, the one that has
 * most is chosen and pays the sum of all.
 */
final class RoundRobin implements Balancer {
    /** What each has gained, by its place among all endpoints. */
    private final long[] gained;

    RoundRobin(int endpoints) {
        this.gained = new long[endpoints];
    }

    @Override
    public EndpointPool choose(Candidates candidates, long nowNanos) {
        int best = 0;
        for (int i = 0; i < candidates.size(); i++) {
            gained[candidates.place(i)] += candidates.weight(i);
            if (gained[candidates.place(i)] > gained[candidates.place(best)]) {
                best = i;
            }
        }
        gained[candidates.place(best)] -= candidates.totalWeight();
        return candidates.pool(best);
    }
}
