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
        return key(digest.begin().params(json.getBytes(StandardCharsets.UTF_8), json.indexOf('{') + 1));
    }

    private static CacheKey key(KeyDigest digest) {
        CacheKey key = new CacheKey();
        digest.end(key);
        return key;
    }

    @Test
    void equalPartsGiveEqualKeysWhateverCameBefore() {
        CacheKey first = key(digest.begin().text("a").text("b"));
        digest.begin().text("left behind");

        CacheKey second = key(digest.begin().text("a").text("b"));

        assertEquals(first, second);
        assertEquals(first.hashCode(), second.hashCode());
        assertEquals(first, key(new KeyDigest().begin().text("a").text("b")));
    }

    @Test
    void aCopyStaysWhenItsKeyIsWrittenAnew() {
        CacheKey key = new CacheKey();
        digest.begin().text("a").end(key);
        CacheKey kept = key.copy();
        assertEquals(key, kept);

        digest.begin().text("b").end(key);

        assertNotEquals(key, kept);
        assertEquals(kept, key(digest.begin().text("a")));
    }

    @Test
    void eachCharacterOfALongTextCounts() {
        Set<CacheKey> keys = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            keys.add(key(digest.begin().text("a".repeat(i) + "\u0161" + "a".repeat(199 - i))));
            keys.add(key(digest.begin().text("a".repeat(i) + "a".repeat(199 - i) + "a")));
            keys.add(key(digest.begin().text("a".repeat(i))));
        }
        assertEquals(200 + 1 + 200, keys.size());
    }

    @Test
    void partsDoNotRunIntoEachOther() {
        Set<CacheKey> keys = new HashSet<>();
        keys.add(key(digest.begin().text("ab").text("c")));
        keys.add(key(digest.begin().text("a").text("bc")));
        keys.add(key(digest.begin().text("abc")));
        keys.add(key(digest.begin().text("abc").text("")));
        keys.add(key(digest.begin().text("abc").text(null)));
        keys.add(key(digest.begin().text(null).text("abc")));
        keys.add(key(digest.begin()));

        assertEquals(7, keys.size());
    }

    @Test
    void aKeyWithinAnotherIsNeitherThatNorOneOfItsPartsAlone() {
        CacheKey base = key(digest.begin().text("question"));

        CacheKey own = key(digest.begin(base).text("alice"));

        assertNotEquals(base, own);
        assertNotEquals(own, key(digest.begin().text("alice")));
        assertEquals(own, key(digest.begin(base).text("alice")));
        assertNotEquals(own, key(digest.begin(key(digest.begin().text("other"))).text("alice")));
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
        keys.add(key(digest.begin().params(new byte[0], -1)));

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
