package dev.outrigger.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OriginGuardTest {
    private final OriginGuard guard = new OriginGuard();

    private static OpsRequest request(HttpMethod method, String... origins) {
        FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, "/breakers/app/reset");
        request.headers().set("host", "localhost:15000");
        for (String origin : origins) {
            request.headers().add("origin", origin);
        }
        try {
            return OpsRequest.of(request);
        } finally {
            request.release();
        }
    }

    @Test
    void changesWithoutOriginPass() {
        assertNull(guard.refuse(request(HttpMethod.POST)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:15000", "https://localhost:15000", "HTTP://LOCALHOST:15000"})
    void changesFromThePortsOwnPagePass(String origin) {
        assertNull(guard.refuse(request(HttpMethod.POST, origin)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "",
                "http://evil.example",
                "http://localhost",
                "http://localhost:15001",
                "http://localhost:15000.evil"
            })
    void changesFromOtherPagesAreRefused(String origin) {
        for (HttpMethod method :
                new HttpMethod[] {HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE, HttpMethod.PATCH}) {
            OpsReply refusal = guard.refuse(request(method, origin));
            assertNotNull(refusal);
            assertEquals(403, refusal.status());
        }
    }

    @Test
    void twoOriginsAreRefused() {
        assertNotNull(guard.refuse(request(HttpMethod.POST, "http://localhost:15000", "http://evil.example")));
    }

    @Test
    void readingPassesFromAnywhere() {
        assertNull(guard.refuse(request(HttpMethod.GET, "http://evil.example")));
        assertNull(guard.refuse(request(HttpMethod.HEAD, "null")));
    }
}
