package dev.outrigger.config.model;

import java.time.Duration;

/**
 * What requests are kept together by, where that is neither the MCP session nor the client's address.
 *
 * @param header its value; empty if none is named
 * @param cookieName of the cookie whose value it is, set for clients that have none
 * @param cookieTtl how long clients keep the cookie; zero until they close
 */
public record AffinityConfig(String header, String cookieName, Duration cookieTtl) {}
