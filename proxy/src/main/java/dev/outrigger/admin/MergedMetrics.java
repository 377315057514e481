package dev.outrigger.admin;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The application's metrics behind the sidecar's on one page, for scrapers that ask one address per pod.
 *
 * <p>Both in the text format, the one that everything speaks and that can be put together line by line. What the sidecar
 * exports itself is left out of the application's part, because no sample may come twice on a page. An application that gives
 * no metrics takes away none of the sidecar's.
 */
public final class MergedMetrics implements MetricsSource {
    private static final String TEXT = "text/plain;version=0.0.4";
    private static final String TYPE_OF_PAGE = "text/plain; version=0.0.4; charset=utf-8";

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
        String application = url.get();
        if (application.isEmpty()) {
            return own.render(accept);
        }
        DefaultHttpHeaders headers = new DefaultHttpHeaders();
        headers.set(HttpHeaderNames.ACCEPT, TEXT);
        CompletionStage<String> foreign = client.get(URI.create(application), headers)
                .handle((answer, failure) -> {
                    if (failure != null) {
                        return "# the application's metrics are missing: " + failure.getMessage() + '\n';
                    }
                    return answer.status() == 200
                            ? new String(answer.body(), StandardCharsets.UTF_8)
                            : "# the application's metrics are missing: status " + answer.status() + '\n';
                });
        return own.render(TEXT)
                .thenCombine(
                        foreign,
                        (reply, text) -> OpsReply.of(
                                200,
                                TYPE_OF_PAGE,
                                merged(reply.bodyText(), text).getBytes(StandardCharsets.UTF_8)));
    }

    /** Appends the lines of metrics that are not on the first page. */
    static String merged(String first, String second) {
        Set<String> names = new HashSet<>();
        first.lines().map(MergedMetrics::name).forEach(names::add);
        StringBuilder page = new StringBuilder(first.length() + second.length()).append(first);
        second.lines()
                .filter(line -> !line.isBlank() && !line.equals("# EOF"))
                .filter(line -> line.startsWith("# the ") || !names.contains(name(line)))
                .forEach(line -> page.append(line).append('\n'));
        return page.toString();
    }

    /** Of a sample, or of what is said of its family. */
    private static String name(String line) {
        String[] words = line.split("[ \\t{]", 4);
        return words[0].equals("#") && words.length > 2 ? words[2] : words[0];
    }
}
