package dev.outrigger.config.load;

import dev.outrigger.config.model.InterceptionConfig;
import dev.outrigger.config.model.ListenerConfig;
import dev.outrigger.config.model.OriginalConfig;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** Checks across the keys of connections that are redirected. */
final class InterceptionValidator {
    private final Findings findings;

    InterceptionValidator(Findings findings) {
        this.findings = findings;
    }

    /** @param path of the listener's section */
    void listener(String path, ListenerConfig listener) {
        String direction = path + '.' + InterceptionSection.DIRECTION;
        String tproxy = path + '.' + InterceptionSection.TPROXY;
        if (findings.accepted(path + '.' + ListenerSection.MODE) == null) {
            return;
        }
        Optional<InterceptionConfig> interception = listener.interception();
        if (interception.isEmpty()) {
            unused(direction);
            unused(tproxy);
            return;
        }
        Setting transparent = findings.accepted(tproxy);
        if (interception.get().tproxy()
                && interception.get().direction() == InterceptionConfig.Direction.OUTBOUND
                && transparent != null) {
            findings.refuse(transparent, "false where the direction is outbound: what leaves is redirected otherwise");
        }
        sources(
                path + '.' + InterceptionSection.INBOUND_SOURCE,
                interception.get().inboundSource());
    }

    private void unused(String path) {
        Setting setting = findings.accepted(path);
        if (setting != null && !setting.isDefault()) {
            findings.refuse(setting, "none, or transparent as the mode");
        }
    }

    private void sources(String path, List<InetAddress> sources) {
        Setting setting = findings.accepted(path);
        long families = sources.stream().map(InetAddress::getClass).distinct().count();
        if (setting != null && families < sources.size()) {
            findings.refuse(setting, "one address of a family at most");
        }
    }

    /**
     * Two upstreams of one name, or two routes, could not be told apart anywhere.
     *
     * @param path of the section
     */
    void name(String path, String name, Optional<OriginalConfig> original) {
        Setting setting = findings.accepted(path);
        if (original.isPresent() && name.equals(OriginalConfig.NAME) && setting != null) {
            findings.problem(
                    setting.place(),
                    path,
                    ValueText.quoted(name),
                    "another name: with mode = transparent this one is that of original destinations");
        }
    }
}
