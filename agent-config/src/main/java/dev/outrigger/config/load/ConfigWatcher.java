package dev.outrigger.config.load;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells when the configuration's files have changed, however that came about: written in place, renamed over, a mounted
 * ConfigMap's links swapped, an include that appeared.
 *
 * <p>Events of the file system only say when to look; what counts is whether the files hold something else, and do so for a
 * while ({@link Settling}). A look every {@code poll} is the net below, for file systems without events. The alternative,
 * trusting events, takes one save for several changes and misses a ConfigMap's, whose event is in another directory.
 *
 * <p>A load is announced by {@link #beforeLoad()} and followed by {@link #files}: what it may have read is then no news, but
 * what changed while it was reading is.
 *
 * <p>Owning thread: {@code outrigger-config-watch}, which calls {@code onChange}; all other methods may be called by any.
 */
public final class ConfigWatcher implements AutoCloseable {
    private static final Logger LOG = System.getLogger(ConfigWatcher.class.getName());

    private final Path main;
    private final long pollNanos;
    private final Runnable onChange;
    private final Settling settling;
    private Set<Path> files;
    private @Nullable DirectoryEvents events;
    private volatile boolean closed;

    /**
     * @param file always looked at, alone until {@link #files} says more
     * @param quiet how long nothing may change until a change is told
     * @param poll longest time between two looks
     * @param onChange called once per change, never by two threads at once
     */
    public ConfigWatcher(Path file, Duration quiet, Duration poll, Runnable onChange) {
        this.main = file.toAbsolutePath();
        this.files = Set.of(main);
        this.settling = new Settling(quiet.toNanos());
        this.pollNanos = poll.toNanos();
        this.onChange = onChange;
    }

    /** The files are about to be read: what they hold at this moment is no news any more. */
    public synchronized void beforeLoad() {
        settling.know(FileContents.of(files));
    }

    /**
     * What to look at from now on; to be called directly after a load, as the contents of files that are new here are taken as
     * loaded.
     *
     * @param looked all files that the load has looked at, missing ones too; absolute
     */
    public synchronized void files(Set<Path> looked) {
        Set<Path> all = new HashSet<>(looked);
        all.add(main);
        files = Set.copyOf(all);
        settling.learn(FileContents.of(files));
        if (events != null) {
            events.watch(LinkTrail.of(files));
        }
    }

    /** Begins to look; once. What the files hold now is no news, unless {@link #beforeLoad()} has said what is. */
    public synchronized void start() {
        DirectoryEvents opened = DirectoryEvents.open();
        events = opened;
        files(files);
        Thread thread = new Thread(() -> watch(opened), "outrigger-config-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch(DirectoryEvents opened) {
        try {
            while (!closed) {
                opened.await(look(opened));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns how long to wait for events, in nanoseconds. */
    private long look(DirectoryEvents opened) {
        try {
            if (isNews(opened) && !closed) {
                onChange.run();
            }
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "looking for changes of the configuration", e);
        }
        synchronized (this) {
            return Math.min(pollNanos, settling.waitNanos(System.nanoTime()));
        }
    }

    /** First the events, then the look: what happens between the two is then seen by one of them. */
    private synchronized boolean isNews(DirectoryEvents opened) {
        opened.watch(LinkTrail.of(files));
        return settling.isNews(FileContents.of(files), System.nanoTime());
    }

    /** Ends the thread; a change that is being told is told to the end. */
    @Override
    public void close() {
        closed = true;
        DirectoryEvents opened;
        synchronized (this) {
            opened = events;
        }
        if (opened != null) {
            opened.close();
        }
    }
}
