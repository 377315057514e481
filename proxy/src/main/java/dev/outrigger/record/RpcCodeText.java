package dev.outrigger.record;

/**
 * JSON-RPC error codes as labels. The upstream chooses its codes, so that only the range which JSON-RPC reserves (-32768 to
 * -32000) is told apart, 769 values; their texts are made once.
 */
final class RpcCodeText {
    private static final int LOWEST = -32768;
    private static final int HIGHEST = -32000;
    private static final String[] TEXTS = texts();

    private RpcCodeText() {}

    /** The code in decimal, {@link ExchangeRecord#OTHER} outside the reserved range. */
    static String of(int code) {
        return code >= LOWEST && code <= HIGHEST ? TEXTS[code - LOWEST] : ExchangeRecord.OTHER;
    }

    /**
     * Whether the caller is to blame: not JSON, not a request, no such method, wrong parameters, no such resource. After
     * OpenTelemetry's conventions for MCP, these are no errors of the server.
     */
    static boolean isCallersError(int code) {
        return switch (code) {
            case -32700, -32600, -32601, -32602, -32002 -> true;
            default -> false;
        };
    }

    private static String[] texts() {
        String[] texts = new String[HIGHEST - LOWEST + 1];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = Integer.toString(LOWEST + i);
        }
        return texts;
    }
}
