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

class HostGuardTest {
    private static OpsRequest requestTo(String... hosts) {
        FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
        for (String host : hosts) {
            request.headers().add("host", host);
        }
        try {
            return OpsRequest.of(request);
        } finally {
            request.release();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:15000",
                "127.0.0.1",
                "127.0.0.1:15000",
                "127.8.7.6:1",
                "[::1]",
                "[::1]:15000",
                "[0:0:0:0:0:0:0:1]:15000",
                "[::ffff:127.0.0.1]"
            })
    void loopbackHostsPass(String host) {
        assertNull(new HostGuard("127.0.0.1").refuse(requestTo(host)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "evil.example",
                "evil.example:15000",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "10.0.0.7",
                "[fe80::1]:15000",
                "0.0.0.0:15000",
                "::1",
                "[::1",
                "[::1]15000",
                "127.0.0.1:15000:1",
                "127.0.0.1:http",
                "127.0.0.1@evil.example",
                "2130706433",
                "127.1"
            })
    void everythingElseIsRefused(String host) {
        OpsReply refusal = new HostGuard("127.0.0.1").refuse(requestTo(host));
        assertNotNull(refusal);
        assertEquals(403, refusal.status());
    }

    @Test
    void theBoundAddressPasses() {
        assertNull(new HostGuard("10.0.0.7").refuse(requestTo("10.0.0.7:15000")));
        assertNull(new HostGuard("fd00::7").refuse(requestTo("[fd00:0:0::7]:15000")));
        assertNull(new HostGuard("[fd00::7]").refuse(requestTo("[fd00::7]")));
        assertNull(new HostGuard("sidecar.internal").refuse(requestTo("Sidecar.Internal:15000")));
    }

    @Test
    void boundToAllAddressesEveryLiteralPassesAndNoName() {
        HostGuard guard = new HostGuard("0.0.0.0");
        assertNull(guard.refuse(requestTo("10.0.0.7:15000")));
        assertNull(guard.refuse(requestTo("[fd00::7]:15000")));
        assertNotNull(guard.refuse(requestTo("evil.example")));
    }

    @Test
    void aRequestWithoutHostIsRefused() {
        assertNotNull(new HostGuard("127.0.0.1").refuse(requestTo()));
    }
}
