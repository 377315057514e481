package dev.outrigger.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** What files hold, by their hashes: tells whether they have changed without keeping a private key in memory for it. */
final class FilePrints {
    private static final String UNREADABLE = "unreadable";

    private FilePrints() {}

    static List<String> of(List<Path> files) {
        return files.stream().map(FilePrints::of).toList();
    }

    /** A file that can not be read is none that is known; who reads it for good says what is wrong. */
    private static String of(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            return UNREADABLE;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
