package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.HttpRulesConfig;
import dev.outrigger.config.model.HttpRulesConfig.EscapedSlashes;
import dev.outrigger.config.model.HttpRulesConfig.Underscores;
import dev.outrigger.record.RefusalReason;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths that servers read differently: brought into one form, or refused. */
class PathNormalizerTest {
    private static final List<String> PIECES = List.of(
            "/", "/", "//", ".", "..", "a", "b", "%2e", "%2E", "%2f", "%2F", "%5c", "%61", "%25", "%20", "%", "%2", ";",
            "..;", "~");

    private final PathNormalizer keeping = with(EscapedSlashes.KEEP);

    private static PathNormalizer with(EscapedSlashes slashes) {
        return new PathNormalizer(Rules.of(slashes, Underscores.ALLOW, 16, 0));
    }

    private static PathNormalizer with(boolean dots, boolean merge, EscapedSlashes slashes) {
        HttpRulesConfig base = Rules.STRICT;
        return new PathNormalizer(
                new HttpRulesConfig(dots, merge, slashes, base.underscores(), 16, 0, base.slowGrace(), false, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/a/./b, /a/b",
        "/a/../b, /b",
        "/a/b/.., /a/",
        "/a/., /a/",
        "/a/.., /",
        "/a/%2e%2e/b, /b",
        "/a/.%2E/b, /b",
        "/%61%7e%2D, /a~-",
        "/a%20b, /a%20b",
        "/a%252e, /a%252e",
        "//a///b//, /a/b/",
        "/a//../b, /b",
        "/a%2fb, /a%2fb",
        "/.well-known/x, /.well-known/x",
        "/..a/b.., /..a/b..",
        "/..., /...",
        "/a;x=1/b, /a;x=1/b",
        "/a/../b?c=/../%2e%zz//, /b?c=/../%2e%zz//",
        "/?/../a, /?/../a",
    })
    void pathsHaveOneForm(String path, String normal) {
        assertNull(keeping.refusal(path));
        assertEquals(normal, keeping.normalize(path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a%",
                "/a%2",
                "/a%zz",
                "/%u0041",
                "/a%00",
                "/a%0d%0aX:%20y",
                "/a%1f",
                "/a%7F",
                "/..",
                "/../a",
                "/a/../../b",
                "/%2e%2e/a",
                "/a/..%2fb",
                "/a%2f../b",
                "/a%5c..%5cb",
                "/a/..;/b",
                "/a/..;x=1/b",
                "/a/.;/b"
            })
    void whatHasNoOneFormIsRefused(String path) {
        assertEquals(RefusalReason.PATH, keeping.refusal(path));
        assertFalse(PathNormalizer.isPlain(path));
    }

    @Test
    void escapedSlashesMayBeRefused() {
        PathNormalizer rejecting = with(EscapedSlashes.REJECT);
        assertEquals(RefusalReason.ESCAPED_SLASH, rejecting.refusal("/a%2Fb"));
        assertEquals(RefusalReason.ESCAPED_SLASH, rejecting.refusal("/a%5cb"));
        assertNull(rejecting.refusal("/a?b=%2f"));
    }

    @ParameterizedTest
    @CsvSource({"/a%2fb, /a/b", "/a%5Cb, /a/b", "/a%2f..%2fb, /b", "/a%252fb, /a%252fb", "/a/%2fb, /a/b"})
    void escapedSlashesMayBeSlashes(String path, String normal) {
        PathNormalizer unescaping = with(EscapedSlashes.UNESCAPE);
        assertNull(unescaping.refusal(path));
        assertEquals(normal, unescaping.normalize(path));
    }

    @Test
    void climbingByEscapedSlashesEndsAtTheRoot() {
        assertEquals(RefusalReason.PATH, with(EscapedSlashes.UNESCAPE).refusal("/a%2f..%2f..%2fb"));
    }

    @Test
    void slashesMayBeKept() {
        PathNormalizer normalizer = with(true, false, EscapedSlashes.KEEP);
        assertSame("//a//b/", normalizer.normalize("//a//b/"));
        assertEquals("/a/c", normalizer.normalize("/a/b//../../c"));
    }

    @Test
    void whatIsNotToBeNormalisedStays() {
        PathNormalizer normalizer = with(false, false, EscapedSlashes.KEEP);
        for (String path : List.of("/a/../b", "/../a", "/%61", "//a", "/a/..;/b", "/a%2f..")) {
            assertNull(normalizer.refusal(path), path);
            assertSame(path, normalizer.normalize(path));
        }
        assertEquals(RefusalReason.PATH, normalizer.refusal("/a%00"));
        assertEquals("/a/b/../c", with(false, true, EscapedSlashes.KEEP).normalize("/a//b/../c"));
    }

    @Test
    void aPathInItsFormIsNotCopied() {
        for (String path : List.of("/a/b?c=%2e", "/.well-known/a%20b", "/a/.b")) {
            assertSame(path, keeping.normalize(path));
        }
        assertTrue(PathNormalizer.isPlain("/mcp/tools?x=/../%zz//"));
    }

    @Property(tries = 3000)
    void theFormIsStable(@ForAll("targets") String target, @ForAll EscapedSlashes slashes, @ForAll boolean merge) {
        PathNormalizer normalizer = with(true, merge, slashes);
        Assume.that(normalizer.refusal(target) == null);
        String normal = normalizer.normalize(target);
        assertNull(normalizer.refusal(normal), normal);
        assertSame(normal, normalizer.normalize(normal));
        assertEquals(query(target), query(normal));
        assertTrue(normal.startsWith("/"), normal);
        assertTrue(!merge || !path(normal).contains("//"), normal);
    }

    /** Whatever a server makes of escaped slashes, of escaped dots and of parameters, it finds no way up. */
    @Property(tries = 3000)
    void noServerFindsDotSegments(@ForAll("targets") String target, @ForAll EscapedSlashes slashes) {
        PathNormalizer normalizer = with(slashes);
        Assume.that(normalizer.refusal(target) == null);
        String seen = path(normalizer.normalize(target))
                .replaceAll("(?i)%2e", ".")
                .replaceAll("(?i)%2f|%5c", "/")
                .replaceAll(";[^/]*", "");
        for (String segment : seen.split("/", -1)) {
            assertFalse(segment.equals(".") || segment.equals(".."), target);
        }
    }

    @Property(tries = 3000)
    void whatIsPlainIsInItsForm(@ForAll("targets") String target, @ForAll EscapedSlashes slashes) {
        Assume.that(PathNormalizer.isPlain(target));
        assertNull(with(slashes).refusal(target));
        assertSame(target, with(slashes).normalize(target));
    }

    @Provide
    Arbitrary<String> targets() {
        Arbitrary<String> text = Arbitraries.of(PIECES).list().ofMaxSize(9).map(pieces -> String.join("", pieces));
        Arbitrary<String> query =
                text.map(asked -> "?" + asked).injectNull(0.5).map(asked -> asked == null ? "" : asked);
        return Combinators.combine(text, query).as((path, asked) -> "/" + path + asked);
    }

    private static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    private static String query(String target) {
        return target.substring(path(target).length());
    }
}
