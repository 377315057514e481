package dev.outrigger.app;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The published configuration files and the ports that they name, for one test at a time: tests run in several processes,
 * and each of these files is promised to work as it is, so that its ports cannot be changed.
 */
final class ContractPorts implements AutoCloseable {
    private static final Path FILES = Path.of("../agent-config/src/test/resources/contract");
    private static final Path LOCK = Path.of("target/contract-ports.lock");

    private final FileChannel file;
    private final FileLock lock;

    private ContractPorts(FileChannel file) throws IOException {
        this.file = file;
        this.lock = file.lock();
    }

    /** Waits until no other process has them. */
    static ContractPorts take() throws IOException {
        return new ContractPorts(FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    }

    /** @param name such as {@code reverse.conf} */
    String config(String name) throws IOException {
        return Files.readString(FILES.resolve(name));
    }

    @Override
    public void close() throws IOException {
        lock.release();
        file.close();
    }
}
