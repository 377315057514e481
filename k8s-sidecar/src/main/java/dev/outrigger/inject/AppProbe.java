package dev.outrigger.inject;

import java.util.Map;

/**
 * A probe of the application that the kubelet sends to the sidecar, and the sidecar passes on.
 *
 * @param name {@code container/livez}, {@code readyz} or {@code startupz}
 * @param type http, tcp or grpc
 * @param path of an HTTP probe
 * @param https whether it is sent by TLS
 * @param headers of an HTTP probe
 * @param service of a gRPC probe, empty for the server as a whole
 * @param timeoutSeconds as long as the kubelet waits
 */
record AppProbe(
        String name,
        String type,
        int port,
        String path,
        boolean https,
        Map<String, String> headers,
        String service,
        int timeoutSeconds) {}
