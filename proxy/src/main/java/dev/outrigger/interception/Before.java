package dev.outrigger.interception;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a family had of ours before something was changed, to put it back. */
final class Before {
    private final IpFamily family;
    private final Map<Iptables, List<Table>> tables;
    private final LocalRoutes routes;
    private final Set<LocalRoutes.Part> parts;

    /** @param tables of each backend, those that were not empty */
    Before(IpFamily family, Map<Iptables, List<Table>> tables, LocalRoutes routes, Set<LocalRoutes.Part> parts) {
        this.family = family;
        this.tables = tables;
        this.routes = routes;
        this.parts = parts;
    }

    /**
     * Puts it back, as far as that goes.
     *
     * @param failure why; is told what does not go
     */
    void restore(IOException failure) throws InterruptedException {
        attempt(failure, () -> routes.add(family, parts));
        for (Map.Entry<Iptables, List<Table>> entry : tables.entrySet()) {
            if (entry.getKey().has(family)) {
                attempt(failure, () -> entry.getKey().write(family, whole(entry.getValue())));
            }
        }
        attempt(failure, () -> routes.retain(family, parts));
    }

    private static List<Table> whole(List<Table> present) {
        return Table.NAMES.stream()
                .map(name -> present.stream()
                        .filter(table -> table.name().equals(name))
                        .findFirst()
                        .orElse(Table.empty(name)))
                .toList();
    }

    private static void attempt(IOException failure, Step step) throws InterruptedException {
        try {
            step.run();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private interface Step {
        void run() throws IOException, InterruptedException;
    }
}
