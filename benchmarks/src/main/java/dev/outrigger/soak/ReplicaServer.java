package dev.outrigger.soak;

import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.transport.EventLoops;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.Epoll;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;

/** One MCP server, a process of its own that lives as long as its standard input is open: nobody is left behind. */
final class ReplicaServer {
    private static final int MAX_BODY_BYTES = 1 << 20;
    private static final int BACKLOG = 1024;

    /** Of the loop, as everything here. */
    private final Set<String> sessions = new HashSet<>();

    private final String name;
    private ReplicaFault fault = ReplicaFault.NONE;
    private long sessionsBegun;

    private ReplicaServer(String name) {
        this.name = name;
    }

    /** Port, and a name that differs from that of whoever had the port before. */
    public static void main(String[] args) throws IOException {
        EventLoops loops = EventLoops.probe(Epoll.isAvailable() ? Transport.EPOLL : Transport.NIO);
        ReplicaServer replica = new ReplicaServer(args[1]);
        new ServerBootstrap()
                .group(loops.open(1, "replica"))
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        accepted.pipeline()
                                .addLast(
                                        new HttpRequestDecoder(),
                                        new HttpObjectAggregator(MAX_BODY_BYTES),
                                        new ReplicaConnection(replica));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])))
                .syncUninterruptibly();
        while (System.in.read() >= 0) {
            continue;
        }
        System.exit(0);
    }

    ReplicaFault fault() {
        return fault;
    }

    void setFault(ReplicaFault fault) {
        this.fault = fault;
    }

    String beginSession() {
        String session = name + "-" + ++sessionsBegun;
        sessions.add(session);
        return session;
    }

    boolean knows(String session) {
        return sessions.contains(session);
    }

    void endSession(String session) {
        sessions.remove(session);
    }
}
