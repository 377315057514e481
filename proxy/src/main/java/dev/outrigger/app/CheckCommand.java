package dev.outrigger.app;

import dev.outrigger.config.load.LoadResult;
import dev.outrigger.config.load.LoadResult.Loaded;
import dev.outrigger.config.readiness.Grade;
import dev.outrigger.config.readiness.ReadinessChecklist;
import dev.outrigger.config.readiness.ReadinessReport;
import dev.outrigger.json.JsonWriter;
import dev.outrigger.time.NanoClock;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code check -c FILE}: validates without starting anything, and reads the certificates and keys that a start would read;
 * with {@code --readiness} also judges.
 */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Validates a configuration file: one line per problem, all problems at once.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:fine", "1:an item of the checklist failed", "2:wrong usage or configuration"})
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private ConfigFile file = new ConfigFile();

    @ArgGroup(exclusive = false)
    private Checklist checklist = new Checklist();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        LoadResult result = file.source().load();
        if (!(result instanceof Loaded loaded)) {
            spec.commandLine().getErr().println(result);
            return ExitCode.USAGE;
        }
        try {
            TlsFiles.table(NanoClock.SYSTEM).prepare(loaded.config());
        } catch (IOException e) {
            spec.commandLine().getErr().println(file + ": " + e.getMessage());
            return ExitCode.USAGE;
        }
        if (!checklist.readiness) {
            spec.commandLine().getOut().println(file + ": ok");
            return ExitCode.OK;
        }
        ReadinessReport report = ReadinessChecklist.of(loaded.config(), HostSurroundings.of(loaded.config()));
        spec.commandLine().getOut().println(checklist.json ? json(report) : report);
        return report.isReady() ? ExitCode.OK : ExitCode.FAILED;
    }

    private String json(ReadinessReport report) {
        JsonWriter json = new JsonWriter().beginObject();
        json.name("file").value(file.toString());
        json.name("score").value(report.score());
        json.name("passed").value(report.count(Grade.PASS));
        json.name("warnings").value(report.count(Grade.WARN));
        json.name("failed").value(report.count(Grade.FAIL));
        json.name("items").beginArray();
        report.items().forEach(item -> {
            json.beginObject().name("id").value(item.id());
            json.name("grade").value(item.grade().name().toLowerCase(Locale.ROOT));
            json.name("subject").value(item.subject());
            json.name("finding").value(item.finding());
            json.name("advice").value(item.advice()).endObject();
        });
        return json.endArray().endObject().toString();
    }

    /** The options that belong together: the second says nothing without the first. */
    private static final class Checklist {
        @Option(
                names = "--readiness",
                required = true,
                description = "Goes through the checklist for production: a line per item, advice, a score.")
        private boolean readiness;

        @Option(names = "--json", description = "Prints the checklist's report as JSON.")
        private boolean json;
    }
}
