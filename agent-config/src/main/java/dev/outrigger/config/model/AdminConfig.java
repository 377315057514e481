package dev.outrigger.config.model;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The admin socket: everything that shows internals or changes state.
 *
 * @param bind loopback unless an operator decides otherwise
 * @param tokenFile a file with the bearer token that every request must carry; empty asks for none
 */
public record AdminConfig(HostPort bind, Optional<Path> tokenFile) {}
