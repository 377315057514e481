package dev.outrigger.app;

import dev.outrigger.testing.NetworkNamespace;
import dev.outrigger.testing.NetworkNamespace.Outcome;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;

/**
 * A process in a network that does one command line after another: each as if it were started for itself, without the second
 * that this takes.
 */
final class CommandServer implements AutoCloseable {
    private static final String SEPARATOR = "\n";

    private final Process process;
    private final DataOutputStream toProcess;
    private final DataInputStream fromProcess;

    private CommandServer(Process process) {
        this.process = process;
        this.toProcess = new DataOutputStream(process.getOutputStream());
        this.fromProcess = new DataInputStream(process.getInputStream());
    }

    /** Starts one, which ends when it is closed, or with the test. */
    static CommandServer start(NetworkNamespace network) throws IOException {
        List<String> command = network.command(NetworkNamespace.java(CommandServer.class));
        return new CommandServer(
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
    }

    /** Does one command to its end. */
    Outcome run(String... arguments) throws IOException {
        toProcess.writeUTF(String.join(SEPARATOR, arguments));
        toProcess.flush();
        return new Outcome(fromProcess.readInt(), fromProcess.readUTF());
    }

    @Override
    public void close() throws IOException {
        toProcess.close();
        process.destroyForcibly();
    }

    public static void main(String[] none) throws IOException {
        DataInputStream commands = new DataInputStream(System.in);
        DataOutputStream outcomes = new DataOutputStream(System.out);
        // What others print is no outcome.
        System.setOut(new PrintStream(System.err, true));
        while (true) {
            List<String> arguments = new ArrayList<>();
            try {
                arguments.addAll(List.of(commands.readUTF().split(SEPARATOR)));
            } catch (EOFException e) {
                return;
            }
            StringWriter text = new StringWriter();
            PrintWriter all = new PrintWriter(text, true);
            int exit = Main.commandLine().setOut(all).setErr(all).execute(arguments.toArray(String[]::new));
            outcomes.writeInt(exit);
            outcomes.writeUTF(text.toString());
            outcomes.flush();
        }
    }
}
