package dev.outrigger.soak;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** All clients, on one loop, and somebody who sees to it that none of them waits for ever. */
final class Crowd {
    /** Twice as long as the sidecar lets any exchange be silent. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** One client of so many only listens. */
    private static final int LISTENERS = 20;

    private final EventLoop loop;
    private final Class<? extends SocketChannel> channelType;
    private final InetSocketAddress target;
    private final List<SoakClient> clients = new ArrayList<>();
    private final Future<?> watch;
    private boolean leaving;

    private Crowd(EventLoop loop, Class<? extends SocketChannel> channelType, Tally tally, int port, int size) {
        this.loop = loop;
        this.channelType = channelType;
        this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        for (int i = 0; i < size; i++) {
            boolean listens = i % LISTENERS == 0;
            clients.add(new SoakClient(this, loop, tally, port, i, listens || i % 2 == 0, listens));
        }
        watch = loop.scheduleAtFixedRate(this::look, 1, 1, TimeUnit.SECONDS);
    }

    static Crowd start(EventLoop loop, Class<? extends SocketChannel> channelType, Tally tally, int port, int size) {
        Crowd crowd = new Crowd(loop, channelType, tally, port, size);
        loop.execute(() -> crowd.clients.forEach(SoakClient::start));
        return crowd;
    }

    private void look() {
        long sinceNanos = System.nanoTime() - SILENCE_NANOS;
        clients.forEach(client -> client.giveUpIfSilentSince(sinceNanos));
    }

    /** Loop only. */
    boolean isLeaving() {
        return leaving;
    }

    /** Loop only. */
    void connect(SoakClient client) {
        new Bootstrap()
                .group(loop)
                .channel(channelType)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpResponseDecoder(), new ClientConnection(client));
                    }
                })
                .connect(target)
                .addListener(connect -> {
                    if (!connect.isSuccess()) {
                        client.onConnectFailed();
                    }
                });
    }

    /** Nobody calls any more; callable from any thread, as what follows. */
    void leave() {
        loop.execute(() -> {
            leaving = true;
            clients.forEach(SoakClient::leave);
        });
    }

    /** Clients that wait for something yet. */
    int left() {
        return loop.submit(() -> (int)
                        clients.stream().filter(client -> !client.isGone()).count())
                .syncUninterruptibly()
                .getNow();
    }

    /** Ends for all what is not over. */
    void end() {
        loop.submit(() -> {
                    watch.cancel(false);
                    clients.forEach(client -> client.giveUpIfSilentSince(System.nanoTime()));
                })
                .syncUninterruptibly();
    }
}
