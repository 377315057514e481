package dev.outrigger.config.load;

import dev.outrigger.config.model.ProxyConfig;
import java.util.List;

/** How a load ended: a wrong configuration is an ordinary result, not an exception. */
public sealed interface LoadResult {
    /** The configuration is complete and consistent. */
    record Loaded(ProxyConfig config) implements LoadResult {}

    /** @param problems all of them, at least one, by file and line */
    record Refused(List<ConfigProblem> problems) implements LoadResult {
        public Refused {
            problems = List.copyOf(problems);
        }

        /** One problem per line. */
        @Override
        public String toString() {
            return String.join(
                    "\n", problems.stream().map(ConfigProblem::toString).toList());
        }
    }
}
