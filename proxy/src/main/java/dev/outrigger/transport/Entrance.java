package dev.outrigger.transport;

import io.netty.channel.ChannelPipeline;
import org.jspecify.annotations.Nullable;

/** What an accepted connection turns out to speak; installs the handlers for it, before the next read. */
interface Entrance {
    void http1(ChannelPipeline pipeline);

    void http2(ChannelPipeline pipeline);

    /**
     * TLS, not ended yet.
     *
     * @param serverName the name that its hello asks for, in lower case; null if none is known
     */
    void tls(ChannelPipeline pipeline, @Nullable String serverName);

    /** @param serverName the name that a TLS hello asks for, in lower case; null if none is known */
    void opaque(ChannelPipeline pipeline, @Nullable String serverName);
}
