package dev.outrigger.config.load;

import dev.outrigger.config.model.ProxyConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** How a load ended: a wrong configuration is an ordinary result, not an exception. */
public sealed interface LoadResult {
    /**
     * The absolute paths of all files that were looked at, included ones and missing ones too: when one of them changes,
     * another load may end otherwise.
     */
    Set<Path> files();

    /** The configuration is complete and consistent. */
    record Loaded(ProxyConfig config, Set<Path> files) implements LoadResult {
        public Loaded {
            files = Set.copyOf(files);
        }
    }

    /** @param problems all of them, at least one, by file and line */
    record Refused(List<ConfigProblem> problems, Set<Path> files) implements LoadResult {
        public Refused {
            problems = List.copyOf(problems);
            files = Set.copyOf(files);
        }

        /** One problem per line. */
        @Override
        public String toString() {
            return String.join(
                    "\n", problems.stream().map(ConfigProblem::toString).toList());
        }
    }
}
