package dev.outrigger.admin;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpScheme;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the application in the same pod a question of the kubelet's or of a scraper's: a connection for each, on the operations
 * loop, since that is few and none of them is to depend on the one before.
 *
 * <p>A URL on loopback means the pod. It is asked at the address that the client used first, as the client would have asked,
 * since not every application listens to loopback, and at loopback if nobody accepts there, where an application behind a
 * sidecar may be alone. The rules of interception let the sidecar's connections within the pod pass.
 *
 * <p>Certificates are not checked, as the kubelet does not check them either: it knows no name for a pod.
 */
public final class AppClient {
    /** Who asks gives up much earlier; this is for sockets that nobody would close otherwise. */
    private static final int LIMIT_SECONDS = 60;

    private static final int CONNECT_MILLIS = 5_000;
    /** What stands for the pod itself in what an injector writes, since it does not know the pod's address. */
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

    /** More than any page of metrics, and an end to what an application can make the sidecar hold. */
    private static final int BODY_LIMIT_BYTES = 16 * 1024 * 1024;

    private final EventLoop loop;
    private final Class<? extends SocketChannel> channelType;
    private final AddressResolverGroup<InetSocketAddress> resolver;

    /**
     * @param channelType of the loop's transport
     * @param resolver looks names up without blocking
     */
    public AppClient(
            EventLoop loop,
            Class<? extends SocketChannel> channelType,
            AddressResolverGroup<InetSocketAddress> resolver) {
        this.loop = loop;
        this.channelType = channelType;
        this.resolver = resolver;
    }

    /**
     * An application's answer.
     *
     * @param contentType empty if it says none
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Answer(int status, String contentType, byte[] body) {}

    /**
     * Sends a GET.
     *
     * @param headers as they go
     * @param askedAt which of the pod's addresses the client used
     * @param limit until the whole answer is there
     * @return fails with an {@link IOException} if there is no answer
     */
    CompletionStage<Answer> get(URI url, HttpHeaders headers, @Nullable InetAddress askedAt, Duration limit) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        ScheduledFuture<?> timer = loop.schedule(
                () -> answer.completeExceptionally(new IOException("no answer in time")),
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
        answer.whenComplete((any, failure) -> timer.cancel(false));
        send(url, headers, askedAt, answer, channel -> channel.pipeline()
                .addLast(new HttpObjectAggregator(BODY_LIMIT_BYTES))
                .addLast(new AnswerReader(answer)));
        return answer;
    }

