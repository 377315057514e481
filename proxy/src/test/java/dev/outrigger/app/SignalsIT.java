package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Await;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What signals do to a process with a lifetime; see {@link LifetimeProbe}. */
@Timeout(120)
@DisabledOnOs(OS.WINDOWS)
class SignalsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void endWhatIsLeft() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void aSignalRunsTheStepsInReverseAndEndsWithZero() throws Exception {
        for (String signal : List.of("TERM", "INT")) {
            Process process = start(List.of(), "");
            signal(process, signal);
            awaitOutput("first step");
            tell(process, "go on");
            assertEquals(0, awaitExit(process), output());
            assertEquals(
                    List.of("up", "first step", "last step"), output().lines().toList());
        }
    }

    @Test
    void aSecondSignalEndsAtOnceWithOne() throws Exception {
        Process process = start(List.of(), "");
        signal(process, "TERM");
        awaitOutput("first step");
        signal(process, "INT");
        assertEquals(1, awaitExit(process), output());
        assertTrue(output().contains("outrigger: told to stop a second time, ending at once"), output());
        assertFalse(output().contains("last step"), output());
    }

    @Test
    void aRequestStopsLikeASignalAndTheSignalAfterItEndsNothingEarly() throws Exception {
        Process process = start(List.of(), "");
        tell(process, "drain");
        awaitOutput("first step");
        tell(process, "drain");
        signal(process, "TERM");
        awaitSignalHandled(process);
        assertFalse(output().contains("last step"), output());
        tell(process, "go on");
        assertEquals(0, awaitExit(process), output());
        assertTrue(output().contains("last step\n"), output());
    }

    @Test
    void aStepThatFailsKeepsNoOtherFromRunningButShowsInTheExitCode() throws Exception {
        Process process = start(List.of(), "failing");
        tell(process, "go on");
        signal(process, "TERM");
        assertEquals(1, awaitExit(process), output());
        assertTrue(output().contains("on purpose"), output());
        assertTrue(output().contains("last step"), output());
    }

    @Test
    void aHangUpDoesWhatItIsToldAsOftenAsItComes() throws Exception {
        Process process = start(List.of(), "hang-up");
        signal(process, "HUP");
        awaitOutput("up\nhung up\n");
        signal(process, "HUP");
        awaitOutput("up\nhung up\nhung up\n");
        tell(process, "go on");
        signal(process, "TERM");
        assertEquals(0, awaitExit(process), output());
    }

    @Test
    void aHangUpThatNobodyAskedForEndsTheProcess() throws Exception {
        Process process = start(List.of(), "");
        signal(process, "HUP");
        assertEquals(128 + 1, awaitExit(process), output());
    }

    @Test
    void whereSignalsCanNotBeHandledAnExitOfTheJvmStillRunsTheSteps() throws Exception {
        // -Xrs leaves the signals to the system; the end of the JVM comes from the end of all threads.
        Process process = start(List.of("-Xrs"), "");
        tell(process, "go on");
        process.getOutputStream().close();
        assertEquals(0, awaitExit(process), output());
        assertEquals(List.of("up", "first step", "last step"), output().lines().toList());
    }

    private Process start(List<String> flags, String arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx32m", "-XX:TieredStopAtLevel=1"));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), LifetimeProbe.class.getName(), arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("probe.out").toFile())
                .start();
        processes.add(process);
        awaitOutput("up\n");
        return process;
    }

    private static void tell(Process process, String line) throws IOException {
        OutputStream in = process.getOutputStream();
        in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    private static void signal(Process process, String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).start();
        assertEquals(0, kill.waitFor());
    }

    /** A thread dump is printed by the thread that hands out the signals, which takes them in turn. */
    private void awaitSignalHandled(Process process) throws IOException, InterruptedException {
        signal(process, "QUIT");
        awaitOutput("Full thread dump");
    }

    private void awaitOutput(String text) {
        Await.until("the output has '" + text + "'", DEADLINE, () -> output().contains(text));
    }

    private int awaitExit(Process process) throws InterruptedException {
        assertTrue(process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS), this::output);
        return process.exitValue();
    }

    private String output() {
        try {
            return Files.readString(directory.resolve("probe.out"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
