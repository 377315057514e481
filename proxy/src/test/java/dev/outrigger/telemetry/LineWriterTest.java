package dev.outrigger.telemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LineWriterTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void everyItemIsALine() {
        write(out, "one", "two");

        assertEquals("\"one\"\n\"two\"\n", text());
    }

    @Test
    void textBeyondAsciiIsUtf8() {
        write(out, "plain", "größe 中文 \uD83D\uDE00", "plain");

        assertEquals("\"plain\"\n\"größe 中文 \uD83D\uDE00\"\n\"plain\"\n", text());
    }

    @Test
    void linesLongerThanTheBufferComeWhole() {
        String ascii = "x".repeat(200_000);
        String wide = "ö".repeat(100_000);
        write(out, "first", ascii, wide, "last");

        assertEquals("\"first\"\n\"" + ascii + "\"\n\"" + wide + "\"\n\"last\"\n", text());
    }

    @Test
    void manyLinesComeInOrder() {
        StringBuilder expected = new StringBuilder();
        String[] items = new String[3000];
        for (int i = 0; i < items.length; i++) {
            items[i] = "line number " + i + " with some more text so that the buffer fills up";
            expected.append('"').append(items[i]).append("\"\n");
        }
        write(out, items);

        assertEquals(expected.toString(), text());
    }

    @Test
    void linesThatCannotBeWrittenAreDroppedAndCounted() {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("no space left on device");
            }
        };

        assertTrue(write(broken, "one", "two") > 0);
    }

    private static long write(OutputStream out, String... items) {
        DropCounter dropped = new DropCounter();
        LineWriter<String> writer =
                new LineWriter<>("test", 4096, Duration.ofHours(1), out, dropped, (item, json) -> json.value(item));
        for (String item : items) {
            assertTrue(writer.offer(item));
        }
        writer.close();
        return dropped.getAsLong();
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
