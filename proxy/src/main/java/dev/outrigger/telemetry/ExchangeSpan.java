package dev.outrigger.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.InstrumentationLibraryInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import java.util.List;

/**
 * An ended exchange, or a call recorded apart from its exchange, as the span that is exported.
 *
 * <p>The SDK's own spans are for code that starts a span and ends it; here the ids, both timestamps and the sampling decision
 * exist before there is a span. Giving an exporter the finished data saves the SDK's second queue and its thread, and the
 * drops that nobody would see there.
 */
final class ExchangeSpan implements SpanData {
    private static final InstrumentationScopeInfo SCOPE = InstrumentationScopeInfo.create("dev.outrigger");

    private final Resource resource;
    private final String name;
    private final SpanContext context;
    private final SpanContext parent;
    private final List<LinkData> links;
    private final List<EventData> events;
    private final long startEpochNanos;
    private final long endEpochNanos;
    private final Attributes attributes;
    private final StatusData status;

    ExchangeSpan(
            Resource resource,
            String name,
            SpanContext context,
            SpanContext parent,
            List<LinkData> links,
            List<EventData> events,
            long startEpochNanos,
            long endEpochNanos,
            Attributes attributes,
            StatusData status) {
        this.resource = resource;
        this.name = name;
        this.context = context;
        this.parent = parent;
        this.links = links;
        this.events = events;
        this.startEpochNanos = startEpochNanos;
        this.endEpochNanos = endEpochNanos;
        this.attributes = attributes;
        this.status = status;
    }

    @Override
    public String getName() {
        return name;
    }

    /**
     * Calls are SERVER spans as well: OpenTelemetry's conventions for MCP want this kind for every message that a server
     * handles, however many of them one HTTP request carries, and INTERNAL would say that nobody waits for an answer.
     */
    @Override
    public SpanKind getKind() {
        return SpanKind.SERVER;
    }

    @Override
    public SpanContext getSpanContext() {
        return context;
    }

    @Override
    public SpanContext getParentSpanContext() {
        return parent;
    }

    @Override
    public StatusData getStatus() {
        return status;
    }

    @Override
    public long getStartEpochNanos() {
        return startEpochNanos;
    }

    @Override
    public long getEndEpochNanos() {
        return endEpochNanos;
    }

    @Override
    public boolean hasEnded() {
        return true;
    }

    @Override
    public Attributes getAttributes() {
        return attributes;
    }

    @Override
    public int getTotalAttributeCount() {
        return attributes.size();
    }

    @Override
    public List<EventData> getEvents() {
        return events;
    }

    @Override
    public int getTotalRecordedEvents() {
        return events.size();
    }

    @Override
    public List<LinkData> getLinks() {
        return links;
    }

    @Override
    public int getTotalRecordedLinks() {
        return links.size();
    }

    @Override
    public InstrumentationScopeInfo getInstrumentationScopeInfo() {
        return SCOPE;
    }

    @Deprecated
    @Override
    public InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
        return InstrumentationLibraryInfo.create(SCOPE.getName(), null);
    }

    @Override
    public Resource getResource() {
        return resource;
    }
}
