package dev.outrigger.transport;

import dev.outrigger.config.model.UpstreamConfig.SendProxyProtocol;
import dev.outrigger.http.ClientInfo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of a connection to an upstream that wants to know whose connection is passed on to it, after the PROXY
 * protocol, versions 1 and 2, https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt.
 *
 * <p>Written here instead of by Netty's encoder, which wants a handler in the pipeline for what is one buffer of known layout.
 *
 * @param binary whether it is of version 2
 * @param source address of the client, 4 or 16 bytes; as long as {@code destination}; empty if not known
 * @param destination address that the client connected to
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ProxyHeader(boolean binary, byte[] source, int sourcePort, byte[] destination, int destinationPort) {
    private static final byte[] SIGNATURE = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
    private static final int VERSION_2_PROXY = 0x21;
    private static final int VERSION_2_LOCAL = 0x20;
    private static final int TCP_OVER_IPV4 = 0x11;
    private static final int TCP_OVER_IPV6 = 0x21;
    private static final int UNSPECIFIED = 0;
    private static final int PORT_BYTES = 2;
    private static final int IPV4_BYTES = 4;
    private static final byte[] UNKNOWN = {};

    /** @return null if none is wanted */
    public static @Nullable ProxyHeader of(SendProxyProtocol wanted, ClientInfo client) {
        if (wanted == SendProxyProtocol.OFF) {
            return null;
        }
        boolean binary = wanted == SendProxyProtocol.V2;
        byte[] source = NetUtil.createByteArrayFromIpAddressString(client.address());
        byte[] destination = NetUtil.createByteArrayFromIpAddressString(client.localAddress());
        if (source == null || destination == null) {
            return new ProxyHeader(binary, UNKNOWN, 0, UNKNOWN, 0);
        }
        if (source.length != destination.length) {
            source = mapped(source);
            destination = mapped(destination);
        }
        return new ProxyHeader(binary, source, client.port(), destination, client.localPort());
    }

    /** An IPv4 address as IPv6 has it, RFC 4291, 2.5.5.2: both addresses of a header are of one family. */
    private static byte[] mapped(byte[] address) {
        if (address.length != IPV4_BYTES) {
            return address;
        }
        byte[] mapped = new byte[16];
        mapped[10] = (byte) 0xff;
        mapped[11] = (byte) 0xff;
        System.arraycopy(address, 0, mapped, 12, IPV4_BYTES);
        return mapped;
    }

    ByteBuf encode(ByteBufAllocator alloc) {
        return binary ? encodeBinary(alloc) : encodeText(alloc);
    }

    private ByteBuf encodeText(ByteBufAllocator alloc) {
        String line = "PROXY UNKNOWN\r\n";
        if (source.length > 0) {
            line = (source.length == IPV4_BYTES ? "PROXY TCP4 " : "PROXY TCP6 ")
                    + NetUtil.bytesToIpAddress(source)
                    + ' '
                    + NetUtil.bytesToIpAddress(destination)
                    + ' '
                    + sourcePort
                    + ' '
                    + destinationPort
                    + "\r\n";
        }
        return alloc.buffer(line.length()).writeBytes(line.getBytes(StandardCharsets.US_ASCII));
    }

    private ByteBuf encodeBinary(ByteBufAllocator alloc) {
        ByteBuf header = alloc.buffer().writeBytes(SIGNATURE);
        if (source.length == 0) {
            return header.writeByte(VERSION_2_LOCAL).writeByte(UNSPECIFIED).writeShort(0);
        }
        return header.writeByte(VERSION_2_PROXY)
                .writeByte(source.length == IPV4_BYTES ? TCP_OVER_IPV4 : TCP_OVER_IPV6)
                .writeShort(2 * source.length + 2 * PORT_BYTES)
                .writeBytes(source)
                .writeBytes(destination)
                .writeShort(sourcePort)
                .writeShort(destinationPort);
    }
}
