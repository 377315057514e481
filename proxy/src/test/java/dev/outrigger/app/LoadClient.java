package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.testing.Await;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls at a steady rate, whether or not earlier ones are answered, over kept connections and some new ones, on one event
 * loop that it shares with its upstreams: on a small machine the load must not be what is measured.
 *
 * <p>It forgives nothing: a connection that ends while an answer is awaited is a failed call, even where a client would be
 * allowed to send again.
 */
final class LoadClient implements AutoCloseable {
    /** Without the leak detector, which tests have at its most thorough: it would cost more than the calls. */
    static final ByteBufAllocator ALLOCATOR = new UnpooledByteBufAllocator(false, true);

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final long TICK_MILLIS = 2;
    private static final long RECONNECT_MILLIS = 20;
    private static final int MAX_BODY_BYTES = 64 * 1024;

    private final Map<String, AtomicLong> failures = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> connectFailures = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> sources = new ConcurrentHashMap<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong politeCloses = new AtomicLong();
    private final EventLoopGroup loop;
    private final Load load;
    private final Bootstrap bootstrap;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final Set<Channel> open = new HashSet<>();
    private final long startNanos = System.nanoTime();
    private final Future<?> ticks;
    private long offered;
    private long waiting;
    private long connecting;
    private boolean finishing;

