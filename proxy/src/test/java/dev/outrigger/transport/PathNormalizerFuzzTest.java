package dev.outrigger.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.outrigger.config.model.HttpRulesConfig.EscapedSlashes;
import dev.outrigger.config.model.HttpRulesConfig.Underscores;
import java.nio.charset.StandardCharsets;

/** Any path: refused, or brought into a form that is its own normal form and has nothing left for another reader to resolve. */
class PathNormalizerFuzzTest {
    @FuzzTest
    void theNormalFormIsNormal(byte[] bytes) {
        if (bytes == null) {
            return;
        }
        String target = "/" + new String(bytes, StandardCharsets.US_ASCII).replace('\ufffd', 'x');
        for (EscapedSlashes slashes : EscapedSlashes.values()) {
            PathNormalizer normalizer = new PathNormalizer(Rules.of(slashes, Underscores.ALLOW, 16, 0));
            if (normalizer.refusal(target) != null) {
                assertFalse(PathNormalizer.isPlain(target), target);
                continue;
            }
            String normal = normalizer.normalize(target);
            if (PathNormalizer.isPlain(target)) {
                assertSame(target, normal);
            }
            assertNull(normalizer.refusal(normal), () -> target + " became " + normal);
            assertEquals(normal, normalizer.normalize(normal), target);
            assertNothingToResolve(normal);
        }
    }

    private static void assertNothingToResolve(String normal) {
        int query = normal.indexOf('?');
        String path = query < 0 ? normal : normal.substring(0, query);
        assertTrue(path.startsWith("/"), path);
        assertFalse(path.contains("//"), path);
        for (String segment : path.split("/", -1)) {
            assertFalse(segment.equals(".") || segment.equals(".."), path);
        }
    }
}
