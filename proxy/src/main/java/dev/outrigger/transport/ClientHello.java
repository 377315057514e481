package dev.outrigger.transport;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the server name out of the first message of a TLS connection, and nothing else of it, so that the connection can be
 * passed on unopened to the server that it is meant for.
 *
 * <p>A hello with the key shares of post-quantum cryptography no longer fits into one segment, and may be spread over several
 * records; what has arrived is looked at anew with each segment, from the beginning, which is two or three times.
 *
 * <p>Lengths are those of RFC 8446, 4.1.2 and 5.1, and of RFC 6066, 3.
 */
final class ClientHello {
    /** A record's header: type, version, length. */
    static final int RECORD_HEADER_BYTES = 5;

    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int MAJOR_VERSION = 3;
    private static final int MAX_MINOR_VERSION = 4;
    private static final int MAX_RECORD_BYTES = 16 * 1024;
    private static final int MESSAGE_HEADER_BYTES = 4;
    private static final int VERSION_AND_RANDOM_BYTES = 34;
    private static final int SERVER_NAME = 0;
    private static final int HOST_NAME = 0;
    private static final int MAX_NAME_BYTES = 255;

    private ClientHello() {}

    /** What is known of a beginning. */
    enum Kind {
        /** Too little of it is there. */
        UNDECIDED,
        /** A hello, as far as it is there. */
        HELLO,
        OTHER
    }

    /** Whether the bytes begin a hello. Looks at six bytes at most. */
    static Kind kind(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int length = bytes.readableBytes();
        boolean fits = (length < 1 || bytes.getUnsignedByte(at) == HANDSHAKE)
                && (length < 2 || bytes.getUnsignedByte(at + 1) == MAJOR_VERSION)
                && (length < 3 || bytes.getUnsignedByte(at + 2) <= MAX_MINOR_VERSION)
                && (length < RECORD_HEADER_BYTES || isRecordLength(bytes.getUnsignedShort(at + 3)))
                && (length <= RECORD_HEADER_BYTES || bytes.getUnsignedByte(at + RECORD_HEADER_BYTES) == CLIENT_HELLO);
        if (!fits) {
            return Kind.OTHER;
        }
        return length > RECORD_HEADER_BYTES ? Kind.HELLO : Kind.UNDECIDED;
    }

    private static boolean isRecordLength(int length) {
        return length > 0 && length <= MAX_RECORD_BYTES;
    }

    /**
     * Looks for the name in a hello.
     *
     * @param bytes from the first byte of the connection; not moved
     */
    static Look look(ByteBuf bytes) {
        ByteBuf message = bytes.alloc().buffer(bytes.readableBytes());
        try {
            boolean whole = collect(bytes, message);
            if (!whole) {
                return Look.INCOMPLETE;
            }
            return new Look(true, serverName(message));
        } catch (IndexOutOfBoundsException e) {
            // Lengths that contradict each other: it is the server's to say so.
            return Look.NAMELESS;
        } finally {
            message.release();
        }
    }

    /** Joins the message's parts out of the records. @return whether it is whole, or can never become so */
    private static boolean collect(ByteBuf bytes, ByteBuf message) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (end - at >= RECORD_HEADER_BYTES) {
            int length = bytes.getUnsignedShort(at + 3);
            if (bytes.getUnsignedByte(at) != HANDSHAKE || !isRecordLength(length)) {
                return true;
            }
            int there = Math.min(length, end - at - RECORD_HEADER_BYTES);
            message.writeBytes(bytes, at + RECORD_HEADER_BYTES, there);
            if (message.readableBytes() >= MESSAGE_HEADER_BYTES
                    && message.readableBytes() >= MESSAGE_HEADER_BYTES + message.getUnsignedMedium(1)) {
                return true;
            }
            at += RECORD_HEADER_BYTES + length;
        }
        return false;
    }

    private static @Nullable String serverName(ByteBuf message) {
        message.skipBytes(MESSAGE_HEADER_BYTES + VERSION_AND_RANDOM_BYTES);
        message.skipBytes(message.readUnsignedByte());
        message.skipBytes(message.readUnsignedShort());
        message.skipBytes(message.readUnsignedByte());
        if (!message.isReadable()) {
            return null;
        }
        ByteBuf extensions = message.readSlice(message.readUnsignedShort());
        while (extensions.isReadable()) {
            int type = extensions.readUnsignedShort();
            ByteBuf extension = extensions.readSlice(extensions.readUnsignedShort());
            if (type == SERVER_NAME) {
                return hostName(extension.readSlice(extension.readUnsignedShort()));
            }
        }
        return null;
    }

    private static @Nullable String hostName(ByteBuf names) {
        while (names.isReadable()) {
            int type = names.readUnsignedByte();
            ByteBuf name = names.readSlice(names.readUnsignedShort());
            if (type == HOST_NAME) {
                return legal(name);
            }
        }
        return null;
    }

    /** A name that could not be one of a host goes into no log and decides nothing. */
    private static @Nullable String legal(ByteBuf name) {
        if (!name.isReadable() || name.readableBytes() > MAX_NAME_BYTES) {
            return null;
        }
        String text = name.toString(StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        boolean legal =
                text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || ".-_".indexOf(c) >= 0);
        return legal ? text : null;
    }

    /**
     * What was found.
     *
     * @param whole whether more bytes could tell no more
     * @param serverName in lower case; null if there is none
     */
    record Look(boolean whole, @Nullable String serverName) {
        static final Look INCOMPLETE = new Look(false, null);
        static final Look NAMELESS = new Look(true, null);
    }
}
