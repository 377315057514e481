package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With real files. What a change is and when it is told is {@link SettlingTest}'s matter. */
@Timeout(60)
@SuppressWarnings("try") // A watcher works by being open.
final class ConfigWatcherTest {
    private static final Duration QUIET = Duration.ofMillis(20);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final int SWAPS = 40;

    /** What the file held each time a change was told. */
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @TempDir
    private Path directory;

    @TempDir
    private Path drafts;

    @Test
    void aFileThatIsWrittenInPlaceIsTold() throws Exception {
        Path file = Files.writeString(directory.resolve("a.conf"), "one");
        try (ConfigWatcher watcher = watching(file, NEVER)) {
            Files.writeString(file, "two");
            awaitToldInTheEnd("two");
            Files.writeString(file, "three");
            awaitToldInTheEnd("three");
        }
    }

    @Test
    void aFileThatIsRenamedOverOrTakenAwayAndPutBackIsTold() throws Exception {
        Path file = Files.writeString(directory.resolve("a.conf"), "one");
        try (ConfigWatcher watcher = watching(file, NEVER)) {
            Path draft = Files.writeString(directory.resolve(".a.conf.swp"), "two");
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            awaitTold("two");
            Files.delete(file);
            awaitTold("missing");
            replace(file, "three");
            awaitTold("three");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT0.01S"})
    void everySwapOfAMountedConfigMapIsTold(Duration poll) throws Exception {
        Path mount = Files.createDirectory(directory.resolve("mount"));
        swap(mount, 0);
        Path file = Files.createSymbolicLink(mount.resolve("app.conf"), Path.of("..data/app.conf"));
        try (ConfigWatcher watcher = watching(file, poll)) {
            for (int version = 1; version <= 5; version++) {
                swap(mount, version);
                awaitTold("version " + version);
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void manySwapsLeaveNoDescriptorAndNoWatchBehind() throws Exception {
        Path mount = Files.createDirectory(directory.resolve("mount"));
        swap(mount, 0);
        Path file = Files.createSymbolicLink(mount.resolve("app.conf"), Path.of("..data/app.conf"));
        try (ConfigWatcher watcher = watching(file, NEVER)) {
            swap(mount, 1);
            awaitTold("version 1");
            long openBefore = openDescriptors();
            for (int version = 2; version <= SWAPS; version++) {
                swap(mount, version);
                awaitTold("version " + version);
            }
            assertTrue(openDescriptors() < openBefore + SWAPS / 2, "descriptors: " + openDescriptors());
            assertTrue(watches() < SWAPS / 2, "watches: " + watches());
        }
    }

    @Test
    void anIncludeInAnotherDirectoryIsWatchedFromItsLoadOn() throws Exception {
        Path file = Files.writeString(directory.resolve("a.conf"), "one");
        Path shared = Files.createDirectory(directory.resolve("shared"));
        Path include = Files.writeString(shared.resolve("part.conf"), "x");
        Path missing = directory.resolve("later/more.conf");
        try (ConfigWatcher watcher = watching(file, NEVER)) {
            watcher.files(Set.of(file, include, missing));
            replace(include, "y");
            awaitTold("one");
            Files.createDirectory(missing.getParent());
            replace(missing, "z");
            awaitTold("one");
            watcher.files(Set.of(file));
            replace(include, "no longer ours");
            replace(file, "two");
            awaitTold("two");
        }
    }

    @Test
    void whatALoadHasReadIsNoNewsAndWhatChangedMeanwhileIs() throws Exception {
        Path file = Files.writeString(directory.resolve("a.conf"), "one");
        Path include = Files.writeString(directory.resolve("part.conf"), "x");
        try (ConfigWatcher watcher = watcher(file, Duration.ofMillis(5))) {
            watcher.beforeLoad();
            Files.writeString(file, "two");
            watcher.files(Set.of(file, include));
            watcher.start();
            awaitTold("two");
        }
    }

    @Test
    void whatIsWrittenAgainUnchangedIsNoNews() throws Exception {
        Path file = Files.writeString(directory.resolve("a.conf"), "one");
        try (ConfigWatcher watcher = watching(file, Duration.ofMillis(1))) {
            for (int i = 0; i < 20; i++) {
                Files.writeString(directory.resolve("draft"), "one");
                Files.move(directory.resolve("draft"), file, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.writeString(directory.resolve("draft"), "two");
            Files.move(directory.resolve("draft"), file, StandardCopyOption.ATOMIC_MOVE);
            awaitTold("two");
        }
    }

    @Test
    void aListenerThatFailsHearsOfTheNextChange() throws Exception {
        Path file = Files.writeString(directory.resolve("a.conf"), "one");
        Runnable failing = () -> {
            told.add(read(file));
            throw new IllegalStateException("on purpose");
        };
        try (ConfigWatcher watcher = new ConfigWatcher(file, QUIET, NEVER, failing)) {
            watcher.start();
            replace(file, "two");
            awaitTold("two");
            replace(file, "three");
            awaitTold("three");
        }
    }

    @Test
    void closingEndsItsThread() throws Exception {
        Path file = Files.writeString(directory.resolve("a.conf"), "one");
        BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
        ConfigWatcher watcher = new ConfigWatcher(file, QUIET, NEVER, () -> threads.add(Thread.currentThread()));
        watcher.start();
        Files.writeString(file, "two");
        Thread thread = threads.poll(30, TimeUnit.SECONDS);
        assertNotNull(thread);
        watcher.close();
        thread.join(TimeUnit.SECONDS.toMillis(30));
        assertEquals(Thread.State.TERMINATED, thread.getState());
    }

    private ConfigWatcher watching(Path file, Duration poll) {
        ConfigWatcher watcher = watcher(file, poll);
        watcher.start();
        return watcher;
    }

    private ConfigWatcher watcher(Path file, Duration poll) {
        return new ConfigWatcher(file, QUIET, poll, () -> told.add(read(file)));
    }

    /** At once: a file that is written in place is empty for a moment, which on a busy machine may be a long one. */
    private void replace(Path file, String content) throws IOException {
        Path draft = Files.writeString(drafts.resolve("draft"), content);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Whatever was told of it while it was being written. */
    private void awaitToldInTheEnd(String content) throws InterruptedException {
        String last = "";
        while (!content.equals(last)) {
            last = told.poll(30, TimeUnit.SECONDS);
            assertNotNull(last, () -> "not told of " + content);
        }
    }

    private void awaitTold(String content) throws InterruptedException {
        assertEquals(content, told.poll(30, TimeUnit.SECONDS));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "missing";
        }
    }

    /** As the kubelet does it: a new directory, a link to it under another name, renamed over, the old directory removed. */
    private static void swap(Path mount, int version) throws IOException {
        Path data = Files.createDirectory(mount.resolve("..2026_11_21_" + version));
        Files.writeString(data.resolve("app.conf"), "version " + version);
        Path draft = Files.createSymbolicLink(mount.resolve("..data_tmp"), data.getFileName());
        Files.move(draft, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        Path old = mount.resolve("..2026_11_21_" + (version - 1));
        if (Files.exists(old)) {
            Files.delete(old.resolve("app.conf"));
            Files.delete(old);
        }
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    private static long watches() throws IOException {
        List<Path> infos = new ArrayList<>();
        try (Stream<Path> listed = Files.list(Path.of("/proc/self/fdinfo"))) {
            listed.forEach(infos::add);
        }
        return infos.stream()
                .flatMap(info -> read(info).lines())
                .filter(line -> line.startsWith("inotify wd:"))
                .count();
    }
}
