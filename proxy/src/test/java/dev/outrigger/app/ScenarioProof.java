package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.URI;
import java.util.List;

/** That a scenario goes the same way with the sidecar as without it. */
final class ScenarioProof {
    private ScenarioProof() {}

    /**
     * Plays a scenario directly and through a sidecar of its own. What the client saw has to be equal in both runs, and
     * what was on the wire before and behind the sidecar has to be equal in the second.
     */
    static void sameThroughTheSidecar(ScenarioClient client, ScenarioServer server, String path, String scenario)
            throws Exception {
        String direct = client.run(scenario, uri(server.port(), path));
        List<WireExchange> before;
        List<WireExchange> behind;
        String through;
        try (Tap toServer = new Tap(server.port())) {
            try (RunningSidecar sidecar = RunningSidecar.before(toServer.port());
                    Tap toSidecar = new Tap(sidecar.inbound().getPort())) {
                through = client.run(scenario, uri(toSidecar.port(), path));
                // The client's idle connections would let the sidecar wait for them.
                before = WireParser.parse(toSidecar.end());
            }
            behind = WireParser.parse(toServer.end());
        }
        assertEquals(lines(direct), lines(through));
        assertFalse(before.isEmpty());
        assertEquals("", String.join("\n", WireDiff.between(before, behind)));
    }

    static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** Broken into lines, for a message that shows where the difference is. */
    private static String lines(String transcript) {
        return transcript.replace(",[", ",\n[").replace(",{", ",\n{");
    }
}
