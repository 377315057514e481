package dev.outrigger.admin;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import java.util.concurrent.TimeUnit;

/** Clients of the application for tests. */
final class AppClients implements AutoCloseable {
    private final DnsAddressResolverGroup resolver =
            new DnsAddressResolverGroup(new DnsNameResolverBuilder().datagramChannelType(NioDatagramChannel.class));
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    /** One that is never asked: its loop begins with its first task. */
    static AppClient unused() {
        return new AppClients().client();
    }

    AppClient client() {
        return new AppClient(group.next(), NioSocketChannel.class, resolver);
    }

    @Override
    public void close() {
        resolver.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
