package dev.outrigger.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A client that calls a few tools a second through the sidecar, so that there is something to see: one session, the same
 * mix of calls over and over, now and then as part of a trace.
 *
 * <p>It outlives everything: a call that fails is counted, a session that is gone is begun anew. Its one thread is a
 * daemon; the counts may be read from any thread.
 */
public final class DemoTraffic implements AutoCloseable {
    private static final Duration CALL_LIMIT = Duration.ofSeconds(10);
    private static final long PAUSE_MILLIS = 200;
    /** Shares no factor with the number of calls in the mix, so that each of them is traced at times. */
    private static final int CALLS_PER_TRACE = 3;

    private static final String VERSION = ProtocolVersion.LEGACY.get(0);

    /** Name and arguments; mostly fast, because that is what a healthy server looks like. */
    private static final List<String> CALLS = List.of(
            "\"echo\",\"arguments\":{\"message\":\"hello\"}",
            "\"echo\",\"arguments\":{\"message\":\"from the demo\"}",
            "\"slow\",\"arguments\":{\"millis\":50}",
            "\"flaky\",\"arguments\":{}",
            "\"echo\",\"arguments\":{\"message\":\"hello again\"}",
            "\"large\",\"arguments\":{\"bytes\":32768}",
            "\"progress\",\"arguments\":{\"steps\":3,\"interval_millis\":100},\"_meta\":{\"progressToken\":\"demo\"}",
            "\"flaky\",\"arguments\":{\"mode\":\"http\"}");

    private final URI endpoint;
    private final HttpClient client;
    private final ScheduledExecutorService thread;
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private @Nullable String session;
    private int nextId;

    /** @param endpoint the MCP endpoint as the sidecar shows it */
    public DemoTraffic(URI endpoint) {
        this.endpoint = endpoint;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CALL_LIMIT)
                .build();
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread daemon = new Thread(task, "outrigger-demo-traffic");
            daemon.setDaemon(true);
            return daemon;
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a turn never throws, so the schedule never ends by itself
    public void start() {
        thread.scheduleWithFixedDelay(this::turn, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Calls answered with HTTP 200, tool errors among them. */
    public long answered() {
        return answered.get();
    }

    /** Calls that failed in any other way. */
    public long failed() {
        return failed.get();
    }

    /** Stops at once, in the middle of a call if need be. */
    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void turn() {
        try {
            String current = session;
            if (current == null) {
                session = initialize();
            } else {
                call(current);
            }
        } catch (IOException | RuntimeException e) {
            failed.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Null if there is no session to be had; the next turn tries again. */
    private @Nullable String initialize() throws IOException, InterruptedException {
        String body =
                "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"" + VERSION
                        + "\",\"capabilities\":{},\"clientInfo\":{\"name\":\"outrigger-demo-traffic\",\"version\":\"1.0.0\"}}}";
        HttpResponse<String> response = send(request(body));
        String opened = response.headers().firstValue(LegacyEra.SESSION_HEADER).orElse(null);
        if (opened == null) {
            failed.incrementAndGet();
            return null;
        }
        String initialized = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";
        send(inSession(request(initialized), opened));
        return opened;
    }

    private void call(String current) throws IOException, InterruptedException {
        int id = ++nextId;
        String body = "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/call\",\"params\":{\"name\":"
                + CALLS.get(id % CALLS.size()) + "}}";
        HttpRequest.Builder request = inSession(request(body), current);
        if (id % CALLS_PER_TRACE == 0) {
            request.header("traceparent", newTraceparent());
        }
        int status = send(request).statusCode();
        if (status == 404) {
            session = null;
        }
        (status == 200 ? answered : failed).incrementAndGet();
    }

    private HttpRequest.Builder request(String body) {
        return HttpRequest.newBuilder(endpoint)
                .timeout(CALL_LIMIT)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private static HttpRequest.Builder inSession(HttpRequest.Builder request, String session) {
        return request.header(LegacyEra.SESSION_HEADER, session).header(ProtocolVersion.HEADER, VERSION);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** A sampled W3C trace context with random ids; {@code | 1} keeps them from being all zero, which would be invalid. */
    private static String newTraceparent() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return String.format(
                Locale.ROOT, "00-%016x%016x-%016x-01", random.nextLong(), random.nextLong() | 1, random.nextLong() | 1);
    }
}
