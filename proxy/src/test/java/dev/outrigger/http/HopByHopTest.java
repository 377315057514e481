package dev.outrigger.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outrigger.config.model.InterceptionConfig;
import dev.outrigger.config.model.InterceptionConfig.Direction;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HopByHopTest {
    @Test
    void removesTheFixedOnesAndTheListedOnes() {
        HttpHeaders headers = headers(
                "Connection: close, X-A,x-b ,",
                "Connection: X-C",
                "X-A: 1",
                "X-B: 1",
                "X-C: 1",
                "Keep-Alive: 1",
                "Proxy-Connection: 1",
                "Transfer-Encoding: chunked",
                "Upgrade: x",
                "X-D: 1");
        HopByHop.strip(headers);
        assertEquals(List.of("X-D"), List.copyOf(headers.names()));
    }

    @Test
    void whatAClientSaysToAProxyPassesOneThatItDoesNotKnow() {
        ClientInfo direct = ClientInfo.of("in", null, null, false);
        ClientInfo outbound = direct.as(new Intercepted(
                new InetSocketAddress("192.0.2.1", 3128),
                new InterceptionConfig(Direction.OUTBOUND, false, Set.of(), List.of())));
        HttpHeaders kept = headers("Proxy-Authorization: Basic eA==", "Proxy-Connection: keep-alive");
        HopByHop.strip(kept, outbound);
        assertEquals(List.of("Proxy-Authorization"), List.copyOf(kept.names()));

        HopByHop.strip(kept, direct);
        assertEquals(0, kept.size());
    }

    @Test
    void keepsOfTeOnlyTrailers() {
        HttpHeaders headers = headers("TE: gzip;q=0.5, trailers", "Connection: TE");
        HopByHop.strip(headers);
        assertEquals("trailers", headers.get("te"));
        HttpHeaders without = headers("TE: gzip");
        HopByHop.strip(without);
        assertEquals(0, without.size());
    }

    @Test
    void whatFramesOrProtectsTheMessageIsNotForTheClientToRemove() {
        HttpHeaders headers = headers(
                "Connection: Host, Content-Length, Authorization, Mcp-Session-Id, X-Forwarded-For",
                "Host: a",
                "Content-Length: 1",
                "Authorization: b",
                "Mcp-Session-Id: c",
                "X-Forwarded-For: d");
        HopByHop.strip(headers);
        assertEquals(5, headers.size());
    }

    @Test
    void trailersKeepWhatTellsOfTheBodyAndNothingElse() {
        HttpHeaders trailers = headers(
                "Grpc-Status: 0",
                "X-Checksum: 1",
                "Content-Type: a",
                "Transfer-Encoding: chunked",
                "Content-Length: 1",
                "Host: b",
                "Connection: close",
                "TE: trailers",
                "Authorization: c",
                "Cookie: d",
                "X-Forwarded-For: e",
                "Mcp-Session-Id: f");
        HopByHop.stripTrailers(trailers);
        assertEquals(Set.of("Grpc-Status", "X-Checksum"), trailers.names());
    }

    private static HttpHeaders headers(String... lines) {
        HttpHeaders headers = new DefaultHttpHeaders();
        for (String line : lines) {
            int colon = line.indexOf(':');
            headers.add(line.substring(0, colon), line.substring(colon + 1).trim());
        }
        return headers;
    }
}
