package dev.outrigger.app;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 message as it stands on a connection: the head at once, the body as it comes. Serves both sides of the proxy;
 * what it does not understand is a failure of the test.
 */
final class WireMessage {
    private static final String HEAD_END = "\r\n\r\n";

    private final String head;
    private final InputStream body;
    private final boolean untilClose;
    private @Nullable SseReader events;

    private WireMessage(String head, InputStream connection) {
        this.head = head;
        String length = header("content-length");
        boolean bodiless = isResponse() ? status() == 204 || status() == 304 || status() < 200 : true;
        this.untilClose = length.isEmpty() && !isChunked() && !bodiless;
        if (isChunked()) {
            body = new Chunks(connection);
        } else if (!length.isEmpty()) {
            body = new Fixed(connection, Long.parseLong(length));
        } else {
            body = untilClose ? connection : InputStream.nullInputStream();
        }
    }

    /**
     * Reads the head of the next message.
     *
     * @throws EOFException if the connection ends before, with what came
     */
    static WireMessage read(InputStream connection) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < HEAD_END.length()) {
            int next = connection.read();
            if (next < 0) {
                throw new EOFException("ended inside the head: " + head.toString(StandardCharsets.UTF_8));
            }
            head.write(next);
            matched = next == HEAD_END.charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
        }
        return new WireMessage(head.toString(StandardCharsets.UTF_8), connection);
    }

    private boolean isResponse() {
        return head.startsWith("HTTP/");
    }

    private boolean isChunked() {
        return header("transfer-encoding").equalsIgnoreCase("chunked");
    }

    String head() {
        return head;
    }

    /** Of a response. */
    int status() {
        return Integer.parseInt(head.split(" ", 3)[1].trim());
    }

    /** Of a request. */
    String httpMethod() {
        return head.substring(0, head.indexOf(' '));
    }

    /** Of a request. */
    String target() {
        return head.split(" ", 3)[1];
    }

    /** The values of a header, joined; empty if it is not there. */
    String header(String name) {
        List<String> values = head.lines()
                .skip(1)
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                .map(line -> line.substring(name.length() + 1).trim())
                .toList();
        return String.join(", ", values);
    }

    /** The body without its framing. Reading it fails with {@link EOFException} if it is cut. */
    InputStream body() {
        return body;
    }

    /** What is left of the body. */
    String text() throws IOException {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }

    /** The next event of an event stream; null at its proper end. */
    @Nullable
    SseEvent nextEvent() throws IOException {
        SseReader reader = events;
        if (reader == null) {
            reader = new SseReader(body);
            events = reader;
        }
        return reader.next();
    }

    /** The next event, which has to be there. */
    SseEvent event() throws IOException {
        SseEvent event = nextEvent();
        if (event == null) {
            throw new AssertionError("the stream has ended before the expected event");
        }
        return event;
    }

    @Override
    public String toString() {
        return head;
    }

    /** A body of known length. */
    private static final class Fixed extends InputStream {
        private final InputStream in;
        private long left;

        Fixed(InputStream in, long length) {
            this.in = in;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            if (left == 0) {
                return -1;
            }
            int next = in.read();
            if (next < 0) {
                throw new EOFException("cut, with " + left + " bytes to come");
            }
            left--;
            return next;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return readOne(this, into, offset, length);
        }
    }

    /** A body in chunks. */
    private static final class Chunks extends InputStream {
        private final InputStream in;
        private long left;
        private boolean ended;

        Chunks(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            if (left == 0 && !ended) {
                left = Long.parseLong(line(), 16);
                if (left == 0) {
                    ended = true;
                    expectEmptyLine();
                }
            }
            if (ended) {
                return -1;
            }
            int next = in.read();
            if (next < 0) {
                throw new EOFException("cut inside a chunk");
            }
            left--;
            if (left == 0) {
                expectEmptyLine();
            }
            return next;
        }

        private void expectEmptyLine() throws IOException {
            String line = line();
            if (!line.isEmpty()) {
                throw new IOException("expected the end of a chunk, not " + line);
            }
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            int next;
            while ((next = in.read()) != '\n') {
                if (next < 0) {
                    throw new EOFException("cut between chunks");
                }
                line.append((char) next);
            }
            return line.toString().trim();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return readOne(this, into, offset, length);
        }
    }

    /** Byte by byte, so that nothing is waited for that is not asked for. */
    private static int readOne(InputStream from, byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int next = from.read();
        if (next < 0) {
            return -1;
        }
        into[offset] = (byte) next;
        return 1;
    }
}
