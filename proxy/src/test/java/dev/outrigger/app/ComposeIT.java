package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Certificates.Authority;
import dev.outrigger.testing.RequiresTool;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Compose files are what Compose accepts, and what they mount is there and is what its reader accepts. */
@Timeout(120)
class ComposeIT {
    private static final Path DOCKER = Finished.root().resolve("docker");
    private static final String LINT = "proxy/src/test/node/node_modules/dclint/bin/dclint.cjs";
    private static final Pattern MOUNT = Pattern.compile("(?m)^\\s+- (\\.[^:\\s]+):(/[^:\\s]+)(:ro)?$");
    private static final Pattern IMAGE = Pattern.compile("(?m)^\\s+image: (\\S+)$");
    private static final Pattern VERSION =
            Pattern.compile("(?:outrigger:|OUTRIGGER_VERSION:-|ARG VERSION=)(\\d+\\.[\\w.-]*)");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"docker-compose.yml", "docker-compose.prod.yml"})
    @RequiresTool({"node", "npm:dclint"})
    void theSchemaOfComposeAllowsIt(String file) throws Exception {
        lint("docker/" + file).expecting(0);
    }

    @Test
    @RequiresTool({"node", "npm:dclint"})
    void theSchemaAllowsNotEverything() throws Exception {
        String text = Files.readString(DOCKER.resolve("docker-compose.yml"));
        Path wrong = directory.resolve("wrong.yml");
        Files.writeString(wrong, text.replaceFirst("mem_limit: ", "memory_limit: "));
        String told = lint(wrong.toString()).expecting(1);
        assertTrue(told.contains("must NOT have additional properties"), told);
    }

    @ParameterizedTest
    @ValueSource(strings = {"docker-compose.yml", "docker-compose.prod.yml"})
    void whatIsMountedIsThereAndCannotBeWritten(String file) throws IOException {
        List<MatchResult> mounts =
                MOUNT.matcher(Files.readString(DOCKER.resolve(file))).results().toList();
        assertEquals(6, mounts.size(), "of the sidecar and Alertmanager one each, of Prometheus and Grafana two");
        for (MatchResult mount : mounts) {
            assertTrue(Files.exists(DOCKER.resolve(mount.group(1))), mount.group());
            assertEquals(":ro", mount.group(3), mount.group());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"docker-compose.yml", "docker-compose.prod.yml"})
    void everyImageHasAVersion(String file) throws IOException {
        List<String> images = IMAGE.matcher(Files.readString(DOCKER.resolve(file)))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertTrue(images.size() >= 6, images::toString);
        for (String image : images) {
            assertTrue(image.matches(".*:\\S*\\d.*") && !image.contains("latest"), image);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"docker-compose.yml", "docker-compose.prod.yml", "Dockerfile", "README.md"})
    void theVersionIsThatOfTheBuild(String file) throws IOException {
        Matcher build =
                Pattern.compile("<version>(.*)</version>").matcher(Files.readString(DOCKER.resolve("../pom.xml")));
        assertTrue(build.find());
        List<String> versions = VERSION.matcher(Files.readString(DOCKER.resolve(file)))
                .results()
                .map(match -> match.group(1))
                .distinct()
                .toList();
        assertEquals(List.of(build.group(1)), versions);
    }

    /** The name of a container that has stopped leads nowhere: were it looked up, the target would be gone rather than down. */
    @Test
    void aSidecarThatHasStoppedStaysATarget() throws IOException {
        String settings = Files.readString(DOCKER.resolve(Path.of("prometheus", "prometheus.prod.yml")));
        assertTrue(settings.contains("- targets: ['outrigger:9465']"), settings);
        assertFalse(settings.contains("dns_sd_configs"), settings);
    }

    @Test
    void theSidecarAcceptsItsConfigurationForDevelopment() {
        assertEquals("", check(DOCKER.resolve("outrigger/dev.conf")));
    }

    @Test
    void theSidecarAcceptsItsConfigurationForProductionAndTheChecklistFindsNoFault() throws IOException {
        Path secrets = Files.createDirectory(directory.resolve("secrets"));
        new Authority("test")
                .issue("mcp.example.com", "mcp.example.com")
                .write(secrets.resolve("tls_certificate"), secrets.resolve("tls_key"));
        Path token = Files.writeString(secrets.resolve("metrics_token"), "hush");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-r-----"));
        String text = Files.readString(DOCKER.resolve("outrigger/prod.conf"));
        assertTrue(text.contains("\"/run/secrets/"), text);
        Path here = directory.resolve("prod.conf");
        Files.writeString(here, text.replace("\"/run/secrets/", "\"" + secrets + "/"));
        assertEquals("", check(here, "--readiness"));
    }

    @Test
    void noSecretIsInAFileOfTheWorkTree() throws IOException {
        String text = Files.readString(DOCKER.resolve("docker-compose.prod.yml"));
        assertFalse(
                Pattern.compile("(?i)(password|token|key): *[\"']?\\w")
                        .matcher(text)
                        .find(),
                text);
        assertTrue(Files.readString(Finished.root().resolve(".gitignore")).contains("docker/secrets/"));
    }

    private static Finished lint(String file) throws IOException, InterruptedException {
        return Finished.of("node", LINT, "-c", "docker/.dclintrc.json", "--max-warnings", "0", file);
    }

    /** @return what is wrong, empty if nothing is */
    private static String check(Path file, String... options) {
        StringWriter told = new StringWriter();
        PrintWriter writer = new PrintWriter(told, true);
        String[] arguments = new String[options.length + 3];
        arguments[0] = "check";
        arguments[1] = "-c";
        arguments[2] = file.toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        int code = Main.commandLine().setOut(writer).setErr(writer).execute(arguments);
        return code == ExitCode.OK ? "" : told.toString();
    }
}
