package dev.outrigger.soak;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** Does what each {@link FaultKind} says, to one replica after the other, and undoes it. */
final class Faults {
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final int BACK_SECONDS = 10;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER)
            .build();
    private final RunningSidecar sidecar;
    private final List<Replica> replicas;
    private final Replica standby;
    private int victims;

    /** @param standby stands in for the replicas */
    Faults(RunningSidecar sidecar, List<Replica> replicas, Replica standby) {
        this.sidecar = sidecar;
        this.replicas = replicas;
        this.standby = standby;
    }

    void begin(FaultKind kind) throws IOException, InterruptedException {
        victims++;
        for (Replica replica : replicas) {
            if (!Waiting.until(BACK_SECONDS, replica::isUp)) {
                throw new IOException("the replica of port " + replica.port() + " is not back from the fault before");
            }
        }
        switch (kind) {
            case KILLED -> victim().kill();
            case STOPPED -> victim().signal("STOP");
            case RESETS -> tell(victim(), ReplicaFault.RESETS);
            case DRIP -> tell(victim(), ReplicaFault.DRIP);
            case GARBAGE -> tell(victim(), ReplicaFault.GARBAGE);
            case RELOADED -> sidecar.reload();
            case BROKEN_FILE -> sidecar.hangUpWithBrokenFile();
            case REPLICAS_DOWN -> killReplicas();
            case ALL_DOWN -> {
                killReplicas();
                standby.kill();
            }
        }
    }

    void end(FaultKind kind) throws IOException, InterruptedException {
        switch (kind) {
            case KILLED -> victim().restart();
            case STOPPED -> victim().signal("CONT");
            case RESETS, DRIP, GARBAGE -> tell(victim(), ReplicaFault.NONE);
            case RELOADED, BROKEN_FILE -> {}
            case REPLICAS_DOWN -> restartReplicas();
            case ALL_DOWN -> {
                restartReplicas();
                standby.restart();
            }
        }
    }

    private Replica victim() {
        return replicas.get(victims % replicas.size());
    }

    private void killReplicas() throws InterruptedException {
        for (Replica replica : replicas) {
            replica.kill();
        }
    }

    private void restartReplicas() throws IOException {
        for (Replica replica : replicas) {
            replica.restart();
        }
    }

    private void tell(Replica replica, ReplicaFault fault) throws IOException, InterruptedException {
        HttpResponse<Void> reply = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + replica.port() + "/fault/" + fault))
                        .timeout(ANSWER)
                        .build(),
                HttpResponse.BodyHandlers.discarding());
        if (reply.statusCode() != 200) {
            throw new IOException("a replica answers with " + reply.statusCode());
        }
    }
}
