package dev.outrigger.inject;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Optional;

/**
 * The configuration that a sidecar begins with, as HOCON: what follows from the pod, then what the operator says for all, then
 * the ConfigMap. It travels in an annotation of the pod, so that nothing has to exist in its namespace.
 */
final class SidecarConfig {
    private final PodOptions options;
    private final StringBuilder text = new StringBuilder(1024);

    private SidecarConfig(PodOptions options) {
        this.options = options;
    }

    /**
     * @param shared what the operator says for all sidecars
     * @param probes what the status port answers for the application
     * @param metrics where the application shows metrics of its own
     */
    static String of(PodOptions options, String shared, List<AppProbe> probes, Optional<String> metrics) {
        SidecarConfig config = new SidecarConfig(options);
        config.write(probes, metrics);
        if (!shared.isBlank()) {
            config.line("").line(shared.strip());
        }
        if (!options.config().isEmpty()) {
            config.line("");
            if (options.isConfigRequired()) {
                config.line("include required(" + quoted(Sidecar.CONFIG_MAP_FILE) + ')');
            } else {
                config.line("include " + quoted(Sidecar.CONFIG_MAP_FILE));
            }
        }
        return config.text.toString();
    }

    private void write(List<AppProbe> probes, Optional<String> metrics) {
        line("# Written by the injector; what stands further down wins.");
        line("outrigger {");
        line("  service-name = " + quoted(options.serviceName()));
        if (options.isIntercepting()) {
            writeListeners();
        }
        if (!options.upstreamProtocol().isEmpty()) {
            line("  defaults.upstream.protocol = " + options.upstreamProtocol());
        }
        line("  status.bind = \"0.0.0.0:" + Sidecar.STATUS_PORT + '"');
        if (!probes.isEmpty()) {
            line("  status.app-probes {");
            probes.forEach(this::writeProbe);
            line("  }");
        }
        metrics.ifPresent(url -> line("  telemetry.prometheus.merge = " + quoted(url)));
        line("  lifecycle.drain-timeout = " + options.drainTimeout().toSeconds() + 's');
        line("}");
    }

    /** All addresses, of both families where there are two: what is redirected on its way out comes to 127.0.0.1 or ::1. */
    private void writeListeners() {
        String tproxy = options.isTransparentProxy() ? ", tproxy = true" : "";
        line("  listeners.inbound { bind = \"0.0.0.0:" + Sidecar.INBOUND_PORT
                + "\", mode = transparent, protocol = auto" + tproxy + " }");
        if (options.interception().outbound()) {
            line("  listeners.outbound { bind = \"0.0.0.0:" + Sidecar.OUTBOUND_PORT
                    + "\", mode = transparent, protocol = auto, direction = outbound }");
        }
    }

    private void writeProbe(AppProbe probe) {
        line("    " + quoted(probe.name()) + " = " + quoted(probe.url()));
    }

    private SidecarConfig line(String line) {
        text.append(line).append('\n');
        return this;
    }

    /** JSON's strings are HOCON's. */
    private static String quoted(String value) {
        return TextNode.valueOf(value).toString();
    }
}
