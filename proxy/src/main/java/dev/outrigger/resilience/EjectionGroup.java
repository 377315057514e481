package dev.outrigger.resilience;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * The endpoints of one upstream as far as ejection goes: only some of them may be out at a time. Looked through when one is
 * to be put out, instead of a count that is kept: nothing can then be counted twice, or stay counted when an endpoint goes.
 *
 * <p>Immutable; a configuration with other endpoints or another policy has another group, of the same ejections.
 */
public final class EjectionGroup {
    private final EjectionPolicy policy;
    private final Ejection[] members;
    private final DoubleSupplier chance;

    public EjectionGroup(EjectionPolicy policy, List<Ejection> members) {
        this(policy, members, () -> ThreadLocalRandom.current().nextDouble());
    }

    /** @param chance draws from 0 up to 1, on any thread: what part of the jitter an ejection gets */
    EjectionGroup(EjectionPolicy policy, List<Ejection> members, DoubleSupplier chance) {
        this.policy = policy;
        this.members = members.toArray(Ejection[]::new);
        this.chance = chance;
    }

    EjectionPolicy policy() {
        return policy;
    }

    /** How long the {@code inARow}-th ejection in a row of one of them is to last; drawn anew each time. */
    long lengthNanos(int inARow) {
        return policy.lengthNanos(inARow, chance.getAsDouble());
    }

    /** Whether any may ever be put out. */
    public boolean isOn() {
        return policy.isOn() && members.length > 1;
    }

    /** How many are out now. */
    public int out() {
        int out = 0;
        for (Ejection member : members) {
            out += member.isOut() ? 1 : 0;
        }
        return out;
    }

    /** Whether one more may be out. */
    boolean hasRoom() {
        return out() < policy.limit(members.length);
    }

    /** Whether more are out than may be. */
    boolean isOverfull() {
        return out() > policy.limit(members.length);
    }
}
