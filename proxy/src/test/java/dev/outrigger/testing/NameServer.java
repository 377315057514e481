package dev.outrigger.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A name server on loopback that knows what the test tells it, and says of everything else that there is no such name. */
public final class NameServer implements AutoCloseable {
    private static final int A = 1;
    private static final int AAAA = 28;
    private static final int SRV = 33;
    private static final int ANSWER = 0x8580;
    private static final int NO_SUCH_NAME = 3;
    /** The question's name, at the end of the header. */
    private static final int POINTER = 0xc00c;

    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final Map<String, List<byte[]>> records = new ConcurrentHashMap<>();
    private final AtomicInteger questions = new AtomicInteger();
    private final Thread thread = new Thread(this::serve, "name-server");
    private volatile int ttlSeconds;
    private volatile boolean silent;

    public NameServer() throws SocketException {
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** How many questions have come. */
    public int questions() {
        return questions.get();
    }

    public void ttl(int seconds) {
        ttlSeconds = seconds;
    }

    /** Whether questions are not answered. */
    public void silent(boolean isSilent) {
        silent = isSilent;
    }

    public void addresses(String name, String... literals) throws IOException {
        records.remove(name + '/' + A);
        records.remove(name + '/' + AAAA);
        for (String literal : literals) {
            byte[] bytes = InetAddress.getByName(literal).getAddress();
            String key = name + '/' + (bytes.length == 4 ? A : AAAA);
            records.merge(key, List.of(bytes), (old, more) -> Stream.concat(old.stream(), more.stream())
                    .toList());
        }
    }

    /** @param services as {@code priority weight port host} */
    public void services(String name, String... services) throws IOException {
        List<byte[]> found = new ArrayList<>();
        for (String service : services) {
            String[] fields = service.split(" ", -1);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            DataOutputStream data = new DataOutputStream(out);
            for (int i = 0; i < 3; i++) {
                data.writeShort(Integer.parseInt(fields[i]));
            }
            for (String label : fields[3].split("\\.", -1)) {
                data.writeByte(label.length());
                data.write(label.getBytes(StandardCharsets.US_ASCII));
            }
            data.writeByte(0);
            found.add(out.toByteArray());
        }
        records.put(name + '/' + SRV, found);
    }

    /** Answers with records that end in the middle. */
    public void brokenServices(String name) {
        records.put(name + '/' + SRV, List.of(new byte[] {0, 1, 0, 1, 0, 80, 63, 'x'}));
    }

    public void forget(String name) {
        records.keySet().removeIf(key -> key.startsWith(name + '/'));
    }

    private void serve() {
        byte[] buffer = new byte[1500];
        try {
            while (!socket.isClosed()) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                questions.incrementAndGet();
                if (!silent) {
                    byte[] answer = answer(ByteBuffer.wrap(buffer, 0, packet.getLength()));
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException e) {
            if (!socket.isClosed()) {
                throw new IllegalStateException(e);
            }
        }
    }

    private byte[] answer(ByteBuffer question) throws IOException {
        int id = question.getShort(0);
        question.position(12);
        StringBuilder name = new StringBuilder();
        for (int length = question.get(); length > 0; length = question.get()) {
            byte[] label = new byte[length];
            question.get(label);
            name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
        }
        int type = question.getShort();
        byte[] asked = new byte[question.position() + 2 - 12];
        question.get(12, asked);
        List<byte[]> found = records.getOrDefault(name.toString() + '/' + type, List.of());
        boolean exists = records.keySet().stream().anyMatch(key -> key.startsWith(name.toString() + '/'));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(out);
        data.writeShort(id);
        data.writeShort(ANSWER | (exists ? 0 : NO_SUCH_NAME));
        data.writeShort(1);
        data.writeShort(found.size());
        data.writeInt(0);
        data.write(asked);
        for (byte[] record : found) {
            data.writeShort(POINTER);
            data.writeShort(type);
            data.writeShort(1);
            data.writeInt(ttlSeconds);
            data.writeShort(record.length);
            data.write(record);
        }
        return out.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
