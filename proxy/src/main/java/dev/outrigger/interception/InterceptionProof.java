package dev.outrigger.interception;

import dev.outrigger.config.model.AddressRange;
import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.interception.InterceptionSettings.Inbound;
import dev.outrigger.interception.InterceptionSettings.Outbound;
import dev.outrigger.transport.EventLoops;
import io.netty.channel.EventLoopGroup;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Proves that the rules lead connections where they should, by being both ends of some: it listens in the proxy's place, opens
 * connections that the rules have to take, and looks where each was going before they did.
 *
 * <p>Nothing within a namespace can come in from outside, so the inbound connection goes to the proxy's own source address,
 * which the rules treat as what comes from elsewhere: it passes the same chain. The outbound one goes to an address that is for
 * documents only, so that it reaches nobody if the rules are missing.
 */
final class InterceptionProof implements AutoCloseable {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int USUAL_PORT = 8080;
    /** How long one connection may take. */
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final InterceptionSettings settings;
    private final EventLoops loops;
    private final EventLoopGroup group;

    /** @throws InterceptionException if this system has no epoll, without which nobody can ask where a connection was going */
    InterceptionProof(InterceptionSettings settings) throws InterceptionException {
        this.settings = settings;
        try {
            this.loops = EventLoops.probe(Transport.EPOLL);
        } catch (IllegalStateException e) {
            throw new InterceptionException("no proof without epoll: " + e.getMessage());
        }
        this.group = loops.open(1, "proof");
    }

    /**
     * Proves one family's rules.
     *
     * @return what was proven, a line for each direction
     * @throws InterceptionException if a connection did not come, with what is missing
     */
    List<String> of(IpFamily family) throws IOException, InterruptedException {
        List<String> proven = new ArrayList<>();
        if (settings.inbound() != null) {
            proven.add(inbound(family, settings.inbound()));
        }
        if (settings.outbound() != null) {
            proven.add(outbound(family, settings.outbound()));
        }
        return proven;
    }

    private String inbound(IpFamily family, Inbound inbound) throws IOException, InterruptedException {
        String what = family.label() + " inbound";
        InetSocketAddress target = new InetSocketAddress(
                family.source(), port(what, inbound.ports(), inbound.excluded().plus(settings.ownPorts())));
        // The kernel looks for a transparent listener at an address of the interface, of which lo may have several.
        InetSocketAddress own =
                new InetSocketAddress(settings.isTproxy() ? family.anyAddress() : family.loopback(), inbound.port());
        try (ProofListener listener = listen(own, settings.isTproxy())) {
            listener.connect(target, family.loopback(), LIMIT_NANOS);
        } catch (ProofFailure e) {
            throw failed(what, target, own, e);
        }
        return what + ": a connection to " + NetUtil.toSocketAddressString(target) + " came to port " + own.getPort();
    }

    private String outbound(IpFamily family, Outbound outbound) throws IOException, InterruptedException {
        String what = family.label() + " outbound";
        refuseProxysOwner(what);
        int port = port(what, outbound.ports(), outbound.excluded());
        InetSocketAddress own = new InetSocketAddress(family.loopback(), outbound.port());
        List<InetAddress> targets = targets(family, outbound);
        if (targets.isEmpty()) {
            return what + ": nothing to prove, no address of it is led to the proxy";
        }
        try (ProofListener listener = listen(own, false)) {
            for (InetAddress address : targets) {
                InetSocketAddress target = new InetSocketAddress(address, port);
                try {
                    listener.connect(target, null, LIMIT_NANOS);
                    return what + ": a connection to " + NetUtil.toSocketAddressString(target) + " came to "
                            + NetUtil.toSocketAddressString(own) + ", where the listener has to be";
                } catch (ProofFailure e) {
                    if (!e.isWithoutRoute()) {
                        throw failed(what, target, own, e);
                    }
                }
            }
        }
        return what + ": nothing to prove, there is no route to any of " + texts(targets);
    }

