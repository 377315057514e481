package dev.outrigger.app;

import java.util.Locale;

/** What goes wrong with a server, and how it is put right again. */
enum Fault {
    /** The process is killed (SIGKILL); healed by another one at the same address. */
    KILL("kill -9", false),
    /** The process is stopped (SIGSTOP): its kernel takes connections, and nobody answers; healed by SIGCONT. */
    FREEZE("SIGSTOP", false),
    /** Connections are reset in the middle of an answer. */
    RESET("reset", true),
    /** The server says in the middle of an answer that nothing follows, and keeps the connection. */
    HALF_CLOSE("half-close", true),
    /** From the middle on answers come byte by byte, more slowly than anybody waits. */
    DRIP("slow drip", true),
    /** What should be an answer, or the next part of one, is no HTTP. */
    GARBAGE("garbage", true),
    /** Answers are shorter than their length says, or longer, in turn; those that are shorter leave the connection open. */
    WRONG_LENGTH("wrong length", true),
    /** The process is killed; healed by one at another address that the name is changed to. */
    DNS_CHANGE("DNS change", false);

    private final String words;
    private final boolean told;

    Fault(String words, boolean told) {
        this.words = words;
        this.told = told;
    }

    /** For a table. */
    String words() {
        return words;
    }

    /** Whether the server does it itself, when it is told to. */
    boolean isTold() {
        return told;
    }

    /** For names of files. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
