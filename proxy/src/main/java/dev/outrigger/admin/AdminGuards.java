package dev.outrigger.admin;

import dev.outrigger.config.model.AdminConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What guards the admin port, in the order that tells strangers least: is it us they mean, may their page, who are they. */
public final class AdminGuards {
    private AdminGuards() {}

    /** @throws IOException if there is a token file and no token in it, see {@link TokenGuard#fromFile} */
    public static List<OpsGuard> of(AdminConfig config) throws IOException {
        List<OpsGuard> guards = new ArrayList<>();
        guards.add(new HostGuard(config.bind().host()));
        guards.add(new OriginGuard());
        if (config.tokenFile().isPresent()) {
            guards.add(TokenGuard.fromFile(config.tokenFile().get()));
        }
        return guards;
    }
}
