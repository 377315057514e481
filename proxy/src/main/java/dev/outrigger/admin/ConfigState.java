package dev.outrigger.admin;

import dev.outrigger.config.model.ProxyConfig;
import dev.outrigger.runtime.Switches;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The configuration in force and how it came to be.
 *
 * @param file where it was read from
 * @param config as read; what admin has switched since is in {@code switches} only
 * @param generation counts the configurations that were taken up, from 1
 * @param hash SHA-256 of the configuration in hexadecimal digits
 * @param since when it was taken up
 * @param switches in force
 * @param configured the switches as the configuration has them
 * @param lastReload the last attempt, whatever came of it; empty before the first
 * @param needsRestart paths of keys whose values in {@code config} take effect with the next start of the process only
 */
public record ConfigState(
        String file,
        ProxyConfig config,
        long generation,
        String hash,
        Instant since,
        Switches switches,
        Switches configured,
        Optional<ReloadResult> lastReload,
        List<String> needsRestart) {
    public ConfigState {
        needsRestart = List.copyOf(needsRestart);
    }
}
