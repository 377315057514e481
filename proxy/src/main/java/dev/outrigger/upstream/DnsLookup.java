package dev.outrigger.upstream;

import dev.outrigger.config.model.DnsConfig;
import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.config.model.HostPort;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks name servers for the endpoints that a name stands for: addresses (A, AAAA), for a service the hosts, ports and weights
 * before (SRV, RFC 2782).
 *
 * <p>Nothing blocks; answers come on the resolver's loop.
 */
final class DnsLookup {
    /** A weight of 0 stands for "hardly ever", which a weight of 1 comes near enough to. */
    private static final int LEAST_WEIGHT = 1;

    /** Larger ones are scaled down together: what counts is how they compare. */
    private static final int MOST_WEIGHT = 1000;

    private static final int ADDRESS_FIELDS = 3;

    private final DnsConfig config;
    private final DnsNameResolver resolver;

    DnsLookup(DnsConfig config, DnsNameResolver resolver) {
        this.config = config;
        this.resolver = resolver;
    }

    /**
     * Looks up what there is now.
     *
     * @return what was found, nothing if the name does not exist or has no addresses; fails if there was no answer
     */
    CompletableFuture<Found> begin() {
        return config.isService()
                ? services()
                : addresses(config.target().host(), config.target().port(), 1);
    }

    private CompletableFuture<Found> services() {
        return ask(config.target().host(), DnsRecordType.SRV, DnsLookup::service)
                .thenCompose(answer -> {
                    int lowest = answer.values().stream()
                            .mapToInt(Service::priority)
                            .min()
                            .orElse(0);
                    List<Service> used = answer.values().stream()
                            .filter(service -> service.priority() == lowest)
                            .toList();
                    int heaviest = used.stream().mapToInt(Service::weight).max().orElse(0);
                    CompletableFuture<Found> all =
                            CompletableFuture.completedFuture(new Found(List.of(), answer.ttlSeconds()));
                    for (Service service : used) {
                        all = all.thenCombine(
                                addresses(service.host(), service.port(), scaled(service.weight(), heaviest)),
                                Found::and);
                    }
                    return all;
                });
    }

    private static int scaled(int weight, int heaviest) {
        int fitting = heaviest > MOST_WEIGHT ? Math.round((float) weight * MOST_WEIGHT / heaviest) : weight;
        return Math.max(LEAST_WEIGHT, fitting);
    }

    private CompletableFuture<Found> addresses(String host, int port, int weight) {
        CompletableFuture<Answer<InetAddress>> answer =
                switch (config.family()) {
                    case IPV4 -> ask(host, DnsRecordType.A, DnsLookup::address);
                    case IPV6 -> ask(host, DnsRecordType.AAAA, DnsLookup::address);
                    case BOTH ->
                        ask(host, DnsRecordType.A, DnsLookup::address)
                                .thenCombine(ask(host, DnsRecordType.AAAA, DnsLookup::address), Answer::and);
                    case AUTO ->
                        ask(host, DnsRecordType.A, DnsLookup::address)
                                .thenCompose(four -> four.values().isEmpty()
                                        ? ask(host, DnsRecordType.AAAA, DnsLookup::address)
                                        : CompletableFuture.completedFuture(four));
                };
        return answer.thenApply(found -> new Found(
                found.values().stream()
                        .map(at -> new EndpointConfig(new HostPort(at.getHostAddress(), port), weight))
                        .toList(),
                found.ttlSeconds()));
    }

    /** @param reader of one record; null if it is none of these */
    private <T> CompletableFuture<Answer<T>> ask(
            String name, DnsRecordType type, Function<DnsRawRecord, @Nullable T> reader) {
        CompletableFuture<Answer<T>> answer = new CompletableFuture<>();
        resolver.resolveAll(new Question(name, type)).addListener((Future<List<DnsRecord>> done) -> {
            if (done.isSuccess()) {
                complete(answer, done.getNow(), type, reader);
            } else if (saysThatThereIsNone(done.cause())) {
                answer.complete(new Answer<>(List.of(), Long.MAX_VALUE));
            } else {
                answer.completeExceptionally(done.cause());
            }
        });
        return answer;
    }

