package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.RequiresTool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is true of every shell script that is not a benchmark's, and of the unit that starts the sidecar on a machine. */
@Timeout(180)
class ShellScriptsIT {
    /** The benchmarks' scripts are parts of each other, which shellcheck sees as names that nobody sets or uses. */
    private static final Set<String> LEFT_OUT = Set.of(".git", "target", "node_modules", "benchmarks");

    /** Maven's own. */
    private static final Set<String> GENERATED = Set.of("mvnw");

    @Test
    @RequiresTool("shellcheck")
    void shellcheckHasNothingToSay() throws Exception {
        List<String> scripts = scripts();
        assertTrue(scripts.contains("outrigger") && scripts.contains("proxy/src/dist/deploy.sh"), scripts::toString);
        List<String> command = new ArrayList<>(List.of("shellcheck"));
        command.addAll(scripts);
        assertEquals("", Finished.of(command.toArray(String[]::new)).expecting(0));
    }

    @Test
    @RequiresTool("systemd-analyze")
    void theUnitIsValidAndHardlyExposed() throws Exception {
        Path directory = Files.createTempDirectory("outrigger-unit");
        Path unit = directory.resolve("outrigger.service");
        try {
            String text = Files.readString(Finished.root().resolve("proxy/src/dist/outrigger.service"));
            String command = "/opt/outrigger/current/outrigger";
            assertTrue(text.contains("ExecStart=" + command + " run -c "), text);
            // A program that is not there is a warning, and this one is not there before it is deployed.
            Files.writeString(unit, text.replace(command, "/bin/true"));
            assertEquals(
                    "",
                    Finished.of("systemd-analyze", "verify", "--man=no", unit.toString())
                            .expecting(0));
            // In tenths: 1.5 of 10, where 10 is a service without any protection.
            Finished.of("systemd-analyze", "security", "--offline=true", "--threshold=15", unit.toString())
                    .expecting(0);
        } finally {
            Files.deleteIfExists(unit);
            Files.delete(directory);
        }
    }

    /** Whatever begins as a script of a shell, from the top of the work tree. */
    private static List<String> scripts() throws IOException {
        List<String> scripts = new ArrayList<>();
        Path root = Finished.root();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return LEFT_OUT.contains(directory.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = root.relativize(file).toString();
                boolean mayBe = name.endsWith(".sh") || name.indexOf('.', 1) < 0;
                if (mayBe && attributes.isRegularFile() && !GENERATED.contains(name) && isShell(file)) {
                    scripts.add(name);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        scripts.sort(null);
        return scripts;
    }

    private static boolean isShell(Path file) throws IOException {
        byte[] start = new byte[32];
        try (InputStream in = Files.newInputStream(file)) {
            int length = in.readNBytes(start, 0, start.length);
            String line = new String(start, 0, length, StandardCharsets.ISO_8859_1);
            return line.startsWith("#!/bin/sh")
                    || line.startsWith("#!/usr/bin/env bash")
                    || line.startsWith("#!/bin/bash");
        }
    }
}
