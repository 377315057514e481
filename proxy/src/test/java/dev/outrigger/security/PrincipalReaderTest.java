package dev.outrigger.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrincipalReaderTest {
    private static final String ALICE = "{\"iss\":\"https://id\",\"sub\":\"alice\",\"exp\":1}";

    @Test
    void issuerAndSubjectOfATokenAreThePrincipal() {
        String alice = PrincipalReader.read(bearer(ALICE));

        assertNotNull(alice);
        assertEquals(alice, PrincipalReader.read(bearer("{\"sub\":\"alice\",\"exp\":2,\"iss\":\"https://id\"}")));
        assertEquals(alice, PrincipalReader.read(bearer(ALICE).replace("Bearer ", "bEARER   ") + "  "));
        assertNotEquals(alice, PrincipalReader.read(bearer("{\"iss\":\"https://id\",\"sub\":\"bob\"}")));
        assertNotEquals(alice, PrincipalReader.read(bearer("{\"iss\":\"https://other\",\"sub\":\"alice\"}")));
        assertNotEquals(alice, PrincipalReader.read(bearer("{\"sub\":\"alice\"}")));
    }

    @Test
    void issuerAndSubjectDoNotRunIntoEachOther() {
        assertNotEquals(
                PrincipalReader.read(bearer("{\"iss\":\"a\",\"sub\":\"bc\"}")),
                PrincipalReader.read(bearer("{\"iss\":\"ab\",\"sub\":\"c\"}")));
    }

    @Test
    void theUserOfBasicCredentialsIsThePrincipal() {
        String alice = PrincipalReader.read(basic("alice:old"));

        assertNotNull(alice);
        assertEquals(alice, PrincipalReader.read(basic("alice:new:er").replace("Basic", "basic")));
        assertNotEquals(alice, PrincipalReader.read(basic("bob:old")));
        assertNull(PrincipalReader.read(basic("alice")));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                " ",
                "Bearer",
                "Bearer ",
                "Bearer opaque-token",
                "Bearer a.b",
                "Bearer a.b.c",
                "Bearer ..",
                "Bearer a.b.c.d.e",
                "Bearer e30.@@@@.x",
                "Basic @@@",
                "Digest username=\"alice\"",
                "DPoP e30.e30.x",
            })
    void whatDoesNotSayWhoItIsHasNoPrincipal(@Nullable String header) {
        assertNull(PrincipalReader.read(header));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "\"x\"",
                "{",
                "{}",
                "{\"sub\":1}",
                "{\"sub\":null}",
                "{\"sub\":{\"a\":\"b\"}}",
                "{\"iss\":\"alice\"}",
                "{sub:alice}",
                "include \"x\"",
            })
    void aPayloadWithoutASubjectHasNoPrincipal(String payload) {
        assertNull(PrincipalReader.read(bearer(payload)));
    }

    @Test
    void deepOrLongPayloadsAreNotLookedInto() {
        String deep = "{\"x\":" + "[".repeat(5000) + "]".repeat(5000) + ",\"sub\":\"alice\"}";
        String huge = "{\"x\":\"" + "y".repeat(PrincipalReader.MAX_CHARS) + "\",\"sub\":\"alice\"}";
        String large = "{\"x\":\"" + "y".repeat(8000) + "\",\"sub\":\"alice\"}";

        assertNull(PrincipalReader.read(bearer(deep)));
        assertNull(PrincipalReader.read(bearer(huge)));
        assertNotNull(PrincipalReader.read(bearer(large)));
    }

    static String bearer(String payload) {
        return "Bearer eyJhbGciOiJub25lIn0." + base64(Base64.getUrlEncoder().withoutPadding(), payload) + ".c2ln";
    }

    static String basic(String pair) {
        return "Basic " + base64(Base64.getEncoder(), pair);
    }

    private static String base64(Base64.Encoder encoder, String text) {
        return encoder.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
