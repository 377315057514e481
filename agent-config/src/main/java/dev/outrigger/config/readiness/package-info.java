/**
 * Whether a valid configuration is also a wise one: a checklist for production, judged item by item, with advice.
 *
 * <p>{@code ReadinessChecklist} puts together what the {@code …Checks} say of a configuration and its {@code Surroundings}.
 *
 * <p>Owning thread: whichever calls, nothing is shared. Floor 1.
 */
@NullMarked
package dev.outrigger.config.readiness;

import org.jspecify.annotations.NullMarked;
