package dev.outrigger.runtime;

import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.upstream.Upstream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the requests of one route may go: to upstreams that share them by weight, and to others in order when the one that was
 * chosen is of no use. Immutable.
 */
public final class Destinations {
    private final List<Upstream> choices;
    /** Where the part of each choice ends; the last is the sum of all weights. */
    private final int[] ends;

    private final List<Upstream> alternates;
    private final List<Upstream> all;
    private final @Nullable TrafficShift shift;

    /**
     * @param choices at least one
     * @param weights of the choices, not negative, with a sum above 0
     * @param alternates in the order in which they are tried
     */
    Destinations(List<Upstream> choices, List<Integer> weights, List<Upstream> alternates) {
        this(choices, weights, alternates, null);
    }

    /** Two, between which requests move; the old one stands in for the new one before all others. */
    Destinations(Shifting shifting, List<Upstream> alternates) {
        this(
                List.of(shifting.from(), shifting.to()),
                List.of(1, 0),
                Stream.concat(Stream.of(shifting.from()), alternates.stream())
                        .distinct()
                        .toList(),
                shifting.shift());
    }

    private Destinations(
            List<Upstream> choices, List<Integer> weights, List<Upstream> alternates, @Nullable TrafficShift shift) {
        this.shift = shift;
        this.choices = List.copyOf(choices);
        this.alternates = List.copyOf(alternates);
        this.ends = new int[choices.size()];
        int end = 0;
        for (int i = 0; i < ends.length; i++) {
            end = Math.addExact(end, weights.get(i));
            ends[i] = end;
        }
        Set<Upstream> distinct = new LinkedHashSet<>(choices);
        distinct.addAll(alternates);
        this.all = new ArrayList<>(distinct);
    }

    /** One, for everything. */
    static Destinations of(Upstream upstream) {
        return new Destinations(List.of(upstream), List.of(1), List.of());
    }

    /** Whether there is nothing to choose. */
    public boolean isSingle() {
        return all.size() == 1;
    }

    /** The one that there is without a choice. */
    public Upstream first() {
        return choices.get(0);
    }

    /** All that a request may go to, each once. */
    public List<Upstream> all() {
        return all;
    }

    /**
     * Chooses by weight, or as far as a shift has come.
     *
     * @param chance any number; equally distributed ones give each choice its part
     */
    public Upstream choose(int chance) {
        TrafficShift moves = shift;
        if (moves != null) {
            return choices.get(moves.takesNew(chance) ? 1 : 0);
        }
        int total = ends[ends.length - 1];
        // The high half of a product spreads over any range without a division (Lemire).
        int place = (int) (((chance & 0xFFFF_FFFFL) * total) >>> Integer.SIZE);
        int i = 0;
        while (place >= ends[i]) {
            i++;
        }
        return choices.get(i);
    }

    /** The shift between two of them; null without one. */
    public @Nullable Shifting shifting() {
        TrafficShift moves = shift;
        return moves == null ? null : new Shifting(moves, choices.get(0), choices.get(1));
    }

    /** What judges the calls of an upstream because requests move to it; null if none do. */
    public @Nullable TrafficShift shiftTo(Upstream upstream) {
        return shift != null && choices.get(1) == upstream ? shift : null;
    }

    /**
     * The first alternate that may take a request.
     *
     * @param chosen what is of no use
     * @param nowNanos the clock's reading
     * @return null without one
     */
    public @Nullable Upstream insteadOf(Upstream chosen, long nowNanos) {
        for (int i = 0; i < alternates.size(); i++) {
            Upstream alternate = alternates.get(i);
            if (alternate != chosen && alternate.mayServe(nowNanos)) {
                return alternate;
            }
        }
        return null;
    }

    /** A shift and the upstreams that it is between. */
    public record Shifting(TrafficShift shift, Upstream from, Upstream to) {
        /** {@link TrafficShift#tick} with what the breaker of the new upstream says. */
        public Optional<TrafficShift.Change> tick(long nowNanos) {
            boolean refuses = to.breaker().state() == CircuitBreaker.State.OPEN;
            return Optional.ofNullable(shift.tick(refuses, nowNanos));
        }
    }
}
