package dev.outrigger.inject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What came of asking for a sidecar in a pod. A refusal is an answer like the others: it is what its author has to read. */
public sealed interface Injection {
    /**
     * The sidecar is in.
     *
     * @param pod the whole pod or pod template, another tree than the one that was asked about
     * @param warnings what its author should know, a sentence each
     */
    record Injected(ObjectNode pod, List<String> warnings) implements Injection {}

    /**
     * The pod stays as it is.
     *
     * @param why a phrase, for the log and for people who wonder where the sidecar is
     */
    record Untouched(String why) implements Injection {}

    /**
     * The pod must not run like this.
     *
     * @param problems each with the name of what is wrong, its value and what was expected
     */
    record Refused(List<String> problems) implements Injection {
        @Override
        public String toString() {
            return String.join("; ", problems);
        }
    }
}
