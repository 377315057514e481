package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A request whose body is still on its way when another configuration comes into force. */
@Timeout(180)
class BodyAcrossReloadIT {
    @TempDir
    private Path directory;

    @Test
    void goesWhereTheConfigurationThatItBeganWithSays() throws Exception {
        try (McpUpstream upstream = new McpUpstream(McpUpstream.plain());
                FileSidecar sidecar = new FileSidecar(directory, "auto");
                RawClient client = sidecar.write(config(upstream, 7)).start().connect()) {
            String body = Rpc.call("42", "echo");
            client.send("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Expect: 100-continue\r\nContent-Length: " + body.length() + "\r\n\r\n");
            String proceed = client.readUntil("\r\n\r\n");
            assertTrue(proceed.startsWith("HTTP/1.1 100 "), proceed);
            sidecar.apply(config(upstream, 8));

            client.send(body);

            String answer = client.readResponse();
            assertTrue(answer.contains("\"id\":42"), answer);
            assertTrue(answer.contains("\"result\""), answer);
        }
    }

    /** Another limit of connections is another upstream of the same name. */
    private static String config(McpUpstream upstream, int maxConnections) {
        return "upstreams.app { endpoints = [\"127.0.0.1:" + upstream.port()
                + "\"], health-check.type = none, pool.max-connections = " + maxConnections
                + " }\nroutes = [{ name = all, match { path-prefix = \"/\" }, upstream = app }]\n";
    }
}
