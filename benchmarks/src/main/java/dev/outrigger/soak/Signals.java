package dev.outrigger.soak;

import java.io.IOException;

/** Signals to other processes, which Java has no words for. */
final class Signals {
    private Signals() {}

    /** @param name such as {@code HUP} */
    static void send(Process process, String name) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("kill -" + name + " ended with " + exit);
        }
    }
}
