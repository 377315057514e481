package dev.outrigger.config.load;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What may stand at a key. Shapes say which names an environment variable can mean, and check the keys whose features are
 * still to come: for those a table is enough, a record with their values would be read by nobody.
 */
sealed interface Shape {
    /** A scalar. */
    record Value(ValueKind<?> kind) implements Shape {}

    /** A list, not empty. */
    record Items(Shape of) implements Shape {}

    /**
     * An object with free names.
     *
     * @param takesVariables whether an environment variable can give a new name, which is then in lower case with dashes
     */
    record Named(ValueKind<String> name, boolean takesVariables, Shape of) implements Shape {}

    /** An object whose keys are not published yet. */
    record Open() implements Shape {}

    /**
     * An object with these keys.
     *
     * @param required those of them that must be there
     * @param words texts that may stand for the whole object
     */
    record Block(Map<String, Shape> keys, Set<String> required, List<String> words) implements Shape {
        public Block {
            keys = Map.copyOf(keys);
            required = Set.copyOf(required);
            words = List.copyOf(words);
        }

        Block(Map<String, Shape> keys, String... required) {
            this(keys, Set.of(required), List.of());
        }

        /** The same object, or one of some words instead of it. */
        Block or(String... moreWords) {
            return new Block(keys, required, List.of(moreWords));
        }
    }
}
