package dev.outrigger.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Netty's request decoder without its leniencies: whatever two readers could read differently is a malformed request here,
 * not a repaired one (RFC 9112 §2.2, §3, §5.2).
 *
 * <p>Two things are seen before Netty smooths them over: a line of the head that begins with a blank (folding, or a blank
 * before the first header) is looked for in the bytes, since the decoder joins folded lines without a trace; and the parts
 * of the request line must be separated by exactly one space.
 *
 * <p>Behind a request that asks for another protocol it waits: what follows is HTTP or not as the answer says, and reading
 * it as HTTP before would let a client hide requests in a tunnel, or bytes of a tunnel among requests.
 */
final class Http1RequestDecoder extends HttpRequestDecoder {
    private static final byte[] VERSION = {'H', 'T', 'T', 'P', '/'};
    private static final int MAX_CHUNK_BYTES = 64 * 1024;

    private final ReadSwitch reads;
    private boolean inHead = true;
    private boolean atRequestLine = true;
    private boolean broken;
    private boolean asksToSwitch;
    private boolean holding;
    private boolean heldBack;
    private int lineStart;
    private UnreadHead unread = UnreadHead.NONE;

    /** @param reads of the connection, which brings no more than one read while it is unclear what that is */
    Http1RequestDecoder(HttpLimits limits, ReadSwitch reads) {
        super(config(limits));
        this.reads = reads;
    }

    private static HttpDecoderConfig config(HttpLimits limits) {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.requestLineBytes())
                .setMaxHeaderSize(limits.headerBytes())
                .setMaxChunkSize(MAX_CHUNK_BYTES)
                .setAllowDuplicateContentLengths(false)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setValidateHeaders(true)
                .setInitialBufferSize(512);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (broken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (holding) {
            heldBack = true;
            reads.pause(ReadSwitch.SWITCHING);
            return;
        }
        int start = in.readerIndex();
        boolean fromRequestLine = atRequestLine;
        if (inHead && headHasBlankLineStart(in)) {
            broken = true;
            unread = UnreadHead.of(in, start, fromRequestLine);
            in.skipBytes(in.readableBytes());
            out.add(malformed("a line of the head begins with a blank (folded header)"));
            return;
        }
        int before = out.size();
        super.decode(ctx, in, out);
        for (int i = before; i < out.size(); i++) {
            follow(out.get(i));
            if (out.get(i) instanceof HttpRequest head && head.decoderResult().isFailure()) {
                // Skipped, but still in the buffer.
                unread = UnreadHead.of(in, start, fromRequestLine);
            }
        }
    }

    /** What could not be read of the last head. */
    UnreadHead unread() {
        return unread;
    }

    /** What has come of a head that is not whole. */
    UnreadHead incomplete() {
        ByteBuf waiting = internalBuffer();
        return UnreadHead.of(waiting, waiting.readerIndex(), atRequestLine);
    }

    private void follow(Object message) {
        if (message instanceof LastHttpContent) {
            inHead = true;
            atRequestLine = true;
            holding = asksToSwitch;
        } else if (message instanceof HttpRequest request) {
            inHead = false;
            asksToSwitch = request.headers().contains(HttpHeaderNames.UPGRADE)
                    || request.method().equals(HttpMethod.CONNECT);
        }
    }

    /**
     * The last request that was decoded has been answered, and the connection stays with HTTP.
     *
     * @return whether something waits to be decoded; another read, if only an empty one, brings it forth
     */
    boolean stayHttp() {
        boolean waits = heldBack;
        holding = false;
        heldBack = false;
        reads.resume(ReadSwitch.SWITCHING);
        return waits;
    }

    /**
     * Looks at every line of the head that is here. The super class consumes whole lines only, so each call finds the
     * buffer at the start of a line.
     */
    private boolean headHasBlankLineStart(ByteBuf in) {
        int end = in.writerIndex();
        int line = in.readerIndex();
        while (line < end) {
            byte first = in.getByte(line);
            if (first == ' ' || first == '\t') {
                return true;
            }
            if (!atRequestLine && (first == '\r' || first == '\n')) {
                return false;
            }
            int lineFeed = in.indexOf(line, end, (byte) '\n');
            if (lineFeed < 0) {
                return false;
            }
            if (first != '\r' && first != '\n') {
                atRequestLine = false;
            }
            line = lineFeed + 1;
        }
        return false;
    }

    @Override
    protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
        lineStart = start;
        return super.splitFirstWordInitialLine(line, start, length);
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        requireSingleSpace(line, start);
        return super.splitSecondWordInitialLine(line, start, length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        requireSingleSpace(line, start);
        for (int i = 0; i < VERSION.length; i++) {
            if (length <= i || line[start + i] != VERSION[i]) {
                // It knows case (RFC 9112 §2.3); the super class makes capitals of it.
                throw new IllegalArgumentException("the version does not begin with HTTP/");
            }
        }
        return super.splitThirdWordInitialLine(line, start, length);
    }

    private void requireSingleSpace(byte[] line, int wordStart) {
        if (wordStart - 2 < lineStart || line[wordStart - 1] != ' ' || isBlank(line[wordStart - 2])) {
            throw new IllegalArgumentException("the request line is not METHOD SP target SP version");
        }
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == 0x0b || b == 0x0c;
    }

    private static HttpRequest malformed(String why) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/bad-request");
        request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException(why)));
        return request;
    }
}
