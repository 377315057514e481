package dev.outrigger.admin;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveGuardsTest {
    private static final OpsReply NO = OpsReply.error(403, "no");
    private static final OpsReply NEVER = OpsReply.error(403, "never");

    private final OpsRequest request =
            OpsRequest.of(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"));

    @Test
    void theFirstRefusalCounts() {
        assertSame(NO, new LiveGuards(List.of(any -> null, any -> NO, any -> NEVER)).refuse(request));
        assertNull(new LiveGuards(List.of()).refuse(request));
    }

    @Test
    void guardsAreReplacedAsAWhole() {
        LiveGuards guards = new LiveGuards(List.of(any -> NO));
        guards.replace(List.of(any -> NEVER));
        assertSame(NEVER, guards.refuse(request));
        guards.replace(List.of());
        assertNull(guards.refuse(request));
    }
}
