package dev.outrigger.config.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which names in which directories decide what a path leads to: the file itself and every link on the way to it.
 *
 * <p>A mounted ConfigMap is {@code dir/app.conf -> ..data/app.conf} and {@code dir/..data -> ..2026_11_21}. An update replaces
 * {@code ..data} and touches nothing else, so that somebody who only looks at the file never hears of it. Hence the path is
 * followed here as the kernel does it, step by step.
 *
 * <p>Where something on the way is missing, its name counts too, since the file is there as soon as it appears.
 */
final class LinkTrail {
    /** As the kernel has it; more is a loop. */
    private static final int MAX_LINKS = 40;

    private final Map<Path, Set<String>> namesByDirectory = new TreeMap<>();
    private final Deque<Path> ahead = new ArrayDeque<>();

    private LinkTrail() {}

    /** For all of the files together, by directory; the directories exist, or did a moment ago, and contain no link. */
    static Map<Path, Set<String>> of(Iterable<Path> files) {
        LinkTrail trail = new LinkTrail();
        for (Path file : files) {
            trail.follow(file.toAbsolutePath());
        }
        return trail.namesByDirectory;
    }

    private void follow(Path absolute) {
        Path reached = absolute.getRoot();
        ahead.clear();
        absolute.forEach(ahead::add);
        int links = 0;
        while (!ahead.isEmpty() && reached != null) {
            Path name = ahead.remove();
            Path next = reached.resolve(name).normalize();
            if (Files.isSymbolicLink(next)) {
                note(reached, name);
                links++;
                reached = links > MAX_LINKS ? null : throughLink(reached, next);
            } else if (ahead.isEmpty() || !Files.isDirectory(next)) {
                note(reached, name);
                return;
            } else {
                reached = next;
            }
        }
    }

    /** Where the path goes on; the names that the link adds are put before those that are left. Null if it is gone again. */
    private @Nullable Path throughLink(Path directory, Path link) {
        try {
            Path target = Files.readSymbolicLink(link);
            for (int i = target.getNameCount() - 1; i >= 0; i--) {
                ahead.addFirst(target.getName(i));
            }
            return target.isAbsolute() ? target.getRoot() : directory;
        } catch (IOException e) {
            return null;
        }
    }

    private void note(Path directory, Path name) {
        namesByDirectory.computeIfAbsent(directory, unused -> new TreeSet<>()).add(name.toString());
    }
}
