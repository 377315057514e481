package dev.outrigger.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One opaque connection to an upstream on its way: from a socket to something that a relay can use. */
final class OpaqueArrival extends ChannelInitializer<Channel> implements ChannelFutureListener {
    private static final Logger LOG = System.getLogger(OpaqueArrival.class.getName());

    private final @Nullable ProxyHeader header;
    private final @Nullable LocalEnd from;
    private final OpaqueDial dial;
    private final Consumer<Boolean> onEnd;
    private final OpaqueHandler handler;

    /**
     * @param header sent before everything else; null for none
     * @param from where it comes from; null for whichever the system takes
     * @param onEnd told once, when the connection is closed or could not be made, whether it was there
     */
    OpaqueArrival(@Nullable ProxyHeader header, @Nullable LocalEnd from, OpaqueDial dial, Consumer<Boolean> onEnd) {
        this.header = header;
        this.from = from;
        this.dial = dial;
        this.onEnd = onEnd;
        this.handler = new OpaqueHandler(
                dial::onConnected, (where, cause) -> LOG.log(Level.ERROR, "defect on an upstream's " + where, cause));
    }

    ByteStream stream() {
        return handler;
    }

    @Override
    protected void initChannel(Channel channel) {
        if (header != null) {
            channel.pipeline().addLast(new ProxyHeaderWriter(header));
        }
        channel.pipeline().addLast(handler);
    }

    @Override
    public void operationComplete(ChannelFuture connected) {
        boolean made = connected.isSuccess();
        connected.channel().closeFuture().addListener(closed -> onEnd.accept(made));
        if (!made) {
            dial.onConnectFailed(UpstreamConnector.failure(connected.cause(), from));
        }
    }
}