    private LoadClient(EventLoopGroup loop, Load load) {
        this.loop = loop;
        this.load = load;
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, ALLOCATOR)
                .option(ChannelOption.TCP_NODELAY, true);
        loop.execute(() -> {
            for (int i = 0; i < load.keptConnections; i++) {
                connect(false);
            }
        });
        this.ticks = loop.next().scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** @param loop of one thread, see {@link #loop} */
    static LoadClient start(EventLoopGroup loop, Load load) {
        return new LoadClient(loop, load);
    }

    /** A loop for clients and upstreams. */
    static EventLoopGroup loop() {
        return new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    /** The number after the first {@code "id":}; {@code null} without one. */
    static String idOf(String message) {
        int at = message.indexOf("\"id\":");
        if (at < 0) {
            return "null";
        }
        int from = at + 5;
        int end = from;
        while (end < message.length() && Character.isDigit(message.charAt(end))) {
            end++;
        }
        return message.substring(from, end);
    }

    /** Calls written to a connection so far. */
    long sent() {
        return sent.get();
    }

    /** Calls that were answered well so far. */
    long answered() {
        return answered.get();
    }

    /** Calls answered well so far by the upstream of a name. */
    long answeredBy(String source) {
        AtomicLong count = sources.get(source);
        return count == null ? 0 : count.get();
    }

    /** Kept connections that the other side ended by saying so in an answer. */
    long politeCloses() {
        return politeCloses.get();
    }

    /** What went wrong with calls that were sent, and how often. */
    Map<String, Long> failures() {
        return copy(failures);
    }

    /** What went wrong with connects, and how often. */
    Map<String, Long> connectFailures() {
        return copy(connectFailures);
    }

    private static Map<String, Long> copy(Map<String, AtomicLong> counts) {
        Map<String, Long> copy = new TreeMap<>();
        counts.forEach((what, count) -> copy.put(what, count.get()));
        return copy;
    }

    /** Waits for so many good answers more. */
    LoadClient awaitMore(long count) {
        long until = answered() + count;
        Await.until("there are " + count + " more answers", DEADLINE, () -> answered() >= until);
        return this;
    }

    /** Offers no more calls, and waits for the answers to those that were sent. */
    void finish() {
        loop.submit(() -> {
                    ticks.cancel(false);
                    finishing = true;
                })
                .syncUninterruptibly();
        Await.until("every call is answered", DEADLINE, () -> loop.submit(this::isDone)
                .syncUninterruptibly()
                .getNow());
        close();
    }

    /** Finishes, and no call and no connect may have gone wrong until then. */
    void finishWithoutLoss() {
        finish();
        assertEquals(Map.of(), failures(), "failed calls, of " + sent());
        assertEquals(Map.of(), connectFailures(), "failed connects");
    }

    private boolean isDone() {
        boolean nobodyWaits = waiting == 0 || !load.reconnects;
        return nobodyWaits && connecting == 0 && sent.get() == answered.get() + count(failures);
    }

    private static long count(Map<String, AtomicLong> counts) {
        return counts.values().stream().mapToLong(AtomicLong::get).sum();
    }

    @Override
    public void close() {
        ticks.cancel(false);
        loop.submit(() -> {
                    finishing = true;
                    Set.copyOf(open).forEach(Channel::close);
                })
                .syncUninterruptibly();
    }

    private void tick() {
        long due = (System.nanoTime() - startNanos) * load.perSecond / TimeUnit.SECONDS.toNanos(1);
        for (; offered < due; offered++) {
            boolean onNewConnection =
                    offered * load.newPerSecond / load.perSecond < (offered + 1) * load.newPerSecond / load.perSecond;
            if (onNewConnection) {
                connect(true);
            } else if (waiting < load.perSecond) {
                waiting++;
            }
        }
        while (waiting > 0 && !idle.isEmpty()) {
            idle.remove().callNext();
        }
    }

    private void connect(boolean forOneCall) {
        Connection connection = new Connection(forOneCall);
        connecting++;
        bootstrap
                .clone()
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new HttpClientCodec(), new HttpObjectAggregator(MAX_BODY_BYTES), connection);
                    }
                })
                .connect(Ports.loopback(load.port.getAsInt()))
                .addListener((ChannelFuture connect) -> {
                    connecting--;
                    if (!connect.isSuccess()) {
                        note(connectFailures, String.valueOf(connect.cause().getMessage()));
                        reconnect(forOneCall);
                    }
                });
    }

    private void reconnect(boolean forOneCall) {
        // What was offered is sent, also when the connection that it waits for ends at the end.
        if (!forOneCall && load.reconnects && (!finishing || waiting > 0)) {
            loop.schedule(() -> connect(false), RECONNECT_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static void note(Map<String, AtomicLong> counts, String what) {
        counts.computeIfAbsent(what, unseen -> new AtomicLong()).incrementAndGet();
    }

    /**
     * What to offer. On a machine that is too slow for it, no more than the calls of a second wait for a connection; the others
     * are left out.
     *
     * @param port asked anew for each connection
     * @param perSecond calls
     * @param newPerSecond how many of them on a connection of their own
     * @param reconnects whether a kept connection that has ended is replaced
     */
    record Load(IntSupplier port, int perSecond, int keptConnections, int newPerSecond, boolean reconnects) {
        static Load of(int port, int perSecond, int keptConnections, int newPerSecond) {
            return new Load(() -> port, perSecond, keptConnections, newPerSecond, true);
        }

        Load withoutReconnects() {
            return new Load(port, perSecond, keptConnections, newPerSecond, false);
        }

        Load at(IntSupplier changingPort) {
            return new Load(changingPort, perSecond, keptConnections, newPerSecond, reconnects);
        }
    }

    private final class Connection extends SimpleChannelInboundHandler<FullHttpResponse> {
        private final boolean forOneCall;
        private @Nullable ChannelHandlerContext context;
        private String awaited = "";
        private String trouble = "closed before the answer";
        private boolean ended;

        Connection(boolean forOneCall) {
            this.forOneCall = forOneCall;
        }

        @Override
        public void channelActive(ChannelHandlerContext active) {
            context = active;
            open.add(active.channel());
            proceed();
        }

        private void proceed() {
            if (forOneCall) {
                call();
            } else if (waiting > 0) {
                callNext();
            } else {
                idle.add(this);
            }
        }

        void callNext() {
            waiting--;
            call();
        }

        private void call() {
            ChannelHandlerContext to = context;
            if (to == null) {
                throw new IllegalStateException("not connected");
            }
            awaited = Long.toString(sent.incrementAndGet());
            byte[] body = Rpc.call(awaited, "echo").getBytes(StandardCharsets.UTF_8);
            FullHttpRequest request = new DefaultFullHttpRequest(
                    HttpVersion.HTTP_1_1, HttpMethod.POST, "/mcp", Unpooled.wrappedBuffer(body));
            request.headers()
                    .set(HttpHeaderNames.HOST, "localhost")
                    .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                    .set("X-Request-ID", load.port.getAsInt() + "-" + awaited)
                    .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
            to.writeAndFlush(request);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext from, FullHttpResponse response) {
            String body = response.content().toString(StandardCharsets.ISO_8859_1);
            if (response.status().code() == 200
                    && body.contains("\"result\":")
                    && idOf(body).equals(awaited)) {
                answered.incrementAndGet();
                note(sources, Rpc.memberOf(body, "from"));
            } else {
                note(failures, response.status() + " " + body);
            }
            awaited = "";
            if (forOneCall) {
                from.close();
            } else if (HttpUtil.isKeepAlive(response)) {
                proceed();
            } else {
                politeCloses.incrementAndGet();
                ended = true;
                from.close();
                if (load.reconnects && !finishing) {
                    connect(false);
                }
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext inactive) {
            open.remove(inactive.channel());
            idle.remove(this);
            if (!awaited.isEmpty()) {
                note(failures, trouble);
                awaited = "";
            }
            if (!ended) {
                reconnect(forOneCall);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
            trouble = cause.toString();
            from.close();
        }
    }
}
