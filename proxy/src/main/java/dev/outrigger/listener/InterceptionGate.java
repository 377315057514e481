package dev.outrigger.listener;

import dev.outrigger.config.model.InterceptionConfig;
import dev.outrigger.record.CloseReason;
import dev.outrigger.transport.OriginalDestination;
import dev.outrigger.transport.OwnSockets;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Lets in what the network has redirected to a listener, and nothing else: a connection that was going nowhere else would have
 * the proxy connect to itself, and so would one that the proxy has made. Both come from rules that are wrong, or not there; what
 * is refused in time is an error of one connection, what is not fills the process.
 *
 * <p>Any worker's loop may ask.
 */
final class InterceptionGate {
    private final InterceptionConfig config;
    private final OwnSockets own;
    private final SeldomLog log;

    /** @param log told why a connection is refused */
    InterceptionGate(InterceptionConfig config, OwnSockets own, SeldomLog log) {
        this.config = config;
        this.own = own;
        this.log = log;
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
            log.warn("connections are not redirected, but made to the listener itself; it takes redirected ones only");
            return CloseReason.NOT_REDIRECTED;
        }
        if (isOwn(channel)) {
            log.warn("connections of this proxy itself are redirected to it, the last to " + destination
                    + "; the rules have to leave its user alone, and its source address");
            return CloseReason.LOOP;
        }
        if (own.isListener(destination)) {
            log.warn("connections to a listener of this proxy are redirected to it, the last to " + destination
                    + "; the rules have to leave its ports alone");
            return CloseReason.LOOP;
        }
        OriginalDestination.keep(channel, destination);
        return null;
    }

    private boolean isOwn(Channel channel) {
        boolean fromSource = !config.tproxy()
                && config.direction() == InterceptionConfig.Direction.INBOUND
                && channel.remoteAddress() instanceof InetSocketAddress peer
                && config.inboundSource().contains(peer.getAddress());
        return fromSource || own.isConnectedFrom(channel.remoteAddress());
    }
}
