package dev.outrigger.upstream;

import dev.outrigger.cache.Epochs;
import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.resilience.CircuitBreaker;
import dev.outrigger.resilience.EjectionGroup;
import dev.outrigger.resilience.EjectionPolicy;
import dev.outrigger.resilience.RetryBudget;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A named service: its endpoints and the one breaker that all workers share. The connections to it belong to the workers,
 * see {@link EndpointPool}.
 */
public final class Upstream {
    private static final Logger LOG = System.getLogger(Upstream.class.getName());

    private final UpstreamConfig config;
    private final CircuitBreaker breaker;
    private final List<EndpointConfig> addresses;
    private final List<Endpoint> endpoints;
    private final List<Endpoint> draining;
    private final UpstreamMemory memory;
    private final EjectionGroup ejections;
    private final @Nullable Sources sources;

    /**
     * One of endpoints that are configured.
     *
     * @param endpoints those of {@code config}, in its order
     */
    public Upstream(UpstreamConfig config, CircuitBreaker breaker, List<Endpoint> endpoints, UpstreamMemory memory) {
        this(config, breaker, config.endpoints(), endpoints, List.of(), memory);
    }

    /**
     * @param addresses of the endpoints, configured or found
     * @param endpoints in the same order
     * @param draining others that were found before and still hold sessions or tasks
     */
    public Upstream(
            UpstreamConfig config,
            CircuitBreaker breaker,
            List<EndpointConfig> addresses,
            List<Endpoint> endpoints,
            List<Endpoint> draining,
            UpstreamMemory memory) {
        this(config, breaker, addresses, endpoints, draining, memory, null);
    }

    private Upstream(
            UpstreamConfig config,
            CircuitBreaker breaker,
            List<EndpointConfig> addresses,
            List<Endpoint> endpoints,
            List<Endpoint> draining,
            UpstreamMemory memory,
            @Nullable Sources sources) {
        this.sources = sources;
        this.config = config;
        this.breaker = breaker;
        this.addresses = List.copyOf(addresses);
        this.endpoints = List.copyOf(endpoints);
        this.draining = List.copyOf(draining);
        this.memory = memory;
        this.ejections = new EjectionGroup(
                EjectionPolicy.of(config.balancing().ejection()),
                endpoints.stream().map(Endpoint::ejection).toList());
    }

    /**
     * One that stands for the destination that redirected connections were going to, which no configuration names.
     *
     * @param config of all of its kind
     * @param sources where connections to it come from
     */
    public static Upstream original(
            UpstreamConfig config, CircuitBreaker breaker, Endpoint endpoint, UpstreamMemory memory, Sources sources) {
        InetSocketAddress address = endpoint.address();
        EndpointConfig written = EndpointConfig.of(address.getHostString(), address.getPort());
        return new Upstream(config, breaker, List.of(written), List.of(endpoint), List.of(), memory, sources);
    }

    /** Where connections to an original destination come from; null for an upstream of the configuration. */
    @Nullable
    Sources sources() {
        return sources;
    }

    /** Whether it stands for an original destination; such a one is part of no snapshot. */
    public boolean isOriginal() {
        return sources != null;
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

    /** What {@link #endpoints()} were made of, in the same order. */
    public List<EndpointConfig> addresses() {
        return addresses;
    }

    /** Endpoints that are found no more, and that get the requests of the sessions and tasks which they hold, and no others. */
    public List<Endpoint> draining() {
        return draining;
    }

    /** Endpoints that get requests, and those that are draining. */
    public List<Endpoint> reachable() {
        if (draining.isEmpty()) {
            return endpoints;
        }
        List<Endpoint> all = new ArrayList<>(endpoints);
        all.addAll(draining);
        return all;
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
        return addresses.get(index).weight();
    }

    /** How many endpoints are out because they fail their requests. */
    public int ejected() {
        return ejections.out();
    }

    /** What has happened to its endpoints, over all configurations. */
    public UpstreamCounts counts() {
        return memory.counts();
    }

    /**
     * Whether what fails at an endpoint says something of the upstream: not while another one works. That is what ejection is
     * for, and many requests that fail at once, because the one endpoint that had them has died, must not shut the others off.
     */
    public boolean failsWith(Endpoint failed) {
        if (!ejections.isOn()) {
            return true;
        }
        for (Endpoint endpoint : endpoints) {
            if (endpoint != failed && !endpoint.isDead() && endpoint.ejection().isFine()) {
                return false;
            }
        }
        return true;
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
     * Whether a request may be served: the breaker would not refuse, and an endpoint is healthy and not put out. One that was put
     * out and is due for a try counts: requests that all go elsewhere would never bring it back.
     *
     * @param nowNanos the clock's reading
     */
    public boolean mayServe(long nowNanos) {
        return breaker.admits(nowNanos) && hasEndpointFor(nowNanos);
    }

    private boolean hasEndpointFor(long nowNanos) {
        for (int i = 0; i < endpoints.size(); i++) {
            Endpoint endpoint = endpoints.get(i);
            if (!endpoint.isDead() && endpoint.ejection().admits(nowNanos)) {
                return true;
            }
        }
        return false;
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
