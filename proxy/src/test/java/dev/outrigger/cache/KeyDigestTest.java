package dev.outrigger.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyDigestTest {
    private final KeyDigest digest = new KeyDigest();

    private CacheKey params(String json) {
        return digest.begin()
                .params(json.getBytes(StandardCharsets.UTF_8), json.indexOf('{') + 1)
                .key();
    }

    @Test
    void equalPartsGiveEqualKeysWhateverCameBefore() {
        CacheKey first = digest.begin().text("a").text("b").key();
        digest.begin().text("left behind");

        CacheKey second = digest.begin().text("a").text("b").key();

        assertEquals(first, second);
        assertEquals(first.hashCode(), second.hashCode());
        assertEquals(first, new KeyDigest().begin().text("a").text("b").key());
    }

    @Test
    void partsDoNotRunIntoEachOther() {
        Set<CacheKey> keys = new HashSet<>();
        keys.add(digest.begin().text("ab").text("c").key());
        keys.add(digest.begin().text("a").text("bc").key());
        keys.add(digest.begin().text("abc").key());
        keys.add(digest.begin().text("abc").text("").key());
        keys.add(digest.begin().text("abc").text(null).key());
        keys.add(digest.begin().text(null).text("abc").key());
        keys.add(digest.begin().key());

        assertEquals(7, keys.size());
    }

    @Test
    void aKeyWithinAnotherIsNeitherThatNorOneOfItsPartsAlone() {
        CacheKey base = digest.begin().text("question").key();

        CacheKey own = digest.begin(base).text("alice").key();

        assertNotEquals(base, own);
        assertNotEquals(own, digest.begin().text("alice").key());
        assertEquals(own, digest.begin(base).text("alice").key());
        assertNotEquals(
                own,
                digest.begin(digest.begin().text("other").key()).text("alice").key());
    }

    @Test
    void spaceBetweenTokensDoesNotCount() {
        assertEquals(
                params("{\"name\":\"a b\",\"arguments\":{\"x\":[1,2],\"y\":\"  \"}}"),
                params(" {\n \"name\" : \"a b\" ,\t\"arguments\" : { \"x\" : [ 1 , 2 ] , \"y\":\"  \" } }"));
    }

    @Test
    void whateverElseDiffersCounts() {
        List<String> different = List.of(
                "{\"name\":\"a\",\"arguments\":{}}",
                "{\"name\":\"a\"}",
                "{\"name\":\"a \"}",
                "{\"name\":\" a\"}",
                "{\"arguments\":{},\"name\":\"a\"}",
                "{\"name\":\"a\",\"arguments\":{\"x\":1}}",
                "{\"name\":\"a\",\"arguments\":{\"x\":1.0}}",
                "{\"name\":\"a\",\"arguments\":{\"x\":\"1\"}}",
                "{\"name\":\"a\",\"arguments\":{\"x\":[1,2]}}",
                "{\"name\":\"a\",\"arguments\":{\"x\":[12]}}",
                "{\"name\":\"a\",\"arguments\":{\"x\":[[1],2]}}",
                "{\"name\":\"a\",\"arguments\":{\"x y\":1}}",
                "{\"name\":\"a\",\"arguments\":{\"xy\":1}}",
                "{}");
        Set<CacheKey> keys = new HashSet<>();
        different.forEach(json -> keys.add(params(json)));
        keys.add(digest.begin().params(new byte[0], -1).key());

        assertEquals(different.size() + 1, keys.size());
    }

    @Test
    void ofMetaOnlyWhatTheClientCanDoCounts() {
        String plain = "{\"name\":\"a\"}";
        assertEquals(params(plain), params("{\"_meta\":{\"progressToken\":1,\"vendor/call\":\"x\"},\"name\":\"a\"}"));
        assertEquals(params(plain), params("{\"name\":\"a\",\"_meta\":null}"));
        CacheKey able = params(
                "{\"name\":\"a\",\"_meta\":{\"t\":1,\"io.modelcontextprotocol/clientCapabilities\":{\"a\":{}}}}");
        CacheKey unable =
                params("{\"name\":\"a\",\"_meta\":{\"t\":2,\"io.modelcontextprotocol/clientCapabilities\":{}}}");
        assertNotEquals(params(plain), able);
        assertNotEquals(able, unable);
        assertNotEquals(params(plain), params("{\"name\":\"a\",\"arguments\":{\"_meta\":{}}}"));
    }

    @Test
    void whatStandsInMetaIsNotTakenForOneOfTheParams() {
        String capabilities = "\"io.modelcontextprotocol/clientCapabilities\":{\"a\":{}}";
        assertNotEquals(params("{\"_meta\":{" + capabilities + "}}"), params("{" + capabilities + "}"));
        assertNotEquals(
                params("{\"name\":\"a\",\"_meta\":{" + capabilities + "}}"),
                params("{\"name\":\"a\"," + capabilities + "}"));
    }
}
