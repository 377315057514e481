package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class InjectCommandTest {
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata:
              name: weather
            spec:
              containers:
                - name: app
                  image: example/app:1
            """;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void putsASidecarIntoAManifest() {
        assertEquals(0, inject(POD, "file", "--image", "registry.example/outrigger:1"));

        assertTrue(out.toString().contains("image: registry.example/outrigger:1"), out.toString());
        assertTrue(out.toString().contains("restartPolicy: Always"), out.toString());
    }

    @Test
    void putsAClassicSidecarIntoAManifestForAnOldCluster() {
        assertEquals(0, inject(POD, "file", "--kubernetes-version", "1.28"));

        assertTrue(out.toString().contains("post-start"), out.toString());
    }

    @Test
    void writesNothingWhereAPodIsRefused() {
        String refused = POD.replace("spec:", "spec:\n  securityContext: {runAsUser: 1337}");

        assertEquals(2, inject(refused, "file"));

        assertEquals("", out.toString());
        assertTrue(err.toString().startsWith("Pod weather: container app: securityContext.runAsUser is 1337"));
    }

    @Test
    void namesTheSettingThatIsRefused(@TempDir Path directory) throws IOException {
        Path settings = Files.writeString(directory.resolve("settings.yaml"), "sidecars: native\n");

        assertEquals(2, inject(POD, "file", "--settings", settings.toString()));
        assertTrue(err.toString().startsWith(settings + ": "), err.toString());
        assertTrue(err.toString().contains("sidecars"), err.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "file --kubernetes-version newest, --kubernetes-version newest",
        "webhook, --tls",
        "webhook --tls /no/such/directory, --tls /no/such/directory",
        "webhook --tls / --port 70000, --port 70000",
        "certs --namespace a --validity 10 --renew-before 10, --renew-before 10",
        "certs, --namespace is missing",
        "pre-stop --at-most soon, --at-most",
        "post-start --at-most 5, --at-most",
    })
    void saysWhatIsWrongWithAnOption(String arguments, String expected) {
        assertEquals(2, inject("", arguments.split(" ")));

        assertTrue(err.toString().contains(expected), err.toString());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void letsTheSidecarStopOnceNobodyListens() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        assertEquals(0, inject("", "pre-stop", "--at-most=3600s", "--port=" + port));
    }

    @Test
    void letsTheSidecarStopWhenTheTimeIsOver() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertEquals(0, inject("", "pre-stop", "--at-most=0s", "--port=" + socket.getLocalPort()));
        }
    }

    @Test
    void letsTheApplicationStartOnceTheSidecarServes() throws IOException {
        HttpServer status = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        int[] asked = {0};
        status.createContext("/health", exchange -> {
            exchange.sendResponseHeaders(asked[0]++ == 0 ? 503 : 200, -1);
            exchange.close();
        });
        status.start();
        try {
            String url = "http://127.0.0.1:" + status.getAddress().getPort() + "/health";
            assertEquals(0, inject("", "post-start", "--at-most=3600s", "--status=" + url));
            assertEquals(2, asked[0]);
        } finally {
            status.stop(0);
        }
    }

    @Test
    void saysThatTheSidecarDoesNotServe() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        assertEquals(1, inject("", "post-start", "--at-most=0s", "--status=http://127.0.0.1:" + port + "/health"));
        assertTrue(err.toString().startsWith("the sidecar does not serve after 0s"), err.toString());
    }

    private int inject(String input, String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "inject";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        CommandLine command = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true));
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return command.execute(all);
        } finally {
            System.setIn(before);
        }
    }
}
