package dev.outrigger.upstream;

import dev.outrigger.cache.Epochs;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.resilience.EjectionGroup;
import dev.outrigger.resilience.EjectionPolicy;
import dev.outrigger.resilience.RetryBudget;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A named service: its endpoints and the one breaker that all workers share. The connections to it belong to the workers,
 * see {@link EndpointPool}.
 */
public final class Upstream {
    private static final Logger LOG = System.getLogger(Upstream.class.getName());

    private final UpstreamConfig config;
    private final CircuitBreaker breaker;
    private final List<Endpoint> endpoints;
    private final UpstreamMemory memory;
    private final EjectionGroup ejections;

    /** @param endpoints those of {@code config}, in its order */
    public Upstream(UpstreamConfig config, CircuitBreaker breaker, List<Endpoint> endpoints, UpstreamMemory memory) {
        this.config = config;
        this.breaker = breaker;
        this.endpoints = List.copyOf(endpoints);
        this.memory = memory;
        this.ejections = new EjectionGroup(
                EjectionPolicy.of(config.balancing().ejection()),
                endpoints.stream().map(Endpoint::ejection).toList());
    }

    public String name() {
        return config.name();
    }

    public UpstreamConfig config() {
        return config;
    }

    public CircuitBreaker breaker() {
        return breaker;
    }

    public List<Endpoint> endpoints() {
        return endpoints;
    }

    public UpstreamMemory memory() {
        return memory;
    }

    public SessionTable sessions() {
        return memory.sessions();
    }

    public TaskTable tasks() {
        return memory.tasks();
    }

    /** Its own breaker, followed by those of its tools by name. */
    public Stream<CircuitBreaker> breakers() {
        return Stream.concat(
                Stream.of(breaker), toolBreakers().all().stream().sorted(Comparator.comparing(CircuitBreaker::name)));
    }

    /** The breakers of its tools, as far as they have some of their own. */
    public ToolBreakers toolBreakers() {
        return memory.breakers();
    }

    public ToolCatalog tools() {
        return memory.tools();
    }

    /**
     * The part of the requests that an endpoint gets, compared with the others.
     *
     * @param index of {@link #endpoints()}
     */
    public int weight(int index) {
        return config.endpoints().get(index).weight();
    }

    /** How many endpoints are out because they fail their requests. */
    public int ejected() {
        return ejections.out();
    }

    /** What has happened to its endpoints, over all configurations. */
    public UpstreamCounts counts() {
        return memory.counts();
    }

    /** A request to an endpoint went well. */
    public void onSuccess(Endpoint endpoint, long nowNanos) {
        if (endpoint.ejection().onSuccess(nowNanos)) {
            endpoint.beginsNow(nowNanos);
            LOG.log(Level.INFO, "endpoint {0} of upstream {1} is back", endpoint, name());
        }
    }

    /** A request to an endpoint failed by its fault; it may get no more of them for a while. */
    public void onFailure(Endpoint endpoint, long nowNanos) {
        long outNanos = endpoint.ejection().onFailure(ejections, nowNanos);
        if (outNanos > 0) {
            counts().ejections.incrementAndGet();
            LOG.log(
                    Level.WARNING,
                    "endpoint {0} of upstream {1} fails its requests and gets none for {2} ms",
                    endpoint,
                    name(),
                    TimeUnit.NANOSECONDS.toMillis(outNanos));
        }
    }

    /** Bounds the requests that are sent to it once more. */
    public RetryBudget retries() {
        return memory.retries();
    }

    /**
     * Whether a request may be served: an endpoint is healthy, and the breaker would not refuse.
     *
     * @param nowNanos the clock's reading
     */
    public boolean mayServe(long nowNanos) {
        return breaker.admits(nowNanos) && hasHealthyEndpoint();
    }

    private boolean hasHealthyEndpoint() {
        for (int i = 0; i < endpoints.size(); i++) {
            if (endpoints.get(i).status().healthy()) {
                return true;
            }
        }
        return false;
    }

    /** What it has said of changes. */
    public Epochs epochs() {
        return memory.epochs();
    }

    /** Whether at least one endpoint is healthy and the breaker lets calls pass. */
    public boolean isAvailable() {
        return breaker.state() != CircuitBreaker.State.OPEN && hasHealthyEndpoint();
    }
}
