package dev.outrigger.inject;

import java.util.Arrays;
import java.util.List;

/**
 * Which connections of a pod pass the sidecar. Ports are numbers or ranges as {@code 9000-9010}, addresses are ranges in the
 * notation of RFC 4632.
 *
 * @param mode how inbound connections come to it
 * @param outbound whether outbound connections do, too
 * @param includeInboundPorts may be {@link #ALL}
 * @param includeOutboundPorts may be {@link #ALL}
 * @param includeOutboundCidrs every address if there are none
 */
public record Interception(
        Mode mode,
        boolean outbound,
        List<String> includeInboundPorts,
        List<String> excludeInboundPorts,
        List<String> includeOutboundPorts,
        List<String> excludeOutboundPorts,
        List<String> includeOutboundCidrs,
        List<String> excludeOutboundCidrs) {

    /** How inbound connections come to the sidecar. */
    public enum Mode {
        /** By address translation: the application sees the sidecar as its client. Needs no capability while it runs. */
        REDIRECT,
        /** As they are: the application sees its clients' addresses. The sidecar keeps NET_ADMIN, and root for having it. */
        TPROXY,
        /** Not by themselves: who wants them in the sidecar sends them to its port. No init container, no capability. */
        NONE
    }

    /** Every port. */
    static final String ALL = "*";

    /** More would be rules that nobody reads any more. */
    private static final int MOST = 256;

    private static final int HIGHEST_PORT = 65535;

    /** Whether the rules take them: all or some, but not none. */
    static boolean canInclude(List<String> ports) {
        return ports.equals(List.of(ALL)) || !ports.isEmpty() && canExclude(ports);
    }

    /** Whether the rules take them. */
    static boolean canExclude(List<String> ports) {
        return ports.size() <= MOST && ports.stream().allMatch(Interception::isPortRange);
    }

    /** Whether the rules take them, included or excluded. */
    static boolean areCidrs(List<String> ranges) {
        return ranges.size() <= MOST && ranges.stream().allMatch(Cidrs::isRange);
    }

    static boolean isPortRange(String text) {
        String[] ends = text.split("-", -1);
        if (ends.length > 2 || !Arrays.stream(ends).allMatch(end -> end.matches("\\d{1,5}"))) {
            return false;
        }
        int first = Integer.parseInt(ends[0]);
        int last = Integer.parseInt(ends[ends.length - 1]);
        return first >= 1 && first <= last && last <= HIGHEST_PORT;
    }
}
