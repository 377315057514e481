package dev.outrigger.app;

import dev.outrigger.testing.Await;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A client of HTTP/2 with prior knowledge that does frame by frame what a test tells it to; well or badly. One thread reads,
 * acknowledges settings, answers pings, and gives windows back as far as a test wants that.
 */
final class Http2Peer implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    static final int NO_ERROR = 0;
    static final int PROTOCOL_ERROR = 1;
    static final int INTERNAL_ERROR = 2;
    static final int CANCEL = 8;
    static final int ENHANCE_YOUR_CALM = 11;

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int ACK = 1;
    private static final int MAX_FRAME = 16_384;

    private final Socket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1L << 20);
    private final Map<Integer, Stream> streams = new ConcurrentHashMap<>();
    private final List<GoAway> goAways = new CopyOnWriteArrayList<>();
    private final AtomicInteger window = new AtomicInteger(65_535);
    private final String authority;
    private final Thread reading;
    private volatile Map<Integer, Integer> serverSettings = Map.of();
    private volatile boolean closed;
    private int nextId = 1;

    /** What the server says when it wants no more. */
    record GoAway(int lastStream, int error, String why) {}

    Http2Peer(RunningSidecar sidecar) throws IOException {
        InetSocketAddress address = sidecar.inbound();
        authority = "127.0.0.1:" + address.getPort();
        socket = new Socket(address.getAddress(), address.getPort());
        in = new DataInputStream(socket.getInputStream());
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[0]);
        reading = new Thread(this::read, "http2-peer");
        reading.setDaemon(true);
        reading.start();
    }

    // ---- what it sends

    Http2Headers head(String method, String path) {
        return new DefaultHttp2Headers(false)
                .method(method)
                .scheme("http")
                .authority(authority)
                .path(path);
    }

    Stream get(String path) throws IOException {
        return open(head("GET", path), true);
    }

    synchronized Stream open(Http2Headers head, boolean ends) throws IOException {
        return open(head, ends, false);
    }

    /** One that does not give the window back that its answer uses up, and only counts what comes. */
    synchronized Stream getHeld(String path) throws IOException {
        return open(head("GET", path), true, true);
    }

    private Stream open(Http2Headers head, boolean ends, boolean held) throws IOException {
        int id = nextId;
        nextId += 2;
        Stream stream = new Stream(id, held);
        streams.put(id, stream);
        headers(id, head, ends);
        return stream;
    }

    synchronized void headers(int stream, Http2Headers headers, boolean ends) throws IOException {
        frame(HEADERS, END_HEADERS | (ends ? END_STREAM : 0), stream, encode(stream, headers));
    }

    byte[] encode(int stream, Http2Headers headers) {
        ByteBuf out = Unpooled.buffer();
        try {
            encoder.encodeHeaders(stream, headers, out);
            return ByteBufUtil.getBytes(out);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        } finally {
            out.release();
        }
    }

    void reset(int stream, int error) throws IOException {
        frame(RST_STREAM, 0, stream, number(error));
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    synchronized void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
        socket.getOutputStream().write(frame.array());
    }

    /** Lets the server send so much on the stream, and on the connection. */
    void widen(int stream, int bytes) throws IOException {
        frame(WINDOW_UPDATE, 0, stream, number(bytes));
        frame(WINDOW_UPDATE, 0, 0, number(bytes));
    }

    // ---- what it hears

    private void read() {
        try {
            while (true) {
                int start = in.readInt();
                int flags = in.readUnsignedByte();
                int stream = in.readInt() & 0x7fff_ffff;
                on(start & 0xff, flags, stream, in.readNBytes(start >>> 8));
            }
        } catch (IOException | Http2Exception e) {
            closed = true;
            streams.values().forEach(Stream::wake);
        }
    }

    private void on(int type, int flags, int id, byte[] payload) throws IOException, Http2Exception {
        Stream stream = streams.get(id);
        switch (type) {
            case SETTINGS -> onSettings(flags, payload);
            case PING -> {
                if ((flags & ACK) == 0) {
                    frame(PING, ACK, 0, payload);
                }
            }
            case GOAWAY -> {
                ByteBuffer said = ByteBuffer.wrap(payload);
                int last = said.getInt();
                goAways.add(new GoAway(
                        last, said.getInt(), new String(payload, 8, payload.length - 8, StandardCharsets.UTF_8)));
            }
            case WINDOW_UPDATE -> {
                int more = ByteBuffer.wrap(payload).getInt();
                (id == 0 || stream == null ? window : stream.sendWindow).addAndGet(more);
                streams.values().forEach(Stream::wake);
            }
            case HEADERS -> {
                ByteBuf block = Unpooled.wrappedBuffer(payload);
                Http2Headers headers = decoder.decodeHeaders(id, block);
                if (stream != null) {
                    stream.onHeaders(headers, (flags & END_STREAM) != 0);
                }
            }
            case DATA -> {
                if (stream != null) {
                    stream.onData(payload, (flags & END_STREAM) != 0);
                }
            }
            case RST_STREAM -> {
                if (stream != null) {
                    stream.onReset(ByteBuffer.wrap(payload).getInt());
                }
            }
            default -> {
                // Nothing that a test asks for.
            }
        }
    }

    private void onSettings(int flags, byte[] payload) throws IOException {
        if ((flags & ACK) != 0) {
            return;
        }
        Map<Integer, Integer> said = new HashMap<>(serverSettings);
        ByteBuffer settings = ByteBuffer.wrap(payload);
        while (settings.hasRemaining()) {
            said.put((int) settings.getShort(), settings.getInt());
        }
        frame(SETTINGS, ACK, 0, new byte[0]);
        serverSettings = said;
    }

    /** Settings of the server by their number, once they have come and are acknowledged. */
    Map<Integer, Integer> serverSettings() {
        Await.until("settings", LIMIT, () -> !serverSettings.isEmpty());
        return serverSettings;
    }

    List<GoAway> goAways() {
        return goAways;
    }

    GoAway awaitGoAway() {
        Await.until("a GOAWAY", LIMIT, () -> !goAways.isEmpty());
        return goAways.get(0);
    }

    void awaitClosed() {
        Await.until("the connection is closed", LIMIT, () -> closed);
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() throws IOException {
        socket.close();
        try {
            reading.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One request and what comes back for it. */
    final class Stream {
        private final int id;
        private final boolean held;
        private final AtomicInteger sendWindow = new AtomicInteger(65_535);
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private final List<Http2Headers> heads = new CopyOnWriteArrayList<>();
        private volatile @Nullable Integer reset;
        private volatile boolean ended;
        private volatile long bytes;
        private volatile long sent;

        private Stream(int id, boolean held) {
            this.id = id;
            this.held = held;
        }

        int id() {
            return id;
        }

        /** Sends a body, as far as the server takes it. */
        void data(byte[] content, boolean ends) throws IOException {
            int at = 0;
            do {
                int length = Math.min(MAX_FRAME, content.length - at);
                awaitWindow(length);
                byte[] piece = new byte[length];
                System.arraycopy(content, at, piece, 0, length);
                at += length;
                frame(DATA, ends && at == content.length ? END_STREAM : 0, id, piece);
                sent += length;
            } while (at < content.length);
        }

        void data(String content, boolean ends) throws IOException {
            data(content.getBytes(StandardCharsets.UTF_8), ends);
        }

        private synchronized void awaitWindow(int bytesWanted) throws IOException {
            try {
                while (sendWindow.get() < bytesWanted || window.get() < bytesWanted) {
                    if (closed || reset != null) {
                        throw new IOException("nobody takes it");
                    }
                    wait(LIMIT.toMillis());
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            sendWindow.addAndGet(-bytesWanted);
            window.addAndGet(-bytesWanted);
        }

        private synchronized void wake() {
            notifyAll();
        }

        private void onHeaders(Http2Headers headers, boolean ends) {
            heads.add(headers);
            ended |= ends;
        }

        private void onData(byte[] content, boolean ends) throws IOException {
            synchronized (this) {
                if (!held) {
                    body.writeBytes(content);
                }
            }
            bytes += content.length;
            if (!held && content.length > 0) {
                widen(id, content.length);
            }
            ended |= ends;
        }

        private void onReset(int error) {
            reset = error;
            wake();
        }

        /** Bytes of body that came. */
        long bytes() {
            return bytes;
        }

        /** Bytes of body that were sent. */
        long sent() {
            return sent;
        }

        boolean isBlocked() {
            return sendWindow.get() < MAX_FRAME || window.get() < MAX_FRAME;
        }

        synchronized String text() {
            return body.toString(StandardCharsets.UTF_8);
        }

        void awaitText(String expected) {
            Await.until(
                    "stream " + id + " has " + expected,
                    LIMIT,
                    () -> text().contains(expected) || ended || reset != null || closed);
            if (!text().contains(expected)) {
                throw new AssertionError("stream " + id + " " + heads + " reset: " + reset + ", has: " + text());
            }
        }

        Http2Headers awaitHead() {
            Await.until("head of stream " + id, LIMIT, () -> !heads.isEmpty() || reset != null || closed);
            return heads.get(0);
        }

        String status() {
            return awaitHead().status().toString();
        }

        /** Waits for the proper end of the answer. */
        String awaitEnd() {
            Await.until("end of stream " + id, LIMIT, () -> ended || reset != null || closed);
            if (!ended) {
                throw new AssertionError("stream " + id + " reset: " + reset + ", closed: " + closed);
            }
            return text();
        }

        boolean isEnded() {
            return ended;
        }

        int awaitReset() {
            Await.until("reset of stream " + id, LIMIT, () -> reset != null || closed);
            Integer error = reset;
            if (error == null) {
                throw new AssertionError("the connection was closed instead");
            }
            return error;
        }

        /** Heads in order: informational ones, the answer's, trailers. */
        List<Http2Headers> heads() {
            return heads;
        }
    }
}
