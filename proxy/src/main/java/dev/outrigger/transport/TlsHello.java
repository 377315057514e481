package dev.outrigger.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.Mapping;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The first look at a connection that has to be TLS: takes the certificate for the name that the client asks for, and then the
 * place of this handler is the engine's.
 *
 * <p>It holds the {@link ServerTls} until the engine is there, so that the contexts live as long.
 *
 * <p>Who forgets the {@code s} of {@code https} is told so, in plain text; all else that is no TLS gets TLS's own alert. There
 * is no deadline here: {@link ServerHandshake} has one for the whole.
 */
final class TlsHello extends SniHandler {
    /** Hellos with post-quantum keys have 2 KiB; nobody needs more than a record. */
    private static final int MAX_HELLO_BYTES = 16 * 1024;

    private static final int NO_DEADLINE = 0;
    /** Five bytes are what a TLS record's own head has, so nobody waits for more because of these. */
    private static final int LOOK_BYTES = 5;

    private static final List<byte[]> PLAIN = List.of(
            bytes("GET "),
            bytes("HEAD "),
            bytes("POST "),
            bytes("PUT "),
            bytes("PATCH"),
            bytes("DELET"),
            bytes("OPTIO"),
            bytes("TRACE"),
            bytes("CONNE"),
            bytes("PRI *"));

    private final ServerHandshake handshake;
    private boolean looked;

    TlsHello(ServerTls tls, ServerHandshake handshake) {
        super((Mapping<String, SslContext>) tls::context, MAX_HELLO_BYTES, NO_DEADLINE);
        this.handshake = handshake;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        handshake.onBytes();
        if (!looked && in.readableBytes() >= LOOK_BYTES) {
            looked = true;
            if (isPlain(in)) {
                handshake.refusePlain(ctx);
            }
        }
        if (handshake.isOver()) {
            in.skipBytes(in.readableBytes());
        } else {
            super.decode(ctx, in, out);
        }
    }

    private static boolean isPlain(ByteBuf in) {
        for (byte[] start : PLAIN) {
            int i = 0;
            while (i < start.length && in.getByte(in.readerIndex() + i) == start[i]) {
                i++;
            }
            if (i == start.length) {
                return true;
            }
        }
        return false;
    }
}
