package dev.outrigger.config.model;

/**
 * One address of an upstream.
 *
 * @param address port 1 to 65535
 * @param weight its part of the requests, compared with those of the other endpoints; 1 to 1000
 */
public record EndpointConfig(HostPort address, int weight) {
    /** One of weight 1. */
    public static EndpointConfig of(String host, int port) {
        return new EndpointConfig(new HostPort(host, port), 1);
    }

    /** The address, and the weight if it is not 1. */
    @Override
    public String toString() {
        return weight == 1 ? address.toString() : address + " of weight " + weight;
    }
}
