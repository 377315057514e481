package dev.outrigger.app;

import dev.outrigger.inject.InjectorSettings;
import dev.outrigger.inject.ManifestInjector;
import dev.outrigger.inject.PodInjector;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code inject file}: manifests in, the same manifests with sidecars out. What the webhook does, to be read and committed. */
@Command(
        name = "file",
        mixinStandardHelpOptions = true,
        description =
                "Reads manifests on standard input, YAML or JSON, and writes them with sidecars to standard output.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:fine", "2:a pod or the settings are refused; nothing is written"})
final class InjectFileCommand implements Callable<Integer> {
    @Mixin
    private InjectSettings options = new InjectSettings();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        InjectorSettings settings;
        try {
            settings = options.read();
        } catch (IOException e) {
            err.println(e.getMessage());
            return ExitCode.USAGE;
        }
        String manifests = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        ManifestInjector.Result result = new ManifestInjector(new PodInjector(settings)).inject(manifests);
        result.notes().forEach(err::println);
        if (!result.problems().isEmpty()) {
            result.problems().forEach(err::println);
            return ExitCode.USAGE;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(result.text());
        out.flush();
        return ExitCode.OK;
    }
}
