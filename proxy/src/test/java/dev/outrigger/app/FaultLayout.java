package dev.outrigger.app;

/** Where a route leads to. */
enum FaultLayout {
    /** One endpoint, which is the one that fails. */
    ONE("one", 1),
    /** Three, of which one fails. */
    THREE("three", 3),
    /** One that fails, and another upstream that stands in. */
    ALTERNATES("alternates", 2);

    private final String label;
    private final int replicas;

    FaultLayout(String label, int replicas) {
        this.label = label;
        this.replicas = replicas;
    }

    /** In names of routes and hosts, and the beginning of targets. */
    String label() {
        return label;
    }

    int replicas() {
        return replicas;
    }

    /** Whether there is somebody else to ask. */
    boolean hasOthers() {
        return replicas > 1;
    }
}