    private ProofListener listen(InetSocketAddress own, boolean transparent)
            throws InterruptedException, InterceptionException {
        try {
            return ProofListener.bind(loops, group, own, transparent);
        } catch (ProofFailure e) {
            throw new InterceptionException("no proof: can not listen on " + NetUtil.toSocketAddressString(own) + ", "
                    + e.getMessage() + " (the proxy must not run yet"
                    + (transparent ? "; a transparent socket needs NET_ADMIN)" : ")"));
        }
    }

    private static InterceptionException failed(
            String what, InetSocketAddress target, InetSocketAddress own, ProofFailure failure) {
        return new InterceptionException(
                what + ": a connection to " + NetUtil.toSocketAddressString(target) + " did not come to port "
                        + own.getPort() + " (" + failure.getMessage()
                        + "); the rules are missing, or are not what these options ask for: see --show");
    }

    /** The rules let the proxy's own connections pass, so that they would prove nothing. */
    private void refuseProxysOwner(String what) throws IOException {
        long uid = effective("Uid:");
        long gid = effective("Gid:");
        if (settings.proxyUids().contains(uid) || settings.proxyGids().contains(gid)) {
            throw new InterceptionException(what + ": no proof by uid " + uid + ", gid " + gid
                    + ", whose connections are the proxy's own; expected another user, or --no-outbound");
        }
    }

    /** Real, effective, saved and file system's, by tabulators. */
    private static long effective(String kind) throws IOException {
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith(kind)) {
                return Long.parseLong(line.split("\\s+", -1)[2]);
            }
        }
        throw new InterceptionException(STATUS + " has no " + kind);
    }

    private static int port(String what, PortRanges ports, PortRanges excluded) throws InterceptionException {
        int usual = ports.firstOutside(excluded, USUAL_PORT);
        int port = usual > 0 ? usual : ports.firstOutside(excluded, 1);
        if (port < 0) {
            throw new InterceptionException(what + ": no proof, as every port of " + ports + " is excluded");
        }
        return port;
    }

    /** Addresses that are led to the proxy: those that reach nobody first, then neighbours, where there is no other route. */
    private static List<InetAddress> targets(IpFamily family, Outbound outbound) throws IOException {
        List<InetAddress> candidates = new ArrayList<>();
        candidates.add(family.elsewhere());
        for (AddressRange range : outbound.ranges().of(family)) {
            candidates.add(range.address());
            candidates.add(neighbour(range.address()));
        }
        for (NetworkInterface device : NetworkInterface.networkInterfaces().toList()) {
            for (InterfaceAddress address : device.getInterfaceAddresses()) {
                if (!device.isLoopback() && family.has(address.getAddress())) {
                    candidates.addAll(neighbours(address));
                }
            }
        }
        return candidates.stream()
                .filter(address -> !address.isLinkLocalAddress() && !address.isAnyLocalAddress())
                .filter(address ->
                        outbound.ranges().isEmpty() || outbound.ranges().contains(address))
                .filter(address -> !outbound.excludedRanges().contains(address))
                .distinct()
                .toList();
    }

    /** The address that differs in the last bit, which has the same route. */
    private static InetAddress neighbour(InetAddress address) throws IOException {
        byte[] bytes = address.getAddress();
        bytes[bytes.length - 1] ^= 1;
        return InetAddress.getByAddress(bytes);
    }

    /** Addresses beside our own on the same link. */
    private static List<InetAddress> neighbours(InterfaceAddress own) throws IOException {
        AddressRange link = new AddressRange(own.getAddress(), own.getNetworkPrefixLength());
        List<InetAddress> neighbours = new ArrayList<>();
        for (int step : new int[] {1, -1}) {
            byte[] bytes = own.getAddress().getAddress();
            bytes[bytes.length - 1] += (byte) step;
            InetAddress neighbour = InetAddress.getByAddress(bytes);
            if (link.contains(neighbour) && !neighbour.equals(own.getBroadcast())) {
                neighbours.add(neighbour);
            }
        }
        return neighbours;
    }

    private static String texts(List<InetAddress> addresses) {
        return addresses.stream().map(NetUtil::toAddressString).collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
