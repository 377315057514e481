package dev.outrigger.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToolListFilterTest {
    /** Without the tools whose name begins with {@code d}; null if nothing is to be changed. */
    private static String filtered(String message) {
        byte[] changed = ToolListFilter.filter(
                message.getBytes(StandardCharsets.UTF_8), (name, length) -> length == 0 || name[0] != 'd');
        return changed == null ? null : new String(changed, StandardCharsets.UTF_8);
    }

    private static String answer(String tools) {
        return "{ \"jsonrpc\":\"2.0\", \"result\" : {\"a\":[1,{}], \"tools\":[" + tools
                + "] ,\"nextCursor\":\"c\"},\"id\":1}\n";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "{\"name\":\"a\"} , {\"name\":\"d\"} | {\"name\":\"a\"}",
                "{\"name\":\"d\"}, {\"name\":\"b\"} | {\"name\":\"b\"}",
                "{\"name\":\"a\"}, {\"name\":\"d\"},\t{\"x\":{\"name\":\"d\"}, \"name\":\"c\"} "
                        + "| {\"name\":\"a\"},{\"x\":{\"name\":\"d\"}, \"name\":\"c\"}",
                "{\"name\":\"d\"} | ''",
                "{\"n\\u0061me\":\"\\u0064\"},{\"name\":\"a\"} | {\"name\":\"a\"}",
                "{\"name\":\"a\",\"name\":\"d\"},{\"name\":\"ü\"} | {\"name\":\"ü\"}"
            })
    void whatIsForbiddenIsLeftOutAndTheRestStaysAsItIs(String tools, String kept) {
        assertEquals(answer(kept), filtered(answer(tools)));
    }

    @Test
    void eachAnswerOfABatchIsRead() {
        String batch = "[" + answer("{\"name\":\"d\"}") + "," + answer("{\"name\":\"d\"},{\"name\":\"a\"}") + "]";
        assertEquals("[" + answer("") + "," + answer("{\"name\":\"a\"}") + "]", filtered(batch));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "1",
                "{\"result\":{\"tools\":[{\"name\":\"a\"}]}}",
                "{\"params\":{\"tools\":[{\"name\":\"d\"}]}}",
                "{\"result\":[{\"tools\":[{\"name\":\"d\"}]}]}",
                "{\"result\":{\"tools\":{\"name\":\"d\"}}}",
                "{\"result\":{\"tools\":[{\"name\":\"d\"}",
                "{\"result\":{\"tools\":[{\"name\":\"d\"},]}}",
                "{\"result\":{\"tools\":[1,{\"name\":\"d\"}]}}",
                "{\"result\":null}"
            })
    void whatListsNothingForbiddenOrCannotBeReadIsLeftAlone(String message) {
        assertNull(filtered(message));
    }
}
