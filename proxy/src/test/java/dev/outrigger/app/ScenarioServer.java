package dev.outrigger.app;

import dev.outrigger.testing.Tools;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A server of MCP on a free port. */
interface ScenarioServer extends AutoCloseable {
    int port();

    @Override
    void close();

    /** A script below {@code src/test/node}, which ends with its standard input at the latest. */
    static ScenarioServer node(String script, String... arguments) throws IOException {
        return node(Map.of(), script, arguments);
    }

    /** @param environment of the process, besides this one's own */
    static ScenarioServer node(Map<String, String> environment, String script, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("node", script));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Tools.nodeDirectory().toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (line == null || !line.startsWith("listening ")) {
            process.destroyForcibly();
            throw new IOException(script + " does not start: " + line);
        }
        return new Script(process, Integer.parseInt(line.substring("listening ".length())));
    }

    /** The process that serves. */
    record Script(Process process, int port) implements ScenarioServer {
        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
