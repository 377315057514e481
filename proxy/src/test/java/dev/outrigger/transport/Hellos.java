package dev.outrigger.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** First messages of TLS clients, as the JDK writes them. */
public final class Hellos {
    private Hellos() {}

    /** One that asks for {@code serverName}; empty for none. */
    public static byte[] of(String serverName) {
        try {
            SSLEngine engine = SSLContext.getDefault().createSSLEngine();
            engine.setUseClientMode(true);
            if (!serverName.isEmpty()) {
                SSLParameters parameters = engine.getSSLParameters();
                parameters.setServerNames(List.of(new SNIHostName(serverName)));
                engine.setSSLParameters(parameters);
            }
            ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), out);
            out.flip();
            byte[] hello = new byte[out.remaining()];
            out.get(hello);
            return hello;
        } catch (NoSuchAlgorithmException | SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same message in records of {@code recordBytes} each. */
    static byte[] fragmented(byte[] hello, int recordBytes) {
        ByteBuf fragments = Unpooled.buffer();
        int at = ClientHello.RECORD_HEADER_BYTES;
        while (at < hello.length) {
            int length = Math.min(recordBytes, hello.length - at);
            fragments.writeBytes(hello, 0, 3).writeShort(length).writeBytes(hello, at, length);
            at += length;
        }
        byte[] bytes = new byte[fragments.readableBytes()];
        fragments.readBytes(bytes);
        return bytes;
    }
}
