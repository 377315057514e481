package dev.outrigger.config.load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What some files hold, as far as it takes to see that it is not the same any more. Content decides, not the time of the last
 * change: a swapped link brings older times as well as newer ones, and saving without a change is none.
 */
final class FileContents {
    private static final String NOT_A_FILE = "not a file";
    private static final int BUFFER_BYTES = 8 * 1024;

    private FileContents() {}

    /** By path. A file that is missing or not readable has contents of its own kind, so that its coming back is a change. */
    static Map<Path, String> of(Collection<Path> files) {
        Map<Path, String> contents = new TreeMap<>();
        files.forEach(file -> contents.put(file, of(file)));
        return contents;
    }

    /** Pipes and devices are not read: that would take from them what somebody else waits for. */
    private static String of(Path file) {
        if (!Files.isRegularFile(file)) {
            return NOT_A_FILE;
        }
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = ConfigHash.sha256();
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            return NOT_A_FILE;
        }
    }
}
