package dev.outrigger.admin;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The application's metrics behind the sidecar's on one page, for scrapers that ask one address per pod.
 *
 * <p>Both in the text format, the one that everything speaks and that can be put together line by line. What the sidecar
 * exports itself is left out of the application's part, because no sample may come twice on a page. An application that gives
 * no metrics, none in time, or something else takes away none of the sidecar's.
 */
public final class MergedMetrics implements MetricsSource {
    private static final String TEXT = "text/plain;version=0.0.4";
    private static final String TYPE_OF_PAGE = "text/plain; version=0.0.4; charset=utf-8";

    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final double LONGEST_SECONDS = 60;
    /** For the way back, of what the scraper waits. */
    private static final Duration RESERVE = Duration.ofMillis(500);

    private static final String SCRAPE_TIMEOUT = "X-Prometheus-Scrape-Timeout-Seconds";

    private final MetricsSource own;
    private final Supplier<String> url;
    private final AppClient client;

    /**
     * @param own the sidecar's
     * @param url the application's, by the configuration in force; empty for none
     */
    public MergedMetrics(MetricsSource own, Supplier<String> url, AppClient client) {
        this.own = own;
        this.url = url;
        this.client = client;
    }

    @Override
    public CompletionStage<OpsReply> render(String accept) {
        return render(accept, null, LIMIT);
    }

    @Override
    public OpsEndpoint endpoint() {
        return request -> render(request.accept(), request.askedAt(), limit(request.headers(SCRAPE_TIMEOUT)));
    }

    /** As long as the scraper waits, less a little; three seconds if it does not say. */
    static Duration limit(List<String> scrapeTimeout) {
        double seconds;
        try {
            seconds = scrapeTimeout.size() == 1 ? Double.parseDouble(scrapeTimeout.get(0)) : 0;
        } catch (NumberFormatException e) {
            return LIMIT;
        }
        if (!(seconds > 0)) {
            return LIMIT;
        }
        Duration waits = Duration.ofMillis((long) (Math.min(seconds, LONGEST_SECONDS) * 1000));
        Duration half = waits.dividedBy(2);
        return half.compareTo(RESERVE) < 0 ? half : waits.minus(RESERVE);
    }

    private CompletionStage<OpsReply> render(String accept, @Nullable InetAddress askedAt, Duration limit) {
        String application = url.get();
        if (application.isEmpty()) {
            return own.render(accept);
        }
        DefaultHttpHeaders headers = new DefaultHttpHeaders();
        headers.set(HttpHeaderNames.ACCEPT, TEXT);
        CompletionStage<String> foreign = client.get(URI.create(application), headers, askedAt, limit)
                .handle((answer, failure) -> failure == null ? text(answer) : missing(failure.getMessage()));
        return own.render(TEXT)
                .thenCombine(
                        foreign,
                        (reply, text) -> OpsReply.of(
                                200,
                                TYPE_OF_PAGE,
                                merged(reply.bodyText(), text).getBytes(StandardCharsets.UTF_8)));
    }

    private static String text(AppClient.Answer answer) {
        if (answer.status() != 200) {
            return missing("status " + answer.status());
        }
        // Without a type it is text, as scrapers have it. OpenMetrics has another ending, and other names of counters.
        String type = answer.contentType().split(";", 2)[0].strip();
        return type.isEmpty() || type.equalsIgnoreCase("text/plain")
                ? new String(answer.body(), StandardCharsets.UTF_8)
                : missing("expected text/plain");
    }

    private static String missing(@Nullable String reason) {
        return "# the application's metrics are missing: " + reason + '\n';
    }

    /** Appends the lines of metrics that are not on the first page. */
    static String merged(String first, String second) {
        Set<String> names = new HashSet<>();
        first.lines().map(MergedMetrics::name).forEach(names::add);
        StringBuilder page = new StringBuilder(first.length() + second.length()).append(first);
        int[] left = {0};
        second.lines()
                .filter(line -> !line.isBlank() && !line.equals("# EOF"))
                .filter(line -> line.startsWith("# the ") || !names.contains(name(line)))
                .forEach(line -> {
                    if (MetricLine.isValid(line)) {
                        page.append(line).append('\n');
                    } else {
                        left[0]++;
                    }
                });
        if (left[0] > 0) {
            page.append("# lines of the application that are no metrics: ")
                    .append(left[0])
                    .append('\n');
        }
        return page.toString();
    }

    /** Of a sample, or of what is said of its family. */
    private static String name(String line) {
        String[] words = line.split("[ \\t{]", 4);
        return words[0].equals("#") && words.length > 2 ? words[2] : words[0];
    }
}
