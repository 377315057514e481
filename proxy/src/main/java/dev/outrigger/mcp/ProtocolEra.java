package dev.outrigger.mcp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which of MCP's two ways of using HTTP a request follows. Both live on one endpoint, so it is decided per request.
 *
 * <p>Revisions are dates, which compare as text. One that is not written as a date says nothing and is taken for legacy, the
 * era in which the proxy assumes less.
 */
public enum ProtocolEra {
    /** Up to 2025-11-25: sessions, resumable streams, a disconnect is no cancellation. */
    LEGACY,
    /** From 2026-07-28: stateless, a request and its answer are all there is, closing the answer cancels. */
    MODERN;

    public static final String V2024_11_05 = "2024-11-05";
    public static final String V2025_03_26 = "2025-03-26";
    public static final String V2025_06_18 = "2025-06-18";
    public static final String V2025_11_25 = "2025-11-25";
    public static final String V2026_07_28 = "2026-07-28";

    /** What {@link #known} makes of every other revision. */
    public static final String OTHER_VERSION = "other";

    private static final List<String> KNOWN = List.of(V2025_11_25, V2026_07_28, V2025_06_18, V2025_03_26, V2024_11_05);

    private static final String DATE_FORM = "dddd-dd-dd";

    /**
     * @param versionHeader {@code MCP-Protocol-Version}, null if absent
     * @param hasMcpMethodHeader whether there is a header {@code Mcp-Method}, which only the modern era has
     */
    public static ProtocolEra of(@Nullable String versionHeader, boolean hasMcpMethodHeader) {
        return hasMcpMethodHeader || isModern(versionHeader) ? MODERN : LEGACY;
    }

    /** @param version as a header or {@code _meta} has it, null if absent */
    public static boolean isModern(@Nullable CharSequence version) {
        return version != null && isDate(version) && CharSequence.compare(version, V2026_07_28) >= 0;
    }

    /**
     * A revision for a label or an attribute: the set of what can come out is closed.
     *
     * @return one of the constants, null for null
     */
    public static @Nullable String known(@Nullable CharSequence version) {
        if (version == null) {
            return null;
        }
        for (int i = 0; i < KNOWN.size(); i++) {
            if (KNOWN.get(i).contentEquals(version)) {
                return KNOWN.get(i);
            }
        }
        return OTHER_VERSION;
    }

    private static boolean isDate(CharSequence text) {
        if (text.length() != DATE_FORM.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean fits = DATE_FORM.charAt(i) == 'd' ? c >= '0' && c <= '9' : c == '-';
            if (!fits) {
                return false;
            }
        }
        return true;
    }
}
