package dev.outrigger.demo;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * JSON to be sent: pieces of text, and filler that is described rather than held, so that many large answers to slow
 * readers cost next to nothing. Holds no buffer; one is made for each sending.
 *
 * @param pieces in order
 */
record Payload(List<Piece> pieces) {
    private static final int FILLER_BLOCK_BYTES = 64 * 1024;

    /** Direct, or the socket would copy it. Its letters need no escaping in JSON. */
    private static final ByteBuf FILLER = Unpooled.unreleasableBuffer(Unpooled.directBuffer(FILLER_BLOCK_BYTES)
            .writeBytes(
                    "outrigger ".repeat(FILLER_BLOCK_BYTES / 10 + 1).getBytes(StandardCharsets.US_ASCII),
                    0,
                    FILLER_BLOCK_BYTES)
            .asReadOnly());

    /**
     * @param text sent first
     * @param fillerBytes how many bytes of filler follow
     */
    record Piece(String text, int fillerBytes) {}

    static Payload of(String text) {
        return new Payload(List.of(new Piece(text, 0)));
    }

    /** Text with filler at one place. */
    static Payload withFiller(String before, int fillerBytes, String after) {
        return new Payload(List.of(new Piece(before, fillerBytes), new Piece(after, 0)));
    }

    /** The JSON array of the given ones. */
    static Payload array(List<Payload> items) {
        List<Piece> pieces = new ArrayList<>();
        String separator = "[";
        for (Payload item : items) {
            pieces.add(new Piece(separator, 0));
            pieces.addAll(item.pieces);
            separator = ",";
        }
        pieces.add(new Piece("]", 0));
        return new Payload(pieces);
    }

    ByteBuf toBuffer(ByteBufAllocator alloc, String before, String after) {
        CompositeByteBuf buffer = alloc.compositeDirectBuffer(Integer.MAX_VALUE);
        append(buffer, before);
        for (Piece piece : pieces) {
            append(buffer, piece.text);
            for (int left = piece.fillerBytes; left > 0; left -= FILLER_BLOCK_BYTES) {
                buffer.addComponent(true, FILLER.slice(0, Math.min(left, FILLER_BLOCK_BYTES)));
            }
        }
        append(buffer, after);
        return buffer;
    }

    private static void append(CompositeByteBuf buffer, String text) {
        if (!text.isEmpty()) {
            ByteBuf part = buffer.alloc().directBuffer(text.length());
            ByteBufUtil.writeUtf8(part, text);
            buffer.addComponent(true, part);
        }
    }
}
