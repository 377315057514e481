package dev.outrigger.listener;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What takes a kernel that steers connections past a socket, and a transport that can tell it to. */
abstract class SteeredListenerSetContract extends ListenerSetContract {
    @Test
    void theSamePortGoesFromAllInterfacesToOneAndBack() throws Exception {
        int port = FreePort.find();
        loops.serve(false, ServingLoops.config("all", "0.0.0.0", port));
        try (Load load = new Load(port)) {
            load.awaitMore(200);
            loops.serve(false, config("one", port));
            load.awaitAnswer("it one");
            load.awaitMore(200);
            loops.serve(false, ServingLoops.config("all", "0.0.0.0", port));
            load.awaitAnswer("it all");
            load.awaitMore(200);
            assertEquals(List.of(), load.failures());
        }
    }

    @Test
    void connectionsToWhatIsAbandonedOnAPortInUseAreServed() throws Exception {
        int port = FreePort.find();
        loops.serve(false, ServingLoops.config("all", "0.0.0.0", port));
        try (Load load = new Load(port)) {
            load.awaitMore(100);
            ListenerSet.Change change = loops.listeners().prepare(List.of(config("one", port)), DRAIN, false);
            try (Asking between = new Asking(port)) {
                between.send("/");
                loops.listeners().abandon(change);
                assertEquals("it one", between.read());
            }
            load.awaitAnswer("it all");
            load.awaitMore(100);
            assertEquals(List.of(), load.failures());
        }
    }
}
