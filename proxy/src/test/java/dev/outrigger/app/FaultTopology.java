package dev.outrigger.app;

import dev.outrigger.testing.NameServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The servers of one layout, found by name. The first one is the one that fails. */
final class FaultTopology implements AutoCloseable {
    private final FaultLayout layout;
    private final Path directory;
    private final NameServer names;
    private final int port = Ports.free();
    private final List<FaultyReplica> replicas = new ArrayList<>();
    private final List<FaultyReplica> gone = new ArrayList<>();
    private int addresses;
    private boolean isStarting;

    FaultTopology(FaultLayout layout, Path directory, NameServer names) {
        this.layout = layout;
        this.directory = directory;
        this.names = names;
    }

    void start() throws IOException {
        for (int i = 0; i < layout.replicas(); i++) {
            replicas.add(FaultyReplica.start(directory, nextAddress(), port));
        }
        for (FaultyReplica replica : replicas) {
            replica.ready();
        }
        tellNames();
    }

    private String nextAddress() {
        addresses++;
        return "127.0.0." + addresses;
    }

    /** The alternate is another upstream with a name of its own. */
    private void tellNames() throws IOException {
        boolean hasStandby = layout == FaultLayout.ALTERNATES;
        List<FaultyReplica> found = hasStandby ? replicas.subList(0, 1) : replicas;
        names.addresses(host(), found.stream().map(FaultyReplica::address).toArray(String[]::new));
        if (hasStandby) {
            names.addresses(standbyHost(), replicas.get(1).address());
        }
    }

    FaultLayout layout() {
        return layout;
    }

    private String host() {
        return layout.label() + ".test";
    }

    private String standbyHost() {
        return layout.label() + "-standby.test";
    }

    /** Upstreams and route of one cell, as a configuration has them. */
    String configuration(FaultCell cell) {
        boolean hasStandby = layout == FaultLayout.ALTERNATES;
        String upstreams = "upstreams." + cell.name() + ".dns = \"" + host() + ':' + port + "\"\n";
        if (hasStandby) {
            upstreams += "upstreams." + cell.standby() + ".dns = \"" + standbyHost() + ':' + port + "\"\n";
        }
        return upstreams
                + "routes += { name = " + cell.name() + ", match.path-prefix = \"" + cell.path() + "\", upstream = "
                + cell.name() + (hasStandby ? ", alternates = [" + cell.standby() + "]" : "") + " }\n";
    }

    void inject(Fault fault) throws IOException, InterruptedException {
        switch (fault) {
            case KILL, DNS_CHANGE -> replicas.get(0).kill();
            case FREEZE -> replicas.get(0).signal("STOP");
            default -> replicas.get(0).tell(fault.name());
        }
    }

    void heal(Fault fault) throws IOException, InterruptedException {
        switch (fault) {
            case KILL -> replace(replicas.get(0).address());
            case DNS_CHANGE -> {
                replace(nextAddress());
                tellNames();
            }
            case FREEZE -> replicas.get(0).signal("CONT");
            default -> replicas.get(0).tell(FaultyServer.FINE);
        }
    }

    private void replace(String address) throws IOException {
        gone.add(replicas.get(0));
        replicas.set(0, FaultyReplica.start(directory, address, port));
        isStarting = true;
    }

    /** Waits until the one that fails is there again, if {@link #heal} has started another one. */
    void awaitHealed() throws IOException {
        if (isStarting) {
            replicas.get(0).ready();
            isStarting = false;
        }
    }

    /** The one that fails, as configurations and {@code /upstreams} name it. */
    String victim() {
        return replicas.get(0).address() + ':' + port;
    }

    /** Requests of a cell that the one that fails has read so far. */
    long seenByVictim(FaultCell cell) {
        return replicas.get(0).seen().stream()
                .filter(line -> line.startsWith(cell.path() + ' '))
                .count();
    }

    /** Requests of clients that more than one server has read, or one server twice. */
    Set<String> seenTwice() {
        Set<String> once = new HashSet<>();
        Set<String> twice = new HashSet<>();
        Stream.concat(replicas.stream(), gone.stream())
                .flatMap(replica -> replica.seen().stream())
                .filter(line -> line.startsWith('/' + layout.label() + '/'))
                .filter(line -> !once.add(line))
                .forEach(twice::add);
        return twice;
    }

    @Override
    public void close() {
        replicas.forEach(FaultyReplica::close);
    }
}
