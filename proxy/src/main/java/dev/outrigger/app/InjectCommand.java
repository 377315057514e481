package dev.outrigger.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code inject}: what puts sidecars into the pods of a Kubernetes cluster. */
@Command(
        name = "inject",
        mixinStandardHelpOptions = true,
        description = "Puts sidecars into pods: by a webhook as they are made, or into manifests in files.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            InjectFileCommand.class,
            InjectWebhookCommand.class,
            InjectCertsCommand.class,
            PostStartCommand.class,
            PreStopCommand.class
        })
final class InjectCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
