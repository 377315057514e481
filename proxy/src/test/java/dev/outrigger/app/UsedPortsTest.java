package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsedPortsTest {
    private static final String HEAD =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static final String REST =
            " 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0 100 0 0 10 0\n";

    @TempDir
    private Path tables;

    @ParameterizedTest
    @CsvSource({
        "listens,             0A, true",
        "has a connection,    01, true",
        "has one half closed, 08, true",
        "is not there,        06, false",
        "has left one behind, 05, false"
    })
    void knowsWhoIsThere(String application, String state, boolean isUsed) throws IOException {
        Files.writeString(tables.resolve("tcp"), HEAD + "   0: 0100007F:1F90 0100007F:C350 " + state + REST + "\n");

        assertEquals(isUsed, new UsedPorts(tables).hasAny(List.of(9, 8080)), application);
    }

    @Test
    void looksAtItsOwnEndOfConnectionsOnly() throws IOException {
        Files.writeString(tables.resolve("tcp"), HEAD + " 100: 0100007F:C350 0100007F:1F90 01" + REST);

        assertFalse(new UsedPorts(tables).hasAny(List.of(8080)));
    }

    @Test
    void looksAtIpv6AsWell() throws IOException {
        Files.writeString(tables.resolve("tcp"), HEAD);
        Files.writeString(
                tables.resolve("tcp6"),
                HEAD + "   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A" + REST);

        assertTrue(new UsedPorts(tables).hasAny(List.of(8080)));
    }

    @Test
    void doesNotKnowWithoutTables() {
        assertThrows(IOException.class, () -> new UsedPorts(tables).hasAny(List.of(8080)));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void seesTheConnectionOfAServerThatListensNoMore() throws IOException {
        UsedPorts used = new UsedPorts(Path.of("/proc/net"));
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        List<Integer> port = List.of(server.getLocalPort());
        assertTrue(used.hasAny(port));

        try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket accepted = server.accept()) {
            server.close();
            assertTrue(used.hasAny(port));
            assertTrue(client.isConnected() && accepted.isConnected());
        }
        assertFalse(used.hasAny(port));
    }
}
