package dev.outrigger.config.load;

import com.typesafe.config.ConfigValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kind of value: how it is read and what to say if it cannot be.
 *
 * @param expected completes "expected …" in a problem
 * @param standIn stands in the record for a refused value so that reading can go on; such a record is never handed out
 * @param candidates what a mistyped value may have meant; empty unless the values can be listed
 * @param isSecret whether a refused value must not be shown
 */
record ValueKind<T>(String expected, T standIn, List<String> candidates, boolean isSecret, Parser<T> parser) {
    /** A kind whose values may be shown. */
    ValueKind(String expected, T standIn, List<String> candidates, Parser<T> parser) {
        this(expected, standIn, candidates, false, parser);
    }

    /** Reads one value. */
    @FunctionalInterface
    interface Parser<T> {
        /** The value, or null if it is not of this kind. */
        @Nullable
        T parse(ConfigValue value);
    }

    /** Reads the text of a scalar. */
    @FunctionalInterface
    interface TextParser<T> {
        /** The value, or null if it is not of this kind. */
        @Nullable
        T parse(String text);
    }

    /** A kind whose values are never shown. */
    static <T> ValueKind<T> secret(String expected, T standIn, Parser<T> parser) {
        return new ValueKind<>(expected, standIn, List.of(), true, parser);
    }

    /** A kind that is written as a scalar. */
    static <T> ValueKind<T> ofText(String expected, T standIn, TextParser<T> parser) {
        return new ValueKind<>(expected, standIn, List.of(), value -> {
            String text = ValueText.ofScalar(value);
            return text == null ? null : parser.parse(text);
        });
    }
}
