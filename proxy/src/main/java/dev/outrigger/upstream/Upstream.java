package dev.outrigger.upstream;

import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.resilience.CircuitBreaker;
import java.util.List;

/**
 * A named service: its endpoints and the one breaker that all workers share. The connections to it belong to the workers,
 * see {@link EndpointPool}.
 */
public final class Upstream {
    private final UpstreamConfig config;
    private final CircuitBreaker breaker;
    private final List<Endpoint> endpoints;
    private final UpstreamMemory memory;

    public Upstream(UpstreamConfig config, CircuitBreaker breaker, List<Endpoint> endpoints, UpstreamMemory memory) {
        this.config = config;
        this.breaker = breaker;
        this.endpoints = List.copyOf(endpoints);
        this.memory = memory;
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

    public ToolCatalog tools() {
        return memory.tools();
    }

    /** Whether at least one endpoint is healthy and the breaker lets calls pass. */
    public boolean isAvailable() {
        return breaker.state() != CircuitBreaker.State.OPEN
                && endpoints.stream().anyMatch(e -> e.status().healthy());
    }
}
