package dev.outrigger.app;

import dev.outrigger.testing.Tools;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Plays scenarios against a server; twice the same scenario gives twice the same transcript. */
@FunctionalInterface
interface ScenarioClient extends AutoCloseable {
    /** @return what the client saw, as JSON */
    String run(String scenario, URI url) throws Exception;

    @Override
    default void close() {}

    /** A script below {@code src/test/node}, started when it is first needed and again after a failure. */
    static ScenarioClient node(String script) {
        return new Script(script);
    }

    /** The process that plays them; it has deadlines of its own and ends when anything is not as it should be. */
    final class Script implements ScenarioClient {
        private final String script;
        private @Nullable Process process;
        private @Nullable BufferedReader out;

        private Script(String script) {
            this.script = script;
        }

        @Override
        public String run(String scenario, URI url) throws IOException {
            if (process == null || !process.isAlive()) {
                process = new ProcessBuilder("node", script)
                        .directory(Tools.nodeDirectory().toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            }
            String asked = "{\"scenario\":\"" + scenario + "\",\"url\":\"" + url + "\"}\n";
            process.getOutputStream().write(asked.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            String transcript = out.readLine();
            if (transcript == null) {
                throw new AssertionError(script + " failed in " + scenario + ", see its error output");
            }
            return transcript;
        }

        @Override
        public void close() {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }
}
