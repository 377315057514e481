package dev.outrigger.app;

import dev.outrigger.inject.InjectorSettings;
import dev.outrigger.inject.SettingsFile;
import dev.outrigger.inject.SidecarKind;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options by which a command knows what to inject: a settings file, and over it what differs from one cluster to another. */
final class InjectSettings {
    @Option(
            names = "--settings",
            paramLabel = "FILE",
            description = "YAML with what differs from the defaults; see k8s-sidecar/README.md.")
    private @Nullable Path file;

    @Option(names = "--image", paramLabel = "IMAGE", description = "The image of the sidecar.")
    private @Nullable String image;

    @Option(
            names = "--kubernetes-version",
            paramLabel = "VERSION",
            description = "Of the cluster, as 1.31: before 1.29 sidecars are ordinary containers.")
    private @Nullable String version;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec mixee = CommandSpec.create();

    /** @throws IOException if the file is refused */
    InjectorSettings read() throws IOException {
        InjectorSettings settings = file == null ? SettingsFile.defaults() : SettingsFile.read(file);
        return new InjectorSettings(
                image == null ? settings.image() : image,
                settings.imagePullPolicy(),
                settings.imagePullSecrets(),
                sidecar(settings.sidecar()),
                settings.configMap(),
                settings.config(),
                settings.heap(),
                settings.resources(),
                settings.initResources(),
                settings.interception(),
                settings.rewriteProbes(),
                settings.scrape());
    }

    private SidecarKind sidecar(SidecarKind otherwise) {
        if (version == null) {
            return otherwise;
        }
        return SidecarKind.of(version)
                .orElseThrow(() -> new ParameterException(
                        mixee.commandLine(), "--kubernetes-version " + version + ", expected one as 1.31"));
    }
}
