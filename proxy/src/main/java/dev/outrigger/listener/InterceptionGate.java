package dev.outrigger.listener;

import dev.outrigger.config.model.InterceptionConfig;
import dev.outrigger.http.Intercepted;
import dev.outrigger.record.CloseReason;
import dev.outrigger.time.NanoClock;
import dev.outrigger.transport.LocalEnd;
import dev.outrigger.transport.OriginalDestination;
import dev.outrigger.transport.OwnSockets;
import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets in what the network has redirected to a listener, and nothing else: a connection that was going nowhere else would have
 * the proxy connect to itself, and so would one that the proxy has made. Both come from rules that are wrong, or not there; what
 * is refused in time is an error of one connection, what is not fills the process.
 *
 * <p>Any worker's loop may ask.
 */
final class InterceptionGate {
    private static final Logger LOG = System.getLogger(InterceptionGate.class.getName());

    private final InterceptionConfig config;
    private final OwnSockets own;
    private final SeldomLog strays;
    private final SeldomLog loops;

    InterceptionGate(String listener, InterceptionConfig config, OwnSockets own, NanoClock clock) {
        this.config = config;
        this.own = own;
        String prefix = "listener " + listener + ": ";
        this.strays = new SeldomLog(LOG, prefix, clock);
        this.loops = new SeldomLog(LOG, prefix, clock);
        own.watch();
    }

    /**
     * Finds out where an accepted connection was going, and keeps that with it.
     *
     * @return why it must not come in; null if it may
     */
    @Nullable
    CloseReason enter(Channel channel) {
        InetSocketAddress destination = OriginalDestination.ask(channel, config.tproxy());
        if (destination == null) {
            strays.warn(
                    "connections are not redirected, but made to the listener itself; it takes redirected ones only");
            return CloseReason.NOT_REDIRECTED;
        }
        if (isOwn(channel, destination)) {
            loops.warn("connections of this proxy itself are redirected to it, the last to " + destination
                    + "; the rules have to leave its user alone, and its source address");
            return CloseReason.LOOP;
        }
        if (own.isListener(destination)) {
            loops.warn("connections to a listener of this proxy are redirected to it, the last to " + destination
                    + "; the rules have to leave its ports alone");
            return CloseReason.LOOP;
        }
        OriginalDestination.keep(channel, new Intercepted(destination, config));
        return null;
    }

    private boolean isOwn(Channel channel, InetSocketAddress destination) {
        boolean fromSource = !config.tproxy()
                && config.direction() == InterceptionConfig.Direction.INBOUND
                && channel.remoteAddress() instanceof InetSocketAddress peer
                && config.inboundSource().contains(peer.getAddress());
        return fromSource || own.isConnected(channel.remoteAddress(), destination);
    }

    /** Tells of addresses that connections to the application should come from and cannot. */
    static void checkSources(String listener, InterceptionConfig config) {
        boolean areUsed = !config.tproxy() && config.direction() == InterceptionConfig.Direction.INBOUND;
        for (InetAddress source : areUsed ? config.inboundSource() : List.<InetAddress>of()) {
            if (!LocalEnd.isAvailable(source)) {
                LOG.log(
                        Level.INFO,
                        "listener {0}: {1} is no address of this machine; connections to the application over its family"
                                + " come from whichever the system takes",
                        listener,
                        NetUtil.toAddressString(source));
            }
        }
    }
}