    /** Whatever a name server sends, the look-up ends: it would be the last one else. */
    private static <T> void complete(
            CompletableFuture<Answer<T>> answer,
            List<DnsRecord> records,
            DnsRecordType type,
            Function<DnsRawRecord, @Nullable T> reader) {
        try {
            answer.complete(read(records, type, reader));
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        } finally {
            records.forEach(ReferenceCountUtil::release);
        }
    }

    private static <T> Answer<T> read(
            List<DnsRecord> records, DnsRecordType type, Function<DnsRawRecord, @Nullable T> reader) {
        List<T> values = new ArrayList<>();
        long ttlSeconds = Long.MAX_VALUE;
        for (DnsRecord record : records) {
            if (record.type().equals(type) && record instanceof DnsRawRecord raw) {
                T value = reader.apply(raw);
                if (value != null) {
                    values.add(value);
                    ttlSeconds = Math.min(ttlSeconds, record.timeToLive());
                }
            }
        }
        return new Answer<>(values, ttlSeconds);
    }

    /** The resolver tells all that goes wrong by one exception; without a cause, or with this one, there was an answer. */
    static boolean saysThatThereIsNone(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof UnknownHostException
                && (cause == null
                        || (cause instanceof DnsErrorCauseException told
                                && told.getCode().equals(DnsResponseCode.NXDOMAIN)));
    }

    private static @Nullable InetAddress address(DnsRawRecord record) {
        ByteBuf content = record.content();
        byte[] bytes = new byte[content.readableBytes()];
        content.getBytes(content.readerIndex(), bytes);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static @Nullable Service service(DnsRawRecord record) {
        ByteBuf content = record.content();
        if (content.readableBytes() <= ADDRESS_FIELDS * Short.BYTES) {
            return null;
        }
        int priority = content.readUnsignedShort();
        int weight = content.readUnsignedShort();
        int port = content.readUnsignedShort();
        String host = DefaultDnsRecordDecoder.decodeName(content);
        // A single dot says that there is no such service.
        boolean exists = port > 0 && !host.equals(".");
        return exists ? new Service(priority, weight, host, port) : null;
    }

    /**
     * A name as it was written. Netty's own question ends each in a dot, which says that it is whole: the resolver would not
     * try the search list of the system, without which {@code mcp.default.svc} is nothing in a cluster.
     */
    private record Question(String name, DnsRecordType type) implements DnsQuestion {
        @Override
        public int dnsClass() {
            return CLASS_IN;
        }

        /** Of no meaning for a question. */
        @Override
        public long timeToLive() {
            return 0;
        }
    }

    /** One SRV record. */
    private record Service(int priority, int weight, String host, int port) {}

    /** What one question has brought. */
    private record Answer<T>(List<T> values, long ttlSeconds) {
        static <T> Answer<T> and(Answer<T> one, Answer<T> other) {
            List<T> all = new ArrayList<>(one.values);
            all.addAll(other.values);
            return new Answer<>(all, Math.min(one.ttlSeconds, other.ttlSeconds));
        }
    }

    /**
     * What a name stands for.
     *
     * @param endpoints each address once, sorted, so that equal answers are equal in whatever order servers tell them
     * @param ttlSeconds how long that is so
     */
    record Found(List<EndpointConfig> endpoints, long ttlSeconds) {
        Found {
            Map<String, EndpointConfig> sorted = new TreeMap<>();
            endpoints.forEach(endpoint -> sorted.putIfAbsent(endpoint.address().toString(), endpoint));
            endpoints = List.copyOf(sorted.values());
        }

        static Found and(Found one, Found other) {
            List<EndpointConfig> all = new ArrayList<>(one.endpoints);
            all.addAll(other.endpoints);
            return new Found(all, Math.min(one.ttlSeconds, other.ttlSeconds));
        }
    }
}
