package dev.outrigger.transport;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Tells from the first bytes of a connection what it speaks.
 *
 * <p>Each protocol looks at what is there: as long as the bytes may still become one of them, the answer is to wait; a protocol
 * is told as soon as only it is left and its mark is whole. So everything that no protocol here begins with is opaque with its
 * first byte or word, and never waits for a deadline.
 */
final class FirstBytes {
    /**
     * Beyond this a request line is taken for one as far as it is there. As many bytes as linkerd looks at; more than the
     * first segment brings hardly ever decide.
     */
    static final int LIMIT_BYTES = 1024;

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
    /** Longer than any method that is registered. */
    private static final int MAX_METHOD_CHARS = 32;

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private FirstBytes() {}

    /** What a connection speaks, as far as it is known. */
    enum Speech {
        UNDECIDED,
        HTTP1,
        HTTP2,
        TLS,
        OPAQUE
    }

    /** @param bytes from the first byte of the connection; not moved */
    static Speech judge(ByteBuf bytes) {
        ClientHello.Kind hello = ClientHello.kind(bytes);
        if (hello == ClientHello.Kind.HELLO) {
            return Speech.TLS;
        }
        Speech http2 = preface(bytes);
        if (http2 == Speech.HTTP2) {
            return http2;
        }
        Speech http1 = requestLine(bytes);
        if (http1 == Speech.HTTP1) {
            return http1;
        }
        boolean open = hello == ClientHello.Kind.UNDECIDED || http2 == Speech.UNDECIDED || http1 == Speech.UNDECIDED;
        return open && bytes.readableBytes() < LIMIT_BYTES ? Speech.UNDECIDED : Speech.OPAQUE;
    }

    /** {@link Speech#HTTP2} if the bytes begin with its preface, {@link Speech#UNDECIDED} if they may become so. */
    static Speech preface(ByteBuf bytes) {
        int length = Math.min(bytes.readableBytes(), PREFACE.length);
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != PREFACE[i]) {
                return Speech.OPAQUE;
            }
        }
        return length == PREFACE.length ? Speech.HTTP2 : Speech.UNDECIDED;
    }

    /** A token, a space, a target, a space, and the version: RFC 9112, 3. */
    private static Speech requestLine(ByteBuf bytes) {
        int end = Math.min(bytes.writerIndex(), bytes.readerIndex() + LIMIT_BYTES);
        int at = skipEmptyLines(bytes, end);
        int method = at;
        while (at < end && isToken(bytes.getByte(at))) {
            at++;
        }
        if (at - method > MAX_METHOD_CHARS) {
            return Speech.OPAQUE;
        }
        if (at == end) {
            return Speech.UNDECIDED;
        }
        if (at == method || bytes.getByte(at) != ' ') {
            return Speech.OPAQUE;
        }
        return target(bytes, at + 1, end);
    }

    /** Lines that a client left behind its last request are not begrudged: RFC 9112, 2.2. */
    private static int skipEmptyLines(ByteBuf bytes, int end) {
        int at = bytes.readerIndex();
        while (at < end && (bytes.getByte(at) == '\r' || bytes.getByte(at) == '\n')) {
            at++;
        }
        return at;
    }

    private static Speech target(ByteBuf bytes, int from, int end) {
        int at = from;
        // Control characters and the space end a target; bytes beyond ASCII are for the strict reader to refuse.
        while (at < end && (bytes.getByte(at) > ' ' || bytes.getByte(at) < 0) && bytes.getByte(at) != 0x7f) {
            at++;
        }
        if (at == end) {
            boolean full = end - bytes.readerIndex() == LIMIT_BYTES;
            return full ? Speech.HTTP1 : Speech.UNDECIDED;
        }
        return at > from && bytes.getByte(at) == ' ' ? version(bytes, at + 1, end) : Speech.OPAQUE;
    }

    private static Speech version(ByteBuf bytes, int from, int end) {
        int length = Math.min(end - from, VERSION.length);
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(from + i) != VERSION[i]) {
                return Speech.OPAQUE;
            }
        }
        boolean full = length == VERSION.length || end - bytes.readerIndex() == LIMIT_BYTES;
        return full ? Speech.HTTP1 : Speech.UNDECIDED;
    }

    private static boolean isToken(byte c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || TOKEN_MARKS.indexOf(c) >= 0;
    }
}
