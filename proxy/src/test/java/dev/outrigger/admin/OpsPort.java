package dev.outrigger.admin;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A started operations port on a free loopback port, with a loop of its own, and a client for it. */
final class OpsPort implements AutoCloseable {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final HttpClient client = HttpClient.newHttpClient();
    private final OpsServer server;
    private final InetSocketAddress address;

    OpsPort(OpsRoutes routes, List<OpsGuard> guards) throws IOException {
        this(routes, guards, InetAddress.getLoopbackAddress());
    }

    OpsPort(OpsRoutes routes, List<OpsGuard> guards, InetAddress bind) throws IOException {
        server = new OpsServer(
                new OpsServer.Settings("admin", routes, guards, OpsLimits.DEFAULT),
                group.next(),
                NioServerSocketChannel.class);
        address = server.start(new InetSocketAddress(bind, 0));
    }

    InetSocketAddress address() {
        return address;
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, headers);
    }

    HttpResponse<String> put(String path, String body) throws IOException, InterruptedException {
        return send(request(path).PUT(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> send(String method, String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://" + address.getAddress().getHostAddress() + ':' + address.getPort() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        server.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
