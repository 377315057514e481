package dev.outrigger.transport;

import dev.outrigger.http.ClientInfo;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Hears of one {@link ByteStream}: what comes in, and how it ends. Called on the connection's loop. */
public interface ByteSink {
    /** @param bytes now owned by the sink */
    void onBytes(ByteBuf bytes);

    /** The connection has handed over what one read brought: a good moment to flush the other side. */
    void onReadComplete();

    /** The peer takes bytes again, or has stopped to; see {@link ByteStream#isWritable()}. */
    void onWritabilityChanged();

    /** The peer sends nothing more, and may still take bytes. At most once. */
    void onInputEnded();

    /**
     * The connection is gone. Once, and the last call.
     *
     * @param broken whether it ended otherwise than by both directions having come to their ends
     */
    void onClosed(boolean broken);

    /** The time to drain is over: ends now. May be asked again. */
    void onDrainDeadline();

    /** Opens the sink of one client's connection. */
    interface Factory {
        /**
         * @param client the client's side; its sink hears of it from the return on
         * @param info whose connection it is
         * @param serverName the name that the client's TLS hello asks for, in lower case; null if it asks for none, or was not
         *     looked at
         */
        ByteSink open(ByteStream client, ClientInfo info, @Nullable String serverName);
    }
}
