package dev.outrigger.inject;

/**
 * A probe of the application that the kubelet sends to the sidecar, and the sidecar passes on.
 *
 * @param name {@code container/livez}, {@code readyz} or {@code startupz}
 * @param url http, https, tcp or grpc
 */
record AppProbe(String name, String url) {}
