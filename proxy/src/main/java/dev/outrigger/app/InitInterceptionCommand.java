package dev.outrigger.app;

import dev.outrigger.interception.AddressRanges;
import dev.outrigger.interception.Backend;
import dev.outrigger.interception.InboundMode;
import dev.outrigger.interception.InterceptionRules;
import dev.outrigger.interception.InterceptionSettings;
import dev.outrigger.interception.InterceptionSettings.Inbound;
import dev.outrigger.interception.InterceptionSettings.Outbound;
import dev.outrigger.interception.Ipv6Mode;
import dev.outrigger.interception.PortRanges;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code init-interception}: the rules that lead a pod's connections to the sidecar. */
@Command(
        name = "init-interception",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        defaultValueProvider = InitInterceptionCommand.Environment.class,
        description = {
            "Installs the rules that lead connections of this network namespace to the sidecar. What an earlier run has"
                    + " installed is replaced; if that fails, all stays as it was. Needs root with NET_ADMIN and NET_RAW.",
            "Ports are lists such as 8080,9000-9100, or * for all; addresses such as 10.0.0.0/8,fd00::/8. The ports 9465"
                    + " and 15000 (status and admin) and the sidecar's own are never redirected, nor are link-local"
                    + " addresses of IPv6.",
            "Every option with a value, and the two that begin with --no, can be given as a variable:"
                    + " OUTRIGGER_INTERCEPTION_PROXY_UID for --proxy-uid."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:fine", "1:not installed, not removed, or not proven", "2:wrong usage"})
final class InitInterceptionCommand implements Callable<Integer> {
    @Option(
            names = "--proxy-uid",
            paramLabel = "UID",
            split = ",",
            defaultValue = "1337",
            description =
                    "User of the sidecar, whose connections are never redirected; several are a list. ${DEFAULT-VALUE}"
                            + " by default.")
    private List<Long> proxyUids = new ArrayList<>();

    @Option(
            names = "--proxy-gid",
            paramLabel = "GID",
            split = ",",
            description = "The same of its group; none by default.")
    private List<Long> proxyGids = new ArrayList<>();

    @Option(
            names = "--inbound-port",
            paramLabel = "PORT",
            defaultValue = "15006",
            description = "Where the sidecar listens for inbound connections; ${DEFAULT-VALUE} by default.")
    private int inboundPort;

    @Option(
            names = "--outbound-port",
            paramLabel = "PORT",
            defaultValue = "15001",
            description =
                    "Where it listens for outbound connections, on loopback: 127.0.0.1 and, where there is IPv6, ::1"
                            + " (by [::] or by two listeners). ${DEFAULT-VALUE} by default.")
    private int outboundPort;

    @Option(
            names = "--inbound-ports",
            paramLabel = "PORTS",
            defaultValue = "*",
            converter = Ports.class,
            description = "Ports of the application whose connections are redirected; ${DEFAULT-VALUE} by default.")
    private PortRanges inboundPorts = PortRanges.ALL;

    @Option(
            names = "--exclude-inbound-ports",
            paramLabel = "PORTS",
            defaultValue = "",
            converter = Ports.class,
            description = "Those of them that are not.")
    private PortRanges excludedInboundPorts = PortRanges.NONE;

    @Option(
            names = "--outbound-ports",
            paramLabel = "PORTS",
            defaultValue = "*",
            converter = Ports.class,
            description = "Destination ports of connections that are redirected; ${DEFAULT-VALUE} by default.")
    private PortRanges outboundPorts = PortRanges.ALL;

    @Option(
            names = "--exclude-outbound-ports",
            paramLabel = "PORTS",
            defaultValue = "",
            converter = Ports.class,
            description = "Those of them that are not.")
    private PortRanges excludedOutboundPorts = PortRanges.NONE;

    @Option(
            names = "--include-outbound-cidrs",
            paramLabel = "RANGES",
            defaultValue = "",
            converter = Ranges.class,
            description = "Only connections to these addresses are redirected; those to all by default.")
    private AddressRanges outboundRanges = AddressRanges.NONE;

    @Option(
            names = "--exclude-outbound-cidrs",
            paramLabel = "RANGES",
            defaultValue = "",
            converter = Ranges.class,
            description = "Connections to these addresses are not.")
    private AddressRanges excludedOutboundRanges = AddressRanges.NONE;

    @Option(
            names = "--inbound-mode",
            paramLabel = "MODE",
            defaultValue = "redirect",
            description = "redirect, or tproxy, by which the application sees the client's address; the listener needs"
                    + " tproxy = true then, and the sidecar NET_ADMIN. ${DEFAULT-VALUE} by default.")
    private InboundMode inboundMode = InboundMode.REDIRECT;

    @Option(names = "--no-inbound", description = "Leaves inbound connections alone.")
    private boolean isWithoutInbound;

    @Option(names = "--no-outbound", description = "Leaves outbound connections alone.")
    private boolean isWithoutOutbound;

    @Option(
            names = "--ipv6",
            paramLabel = "MODE",
            defaultValue = "auto",
            description = "auto (where there is IPv6), on or off; ${DEFAULT-VALUE} by default.")
    private Ipv6Mode ipv6 = Ipv6Mode.AUTO;

    @Option(
            names = "--backend",
            paramLabel = "BACKEND",
            defaultValue = "auto",
            description = "auto (the one that has rules here, else nft), nft or legacy; ${DEFAULT-VALUE} by default.")
    private Backend backend = Backend.AUTO;

    @Option(
            names = "--validate",
            description =
                    "Installs, then proves the rules by connections to itself; the sidecar must not run yet. If the"
                            + " proof fails, the rules stay, for --show and so that nothing passes unseen.")
    private boolean isProof;

    @Option(names = "--validate-only", description = "Proves the rules that an earlier run has installed.")
    private boolean isProofOnly;

    @Option(names = "--show", description = "Prints what is installed.")
    private boolean isQuestion;

    @Option(names = "--dry-run", description = "Prints what would be done, as a script, and does nothing.")
    private boolean isRehearsal;

    @Option(names = "--remove", description = "Removes what is installed, in both backends.")
    private boolean isRemoval;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        refuseSeveralAtOnce();
        InterceptionSettings settings = settings();
        InterceptionRules interception =
                InterceptionRules.here(settings, Objects.requireNonNullElse(System.getenv("PATH"), ""));
        PrintWriter out = spec.commandLine().getOut();
        if (isRehearsal) {
            out.print(interception.script());
            out.flush();
        } else if (isQuestion) {
            List<String> present = interception.present();
            (present.isEmpty() ? List.of("nothing is installed") : present).forEach(out::println);
        } else if (isRemoval) {
            interception.remove();
            out.println("removed");
        } else {
            if (!isProofOnly) {
                interception.install().forEach(out::println);
            }
            if (isProof || isProofOnly) {
                interception.prove().forEach(out::println);
            }
        }
        return ExitCode.OK;
    }

    private void refuseSeveralAtOnce() {
        int several = 0;
        for (boolean wanted : new boolean[] {isQuestion, isRehearsal, isRemoval, isProof, isProofOnly}) {
            several += wanted ? 1 : 0;
        }
        if (several > 1) {
            throw wrong("expected at most one of --validate, --validate-only, --show, --dry-run and --remove");
        }
    }

    private InterceptionSettings settings() {
        try {
            Inbound inbound =
                    isWithoutInbound ? null : new Inbound(inboundPort, inboundPorts, excludedInboundPorts, inboundMode);
            Outbound outbound = isWithoutOutbound
                    ? null
                    : new Outbound(
                            outboundPort, outboundPorts, excludedOutboundPorts, outboundRanges, excludedOutboundRanges);
            return new InterceptionSettings(proxyUids, proxyGids, inbound, outbound, ipv6, backend);
        } catch (IllegalArgumentException e) {
            throw wrong(Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Says what a reader of values found wrong. */
    private static <T> T read(String text, Function<String, T> reader) {
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
    }

    /** Reads a set of ports. */
    static final class Ports implements ITypeConverter<PortRanges> {
        @Override
        public PortRanges convert(String text) {
            return read(text, PortRanges::parse);
        }
    }

    /** Reads ranges of addresses. */
    static final class Ranges implements ITypeConverter<AddressRanges> {
        @Override
        public AddressRanges convert(String text) {
            return read(text, AddressRanges::parse);
        }
    }

    /** Options by variables, for manifests that are made by programs. What the command does is only said by itself. */
    static final class Environment implements IDefaultValueProvider {
        private static final String PREFIX = "OUTRIGGER_INTERCEPTION_";

        @Override
        public @Nullable String defaultValue(ArgSpec argument) {
            if (!(argument instanceof OptionSpec option)
                    || option.arity().max() == 0 && !option.longestName().startsWith("--no-")) {
                return null;
            }
            String name = option.longestName().substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
            String value = System.getenv(PREFIX + name);
            return value == null || value.isBlank() ? null : value;
        }
    }
}
