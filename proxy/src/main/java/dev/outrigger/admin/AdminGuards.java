package dev.outrigger.admin;

import dev.outrigger.config.model.AdminConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What guards the admin port, in the order that tells strangers least: is it us they mean, may their page, who are they. */
public final class AdminGuards {
    private AdminGuards() {}

    /** @throws IOException if a token is asked for and there is none, see {@link TokenGuard#of} */
    public static List<OpsGuard> of(AdminConfig config) throws IOException {
        List<OpsGuard> guards = new ArrayList<>();
        guards.add(new HostGuard(config.bind().host()));
        guards.add(new OriginGuard());
        if (config.token().isPresent()) {
            guards.add(TokenGuard.of(config.token().get()));
        }
        return guards;
    }
}