    /** Sends a GET as well, and looks at nothing but the head of the answer. */
    CompletionStage<Answer> getStatus(URI url, HttpHeaders headers, @Nullable InetAddress askedAt) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        send(url, headers, askedAt, answer, channel -> channel.pipeline().addLast(new HeadReader(answer)));
        return answer;
    }

    private void send(
            URI url,
            HttpHeaders headers,
            @Nullable InetAddress askedAt,
            CompletableFuture<Answer> answer,
            Connected readers) {
        String query = url.getRawQuery() == null ? "" : '?' + url.getRawQuery();
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        DefaultFullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path + query, Unpooled.EMPTY_BUFFER);
        request.headers().add(headers).set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (!headers.contains(HttpHeaderNames.HOST)) {
            request.headers().set(HttpHeaderNames.HOST, url.getRawAuthority());
        }
        connect(url, askedAt, answer, channel -> {
            channel.pipeline().addLast(new HttpClientCodec());
            readers.on(channel);
            channel.writeAndFlush(request);
        });
    }

    /** @return completes as soon as the application accepts */
    CompletionStage<Answer> connect(URI url, @Nullable InetAddress askedAt) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        connect(url, askedAt, answer, channel -> answer.complete(new Answer(200, "", new byte[0])));
        return answer;
    }

    /** @return the answer to a question by the health protocol of gRPC: 200 if it serves, else 503 */
    CompletionStage<Answer> checkGrpc(URI url, @Nullable InetAddress askedAt) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        connect(url, askedAt, answer, channel -> GrpcHealthCheck.begin(channel, url, answer));
        return answer;
    }

    /** Connects to the first address that accepts, and closes when the answer is there. */
    private void connect(
            URI url, @Nullable InetAddress askedAt, CompletableFuture<Answer> answer, Connected connected) {
        InetSocketAddress named = InetSocketAddress.createUnresolved(url.getHost(), port(url));
        if (askedAt == null
                || !LOOPBACK.contains(url.getHost())
                || askedAt.getHostAddress().equals(url.getHost())) {
            connect(named, url, answer, connected, cause -> fail(answer, cause));
            return;
        }
        connect(
                new InetSocketAddress(askedAt, port(url)),
                url,
                answer,
                connected,
                refused -> connect(named, url, answer, connected, cause -> fail(answer, cause)));
    }

    private static void fail(CompletableFuture<Answer> answer, Throwable cause) {
        answer.completeExceptionally(new IOException("no connection", cause));
    }

    /** By TLS where the scheme says so. */
    private void connect(
            InetSocketAddress address,
            URI url,
            CompletableFuture<Answer> answer,
            Connected connected,
            Consumer<Throwable> otherwise) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(channelType)
                .resolver(resolver)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) throws SSLException {
                        if ("https".equals(url.getScheme())) {
                            channel.pipeline().addLast(tls().newHandler(channel.alloc()));
                        }
                        channel.pipeline().addLast(new ReadTimeoutHandler(LIMIT_SECONDS, TimeUnit.SECONDS));
                    }
                });
        ChannelFuture connecting = bootstrap.connect(address);
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                otherwise.accept(done.cause());
                return;
            }
            Channel channel = connecting.channel();
            channel.closeFuture().addListener(closed -> answer.completeExceptionally(new IOException("no answer")));
            answer.whenComplete((any, failure) -> channel.close());
            connected.on(channel);
        });
    }

    /** The scheme's own where the URL names none. */
    static int port(URI url) {
        if (url.getPort() >= 0) {
            return url.getPort();
        }
        return "https".equals(url.getScheme()) ? HttpScheme.HTTPS.port() : HttpScheme.HTTP.port();
    }

    private static SslContext tls() throws SSLException {
        return SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null)
                .build();
    }

    /** What happens once the connection stands. */
    private interface Connected {
        void on(Channel channel);
    }

    /** The head of the answer, the one after those that only announce it. */
    private static final class HeadReader extends SimpleChannelInboundHandler<HttpObject> {
        private final CompletableFuture<Answer> answer;

        HeadReader(CompletableFuture<Answer> answer) {
            this.answer = answer;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
            if (part.decoderResult().isFailure()) {
                answer.completeExceptionally(
                        new IOException("malformed answer", part.decoderResult().cause()));
            } else if (part instanceof HttpResponse response
                    && response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
                answer.complete(new Answer(
                        response.status().code(),
                        response.headers().get(HttpHeaderNames.CONTENT_TYPE, ""),
                        new byte[0]));
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            answer.completeExceptionally(new IOException("no answer", cause));
        }
    }

    /** The one answer of a connection. */
    private static final class AnswerReader extends SimpleChannelInboundHandler<FullHttpResponse> {
        private final CompletableFuture<Answer> answer;

        AnswerReader(CompletableFuture<Answer> answer) {
            this.answer = answer;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            if (response.decoderResult().isFailure()) {
                answer.completeExceptionally(new IOException(
                        "malformed answer", response.decoderResult().cause()));
                return;
            }
            answer.complete(new Answer(
                    response.status().code(),
                    response.headers().get(HttpHeaderNames.CONTENT_TYPE, ""),
                    ByteBufUtil.getBytes(response.content())));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            answer.completeExceptionally(new IOException("no answer", cause));
        }
    }
}
