package dev.outrigger.config.load;

import dev.outrigger.config.model.ListenerConfig;

/** The keys of one listener. */
final class ListenerSection {
    static final String MODE = "reverse";
    static final String PROTOCOL = "http";

    private static final ValueKind<Integer> CONNECTIONS = Kinds.count(1, 10_000_000);
    private static final ValueKind<Long> HEAD_BYTES = Kinds.size(256, 16 << 20);
    private static final ValueKind<Integer> HEADERS = Kinds.count(1, 10_000);

    private ListenerSection() {}

    static ListenerConfig read(String name, ConfigReader reader) {
        reader.read("mode", Kinds.only(MODE));
        reader.read("protocol", Kinds.only(PROTOCOL));
        ListenerConfig listener = new ListenerConfig(
                name,
                reader.read("bind", Kinds.BIND),
                reader.read("request-head-timeout", Kinds.TIMEOUT),
                reader.read("idle-timeout", Kinds.TIMEOUT),
                reader.read("max-connections", CONNECTIONS),
                Math.toIntExact(reader.read("max-request-line", HEAD_BYTES)),
                Math.toIntExact(reader.read("max-header-bytes", HEAD_BYTES)),
                reader.read("max-headers", HEADERS));
        reader.finish();
        return listener;
    }
}
