package dev.outrigger.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.NetworkNamespace.Link;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RequiresTool({"ip", "setpriv"})
class NetworkNamespaceTest {
    @BeforeEach
    void allowed() throws IOException, InterruptedException {
        NetworkNamespace.assumeAllowed();
    }

    @Test
    void twoLinkedOnesHaveEachOthersAddressesOnTheirRoutesAndNothingElse() throws IOException, InterruptedException {
        try (NetworkNamespace client = NetworkNamespace.create("client");
                NetworkNamespace pod = NetworkNamespace.create("pod");
                NetworkNamespace other = NetworkNamespace.create("other")) {
            Link link = client.link(pod);
            assertTrue(client.run("ip", "route", "get", link.far().v4()).contains(link.nearDevice()));
            assertTrue(pod.run("ip", "-6", "route", "get", link.near().v6()).contains(link.farDevice()));
            assertNotEquals(
                    0, other.tryRun("ip", "route", "get", link.far().v4()).exit());
        }
    }

    @Test
    void whatRunsInsideEndsWithIt() throws IOException, InterruptedException {
        Process process;
        String name;
        try (NetworkNamespace namespace = NetworkNamespace.create("short")) {
            name = namespace.name();
            process = namespace.start(Path.of("/dev/null"), List.of("sleep", "1000"));
            assertTrue(process.isAlive());
        }
        assertFalse(process.isAlive());
        assertFalse(NetworkNamespace.here().run("ip", "netns", "list").contains(name));
    }

    @Test
    void anotherUserRunsWithTheCapabilitiesItIsGiven() throws IOException, InterruptedException {
        try (NetworkNamespace namespace = NetworkNamespace.create("user")) {
            String[] command =
                    NetworkNamespace.as(1337, List.of("id", "-u"), "net_admin").toArray(String[]::new);
            assertEquals("1337", namespace.run(command).strip());
        }
    }
}
