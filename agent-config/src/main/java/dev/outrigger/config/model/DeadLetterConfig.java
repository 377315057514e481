package dev.outrigger.config.model;

/**
 * Where tool calls are kept that no upstream has answered.
 *
 * @param path a file; empty for none
 * @param maxBytes beyond it nothing is added; a file at the limit is somebody's work to look at, and a disk to save
 * @param fsync when what was written is made safe from a crash of the machine
 */
public record DeadLetterConfig(String path, long maxBytes, Fsync fsync) {
    /** When the file is synchronised with its disk. */
    public enum Fsync {
        /** After each batch of calls, before the next. */
        ALWAYS,
        /** When the system likes. */
        NEVER
    }
}
