package dev.outrigger.config.load;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;

/** How values that come from environment variables tell where they come from. */
final class Environment {
    private static final String ORIGIN = "environment variable ";

    private Environment() {}

    /** A text of a variable. */
    static ConfigValue value(String variable, String text) {
        return ConfigValueFactory.fromAnyRef(text, ORIGIN + variable);
    }

    /** The variable that gave the whole of a value; empty if it comes from anywhere else. */
    static String variable(ConfigOrigin origin) {
        boolean isVariable = origin.description().startsWith(ORIGIN) && origin.filename() == null;
        return isVariable ? origin.description().substring(ORIGIN.length()) : "";
    }
}
