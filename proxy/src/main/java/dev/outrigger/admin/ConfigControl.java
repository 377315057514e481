package dev.outrigger.admin;

import dev.outrigger.config.model.LogLevel;
import dev.outrigger.runtime.Switches;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * The configuration in force, and what an operator can do with it and with the process. It is implemented two floors up, where
 * everything that a reload touches is known; here is all that the admin port needs of it.
 *
 * <p>Called on the operations loop: nothing here may block. Stages complete on any thread.
 */
public interface ConfigControl {
    /** What is in force now; an immutable value, replaced by each reload and each switch. */
    ConfigState state();

    /**
     * Reads the configuration file anew and takes up what it says, or changes nothing.
     *
     * @param trigger who asks, for the log and {@code /config}
     * @return completes when the result is in force; a configuration with problems is a result and no exception
     */
    CompletionStage<ReloadResult> reload(String trigger);

    /**
     * Changes switches until the next reload that changes anything.
     *
     * @param change applied to the switches that are in force when its turn comes
     * @return completes with what is in force afterwards, once every worker has taken it up
     */
    CompletionStage<ConfigState> switchTo(UnaryOperator<Switches> change);

    /**
     * Sets a threshold of the application log until the next reload that changes anything.
     *
     * @param logger one of our packages or classes; empty is the threshold of everything and takes back all others
     */
    void logLevel(String logger, LogLevel level);

    /** The thresholds in force by logger; the one of everything stands under the empty name. */
    Map<String, LogLevel> logLevels();

    /** Begins the orderly stop of the process, as SIGTERM does. Later calls do nothing. */
    void drain();
}
