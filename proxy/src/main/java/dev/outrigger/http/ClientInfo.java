package dev.outrigger.http;

/**
 * Whose connection a request came by. One per connection.
 *
 * @param listener name of the listener that accepted it
 * @param address the client's address as text, without port
 * @param port the client's port
 * @param scheme {@code http} or {@code https}
 */
public record ClientInfo(String listener, String address, int port, String scheme) {}
