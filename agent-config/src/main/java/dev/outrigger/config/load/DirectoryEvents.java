package dev.outrigger.config.load;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The file system's own word that something happened to certain names in certain directories.
 *
 * <p>It may never come: nodes run out of inotify instances and watches, and network file systems tell nothing. So it only makes
 * a wait shorter; whoever waits looks for himself afterwards.
 */
final class DirectoryEvents implements AutoCloseable {
    private static final Logger LOG = System.getLogger(DirectoryEvents.class.getName());

    private final @Nullable WatchService service;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<Path, WatchKey> keys = new HashMap<>();
    private volatile Map<Path, Set<String>> names = Map.of();
    private boolean isComplaintMade;

    private DirectoryEvents(@Nullable WatchService service) {
        this.service = service;
    }

    /** Takes one inotify instance, or none if none is left. */
    static DirectoryEvents open() {
        try {
            return new DirectoryEvents(FileSystems.getDefault().newWatchService());
        } catch (IOException | UnsupportedOperationException e) {
            LOG.log(Level.WARNING, "no file events here, changes are found by looking now and then: " + e.getMessage());
            return new DirectoryEvents(null);
        }
    }

    /**
     * What counts from now on. Directories that are watched already stay so without a gap. A directory that was replaced under
     * its name is another one: that is why all of them are registered every time.
     *
     * @param wanted names by directory
     */
    synchronized void watch(Map<Path, Set<String>> wanted) {
        names = Map.copyOf(wanted);
        if (service == null || closed.getCount() == 0) {
            return;
        }
        keys.entrySet().removeIf(entry -> {
            boolean isGone = !wanted.containsKey(entry.getKey());
            if (isGone) {
                entry.getValue().cancel();
            }
            return isGone;
        });
        wanted.keySet().forEach(directory -> register(directory, service));
    }

    private void register(Path directory, WatchService watches) {
        try {
            WatchKey key = directory.register(
                    watches,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_DELETE,
                    StandardWatchEventKinds.ENTRY_MODIFY);
            WatchKey old = keys.put(directory, key);
            if (old != null && !Objects.equals(old, key)) {
                old.cancel();
            }
        } catch (ClosedWatchServiceException e) {
            keys.clear();
        } catch (IOException e) {
            WatchKey old = keys.remove(directory);
            if (old != null) {
                old.cancel();
            }
            if (!(e instanceof NoSuchFileException)) {
                complain(directory, e);
            }
        }
    }

    /** Once: it would come again with every look. */
    private void complain(Path directory, IOException cause) {
        if (!isComplaintMade) {
            isComplaintMade = true;
            LOG.log(
                    Level.WARNING,
                    "no events of " + directory + ", changes are found by looking: " + cause.getMessage());
        }
    }

    /** Waits until something happened to one of the names, until {@link #close()}, or until the time is over. */
    void await(long nanos) throws InterruptedException {
        if (service == null) {
            closed.await(nanos, TimeUnit.NANOSECONDS);
            return;
        }
        long startNanos = System.nanoTime();
        try {
            WatchKey key;
            do {
                key = service.poll(nanos - (System.nanoTime() - startNanos), TimeUnit.NANOSECONDS);
            } while (key != null && !concerns(key));
        } catch (ClosedWatchServiceException e) {
            closed.await();
        }
    }

    private boolean concerns(WatchKey key) {
        Set<String> wanted = names.getOrDefault((Path) key.watchable(), Set.of());
        boolean concerns = false;
        for (WatchEvent<?> event : key.pollEvents()) {
            concerns |= event.kind() == StandardWatchEventKinds.OVERFLOW
                    || wanted.contains(String.valueOf(event.context()));
        }
        boolean isAlive = key.reset();
        return concerns || !isAlive && !wanted.isEmpty();
    }

    @Override
    public void close() {
        closed.countDown();
        if (service != null) {
            try {
                service.close();
            } catch (IOException e) {
                LOG.log(Level.WARNING, "closing the file events", e);
            }
        }
    }
}
