package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.config.model.DnsConfig;
import dev.outrigger.config.model.EndpointConfig;
import dev.outrigger.config.model.HostPort;
import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.testing.NameServer;
import dev.outrigger.transport.EventLoops;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With the search list of a pod: the cluster's own domains, and names of fewer than five dots completed by them first. */
class DnsLookupTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final EventLoops loops = EventLoops.probe(Transport.NIO);
    private final EventLoopGroup group = loops.open(1, "dns-test");
    private NameServer names;
    private DnsNameResolver resolver;

    @BeforeEach
    void open() throws Exception {
        names = new NameServer();
        resolver = new DnsNameResolverBuilder(group.next())
                .datagramChannelType(loops.datagramChannel())
                .searchDomains(List.of("default.svc.cluster.test", "svc.cluster.test", "cluster.test"))
                .ndots(5)
                .nameServerProvider(new SequentialDnsServerAddressStreamProvider(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), names.port())))
                .build();
    }

    @AfterEach
    void close() throws Exception {
        resolver.close();
        names.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private List<String> find(HostPort target) throws Exception {
        Duration any = Duration.ofSeconds(5);
        DnsConfig config = new DnsConfig(target, DnsConfig.Family.AUTO, List.of(), any, any, any, any);
        return new DnsLookup(config, resolver)
                .begin().get(LIMIT.toSeconds(), TimeUnit.SECONDS).endpoints().stream()
                        .map(EndpointConfig::address)
                        .map(HostPort::toString)
                        .toList();
    }

    @Test
    void aNameIsCompletedByTheSearchList() throws Exception {
        names.addresses("mcp.default.svc.cluster.test", "10.0.0.7");
        assertEquals(List.of("10.0.0.7:8080"), find(new HostPort("mcp.default.svc", 8080)));
        assertEquals(List.of("10.0.0.7:8080"), find(new HostPort("mcp", 8080)));
    }

    @Test
    void aNameThatEndsInADotIsTakenAsItIs() throws Exception {
        names.addresses("mcp.default.svc.cluster.test", "10.0.0.7");
        assertEquals(List.of(), find(new HostPort("mcp.default.svc.", 8080)));
        assertEquals(List.of("10.0.0.7:8080"), find(new HostPort("mcp.default.svc.cluster.test.", 8080)));
    }

    @Test
    void aServiceIsCompletedTooAndItsHostsAreNot() throws Exception {
        names.services("_mcp._tcp.mcp.default.svc.cluster.test", "1 1 80 pod.mcp.default.svc.cluster.test");
        names.addresses("pod.mcp.default.svc.cluster.test", "10.0.0.8");
        assertEquals(List.of("10.0.0.8:80"), find(new HostPort("_mcp._tcp.mcp.default.svc", 0)));
        assertEquals(4, names.questions(), "one for each domain of the list, and one for the host");
    }

    @Test
    void aNameThatIsNowhereIsNone() throws Exception {
        assertEquals(List.of(), find(new HostPort("nobody", 80)));
    }
}
