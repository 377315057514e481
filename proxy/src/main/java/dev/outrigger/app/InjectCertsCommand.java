package dev.outrigger.app;

import dev.outrigger.inject.certs.CertificateRotation;
import dev.outrigger.inject.certs.Cluster;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code inject certs}: makes and renews the webhook's certificate where no cert-manager does. Run by a job. */
@Command(
        name = "certs",
        mixinStandardHelpOptions = true,
        description =
                "Sees to it that the webhook has a certificate which the API server trusts; does nothing while it has.")
final class InjectCertsCommand implements Callable<Integer> {
    @Option(names = "--namespace", paramLabel = "NAME", description = "Of the webhook; that of this pod by default.")
    private String namespace = "";

    @Option(
            names = "--service",
            paramLabel = "NAME",
            defaultValue = "outrigger-injector",
            description = "The webhook's service; ${DEFAULT-VALUE} by default.")
    private String service = "";

    @Option(
            names = "--secret",
            paramLabel = "NAME",
            defaultValue = "outrigger-injector-tls",
            description = "Where the certificate goes; has to be there. ${DEFAULT-VALUE} by default.")
    private String secret = "";

    @Option(
            names = "--configuration",
            paramLabel = "NAME",
            defaultValue = "outrigger-injector",
            description = "The MutatingWebhookConfiguration; ${DEFAULT-VALUE} by default.")
    private String configuration = "";

    @Option(
            names = "--validity",
            paramLabel = "DAYS",
            defaultValue = "90",
            description = "Of a new certificate; ${DEFAULT-VALUE} by default.")
    private int validityDays;

    @Option(
            names = "--renew-before",
            paramLabel = "DAYS",
            defaultValue = "30",
            description = "How long before its end it is renewed; ${DEFAULT-VALUE} by default.")
    private int renewBeforeDays;

    @Option(names = "--api", paramLabel = "URL", description = "The API server; that of the cluster around by default.")
    private @Nullable URI api;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (renewBeforeDays < 1 || validityDays <= renewBeforeDays) {
            throw refused("--validity " + validityDays + " --renew-before " + renewBeforeDays
                    + ", expected days, and fewer to renew than to be valid");
        }
        String home = namespace.isEmpty() ? Cluster.namespace() : namespace;
        if (home.isEmpty()) {
            throw refused("--namespace is missing, expected that of the webhook");
        }
        Cluster cluster = api == null ? Cluster.around(System.getenv()) : Cluster.at(api, null, null);
        CertificateRotation.Target target = new CertificateRotation.Target(
                home, service, secret, configuration, Duration.ofDays(validityDays), Duration.ofDays(renewBeforeDays));
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        String done = new CertificateRotation(cluster, target, temporary, InstantSource.system()).run();
        spec.commandLine().getOut().println(done);
        return ExitCode.OK;
    }

    private ParameterException refused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
