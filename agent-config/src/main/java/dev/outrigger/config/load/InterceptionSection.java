package dev.outrigger.config.load;

import dev.outrigger.config.model.AddressRange;
import dev.outrigger.config.model.InterceptionConfig;
import dev.outrigger.config.model.InterceptionConfig.Direction;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The keys of one listener that are about connections which are redirected to it. */
final class InterceptionSection {
    static final String DIRECTION = "direction";
    static final String TPROXY = "tproxy";
    static final String INBOUND_SOURCE = "inbound-source";
    private static final String OPAQUE_PORTS = "opaque-ports";
    /** A listener of this name is for the application's own connections, as everybody expects. */
    private static final String OUTBOUND = "outbound";

    private static final ValueKind<Integer> PORT = Kinds.count(1, Addresses.MAX_PORT);
    private static final ValueKind<InetAddress> ADDRESS = ValueKind.ofText(
            "an IP address such as 127.0.0.6", InetAddress.getLoopbackAddress(), InterceptionSection::address);

    private InterceptionSection() {}

    /** @param intercepts whether the mode makes use of the keys, which are read in any case */
    static Optional<InterceptionConfig> read(String listener, ConfigReader reader, boolean intercepts) {
        Direction byName = listener.equals(OUTBOUND) ? Direction.OUTBOUND : Direction.INBOUND;
        InterceptionConfig interception = new InterceptionConfig(
                reader.readIfSet(DIRECTION, Kinds.choice(Direction.class)).orElse(byName),
                reader.read(TPROXY, Kinds.SWITCH),
                new TreeSet<>(reader.readAll(OPAQUE_PORTS, PORT)),
                reader.readAll(INBOUND_SOURCE, ADDRESS));
        return intercepts ? Optional.of(interception) : Optional.empty();
    }

    static Map<String, Object> render(InterceptionConfig interception) {
        return Map.of(
                DIRECTION,
                Kinds.word(interception.direction()),
                TPROXY,
                interception.tproxy(),
                OPAQUE_PORTS,
                interception.opaquePorts().stream().sorted().toList(),
                INBOUND_SOURCE,
                interception.inboundSource().stream()
                        .map(InetAddress::getHostAddress)
                        .toList());
    }

    private static @Nullable InetAddress address(String text) {
        AddressRange range = Addresses.parseRange(text);
        if (range == null) {
            return null;
        }
        boolean isOne = range.prefixBits() == range.address().getAddress().length * Byte.SIZE;
        return isOne ? range.address() : null;
    }
}
