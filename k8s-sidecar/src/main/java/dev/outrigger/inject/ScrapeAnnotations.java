package dev.outrigger.inject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The annotations by which many Prometheus installations find what to scrape. There is one set of them in a pod, so the sidecar
 * takes it over and appends the application's metrics to its own.
 */
final class ScrapeAnnotations {
    private static final String SCRAPE = "prometheus.io/scrape";
    private static final String PORT = "prometheus.io/port";
    private static final String PATH = "prometheus.io/path";
    private static final String SCHEME = "prometheus.io/scheme";
    private static final String METRICS = "/metrics";
    private static final Pattern PLAIN_PATH = Pattern.compile("[A-Za-z0-9._~/-]+");

    private final ObjectNode annotations;
    private final List<String> warnings;

    ScrapeAnnotations(ObjectNode annotations, List<String> warnings) {
        this.annotations = annotations;
        this.warnings = warnings;
    }

    /**
     * Turns them to the sidecar, unless the pod says that nobody shall scrape it.
     *
     * @param firstPort where the application is scraped if its annotations do not say
     * @return where the application shows metrics of its own
     */
    Optional<String> takeOver(int firstPort) {
        String scrape = annotations.path(SCRAPE).asText("");
        String scheme = annotations.path(SCHEME).asText("http");
        if (scrape.equals("false")) {
            return Optional.empty();
        }
        if (scrape.equals("true") && !scheme.equals("http")) {
            warnings.add("annotation " + SCHEME + " is \"" + scheme + "\", so the annotations of prometheus.io stay the"
                    + " application's: the sidecar appends only what it gets by http");
            return Optional.empty();
        }
        Optional<String> own = scrape.equals("true") ? own(firstPort) : Optional.empty();
        if (scrape.equals("true") && own.isEmpty()) {
            return Optional.empty();
        }
        annotations
                .put(SCRAPE, "true")
                .put(PORT, Integer.toString(Sidecar.STATUS_PORT))
                .put(PATH, METRICS);
        if (annotations.has(SCHEME)) {
            annotations.put(SCHEME, "http");
        }
        return own;
    }

    private Optional<String> own(int firstPort) {
        String port = annotations.path(PORT).asText(firstPort == 0 ? "" : Integer.toString(firstPort));
        JsonNode given = annotations.path(PATH);
        String path = given.asText("").isEmpty() ? METRICS : given.asText();
        if (!Interception.isPortRange(port) || port.contains("-")) {
            warnings.add("annotation " + PORT + " is \"" + port
                    + "\", expected a port: the annotations of prometheus.io" + " stay as they are");
            return Optional.empty();
        }
        if (!PLAIN_PATH.matcher(path).matches()) {
            warnings.add("annotation " + PATH + " is \"" + path
                    + "\", expected a path without a query: the annotations of" + " prometheus.io stay as they are");
            return Optional.empty();
        }
        return Optional.of("http://127.0.0.1:" + port + (path.startsWith("/") ? path : '/' + path));
    }
}
