package dev.outrigger.app;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;

/**
 * One line of a dead-letter file, as far as it is needed to make the call again.
 *
 * @param tool its label, for whoever reads what happened
 * @param target where it was sent, path and query
 * @param protocolVersion empty if its head had none
 * @param modern whether it is of a revision without sessions
 * @param maybeDone whether an upstream may have acted on it
 * @param message the call, JSON
 */
record KeptCall(String tool, String target, String protocolVersion, boolean modern, boolean maybeDone, String message) {
    private static final ConfigParseOptions JSON = ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON);

    /** @throws IllegalArgumentException if it is no such line, or only a part of one */
    static KeptCall parse(String line) {
        try {
            Config fields = ConfigFactory.parseString(line, JSON);
            String target = fields.getString("target");
            if (!target.startsWith("/")) {
                throw new IllegalArgumentException("a target that is no path");
            }
            return new KeptCall(
                    fields.getString("tool"),
                    target,
                    fields.hasPath("protocol_version") ? fields.getString("protocol_version") : "",
                    fields.getBoolean("modern"),
                    fields.getBoolean("maybe_done"),
                    fields.getString("message"));
        } catch (ConfigException e) {
            throw new IllegalArgumentException("no call of a dead-letter file", e);
        }
    }
}
