package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloTest {
    private static final byte[] HELLO = Hellos.of("db.example.com");

    @Test
    void tellsTheNameThatIsAskedFor() {
        assertEquals(new ClientHello.Look(true, "db.example.com"), look(HELLO));
    }

    @Test
    void tellsTheNameInLowerCase() {
        assertEquals("db.example.com", look(Hellos.of("DB.Example.COM")).serverName());
    }

    @Test
    void aHelloMayAskForNoName() {
        assertEquals(ClientHello.Look.NAMELESS, look(Hellos.of("")));
    }

    @Test
    void isNotWholeBeforeItsLastByte() {
        for (int length = 0; length < HELLO.length; length++) {
            assertFalse(look(prefix(HELLO, length)).whole(), "of " + length + " bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 50, 199})
    void isReadOutOfSeveralRecords(int recordBytes) {
        byte[] fragments = Hellos.fragmented(HELLO, recordBytes);
        assertEquals(new ClientHello.Look(true, "db.example.com"), look(fragments));
        assertFalse(look(prefix(fragments, fragments.length - 1)).whole());
    }

    @Test
    void isToldFromTheFirstSixBytes() {
        assertEquals(ClientHello.Kind.UNDECIDED, kind(new byte[0]));
        assertEquals(ClientHello.Kind.UNDECIDED, kind(prefix(HELLO, 1)));
        assertEquals(ClientHello.Kind.UNDECIDED, kind(prefix(HELLO, 5)));
        assertEquals(ClientHello.Kind.HELLO, kind(prefix(HELLO, 6)));
        assertEquals(ClientHello.Kind.OTHER, kind("GET".getBytes(StandardCharsets.US_ASCII)));
        // An alert, a record of SSL 2 and one without contents.
        assertEquals(ClientHello.Kind.OTHER, kind(new byte[] {21, 3, 1}));
        assertEquals(ClientHello.Kind.OTHER, kind(new byte[] {22, 2, 0}));
        assertEquals(ClientHello.Kind.OTHER, kind(new byte[] {22, 3, 1, 0, 0}));
        assertEquals(ClientHello.Kind.OTHER, kind(new byte[] {22, 3, 1, 0, 4, 2}));
    }

    @Test
    void aNameThatNoHostCanHaveIsNone() {
        byte[] hello = HELLO.clone();
        int at = new String(hello, StandardCharsets.ISO_8859_1).indexOf("db.example.com");
        hello[at] = '"';
        assertNull(look(hello).serverName());
    }

    @Test
    void whateverIsWrongInItEndsWithoutAName() {
        SplittableRandom random = new SplittableRandom(42);
        for (int round = 0; round < 20_000; round++) {
            byte[] wrong = HELLO.clone();
            for (int i = 0; i < 3; i++) {
                wrong[
                                ClientHello.RECORD_HEADER_BYTES
                                        + random.nextInt(wrong.length - ClientHello.RECORD_HEADER_BYTES)] =
                        (byte) random.nextInt();
            }
            look(wrong);
        }
    }

    @Test
    void lengthsThatContradictEachOtherEndTheSearch() {
        byte[] wrong = HELLO.clone();
        // The message claims to be longer than it is, and another record that is none follows.
        wrong[8] += 1;
        byte[] more = new byte[wrong.length + 5];
        System.arraycopy(wrong, 0, more, 0, wrong.length);
        more[wrong.length] = 23;
        assertTrue(look(more).whole());
    }

    private static ClientHello.Look look(byte[] bytes) {
        ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
        ClientHello.Look look = ClientHello.look(buffer);
        assertEquals(bytes.length, buffer.readableBytes(), "nothing is consumed");
        return look;
    }

    private static ClientHello.Kind kind(byte[] bytes) {
        return ClientHello.kind(Unpooled.wrappedBuffer(bytes));
    }

    private static byte[] prefix(byte[] bytes, int length) {
        byte[] prefix = new byte[length];
        System.arraycopy(bytes, 0, prefix, 0, length);
        return prefix;
    }
}
