package dev.outrigger.config.load;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;

/** How values that come from environment variables tell where they come from. */
final class Environment {
    private static final String ORIGIN = "environment variable ";

    private Environment() {}

    /** A text of a variable. */
    static ConfigValue value(String variable, String text) {
        return ConfigValueFactory.fromAnyRef(text, ORIGIN + variable);
    }

    /** A list of texts of a variable. */
    static ConfigValue values(String variable, List<String> texts) {
        return ConfigValueFactory.fromIterable(texts, ORIGIN + variable);
    }

    /** Where problems of a variable are. */
    static Place place(String variable) {
        return new Place(ORIGIN + variable, 0);
    }

    /** The variable that gave the whole of a value; empty if it comes from anywhere else. */
    static String variable(ConfigOrigin origin) {
        boolean isVariable = origin.description().startsWith(ORIGIN) && origin.filename() == null;
        return isVariable ? origin.description().substring(ORIGIN.length()) : "";
    }
}
