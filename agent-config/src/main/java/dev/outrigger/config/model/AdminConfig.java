package dev.outrigger.config.model;

import java.util.Optional;

/**
 * The admin socket: everything that shows internals or changes state.
 *
 * @param bind loopback unless an operator decides otherwise
 * @param token the bearer token that every request must carry; empty asks for none
 */
public record AdminConfig(HostPort bind, Optional<Secret> token) {}
