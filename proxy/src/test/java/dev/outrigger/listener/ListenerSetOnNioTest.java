package dev.outrigger.listener;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.RuntimeConfig.Transport;
import dev.outrigger.testing.Configs;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** On NIO, where the kernel steers nothing. */
class ListenerSetOnNioTest extends ListenerSetContract {
    @Override
    Transport transport() {
        return Transport.NIO;
    }

    @Test
    void whatIsRedirectedCannotBeTaken() {
        ListenerConfig config = Configs.of("app", """
                        upstreams.app.endpoints = ["127.0.0.1:1"]
                        listeners.inbound.mode = transparent
                        """).listeners().get(0);
        try (ServingLoops loops = new ServingLoops(Transport.NIO, "nio")) {
            String message = assertThrows(IOException.class, () -> loops.serve(false, config))
                    .getMessage();
            assertTrue(message.startsWith("listener inbound: mode = transparent needs epoll or io_uring"), message);
        }
    }
}
