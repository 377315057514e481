package dev.outrigger.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import org.junit.jupiter.api.Test;

class ConnectErrorsTest {
    @Test
    void namesWhatFailedWithoutTheAddress() {
        assertEquals("connect refused", ConnectErrors.phrase(new ConnectException("Connection refused: /10.0.0.1:80")));
        assertEquals("connect timeout", ConnectErrors.phrase(new ConnectTimeoutException("after 1 s: /10.0.0.1:80")));
        assertEquals("connect timeout", ConnectErrors.phrase(new ConnectException("Connection timed out")));
        assertEquals("unknown host", ConnectErrors.phrase(new UnknownHostException("app.default.svc")));
        assertEquals("unknown host", ConnectErrors.phrase(new UnresolvedAddressException()));
        assertEquals("unreachable", ConnectErrors.phrase(new NoRouteToHostException("No route to host")));
        assertEquals("unreachable", ConnectErrors.phrase(new SocketException("Network is unreachable: /10.0.0.1:80")));
        assertEquals(
                "unreachable",
                ConnectErrors.phrase(new ConnectException("connect(..) failed with error(-113): No route to host")));
        assertEquals("connect failed", ConnectErrors.phrase(new IOException("Too many open files")));
    }
}
