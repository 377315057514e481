package dev.outrigger.telemetry;

/** JSON-RPC ids for people and for attributes, which know strings only. */
final class JsonRpcIds {
    private JsonRpcIds() {}

    /**
     * The id without its quotes, cut to a length.
     *
     * @param raw as it stands in the request
     */
    static String text(String raw, int limitChars) {
        boolean quoted = raw.length() >= 2 && raw.charAt(0) == '"' && raw.charAt(raw.length() - 1) == '"';
        String text = quoted ? raw.substring(1, raw.length() - 1) : raw;
        return text.length() <= limitChars ? text : text.substring(0, limitChars);
    }
}
