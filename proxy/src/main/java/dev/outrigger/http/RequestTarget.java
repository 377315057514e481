package dev.outrigger.http;

/** The two forms of a request target that name a path: {@code /path} and, to proxies, {@code http://host/path}. */
public final class RequestTarget {
    private static final String HTTP = "http://";
    private static final String HTTPS = "https://";

    private RequestTarget() {}

    /** Where the authority of a target in absolute form begins; -1 if it is in another. */
    public static int authorityStart(String target) {
        if (target.regionMatches(true, 0, HTTP, 0, HTTP.length())) {
            return HTTP.length();
        }
        return target.regionMatches(true, 0, HTTPS, 0, HTTPS.length()) ? HTTPS.length() : -1;
    }

    /** Where it ends, and the path begins if there is one. */
    public static int authorityEnd(String target) {
        int end = authorityStart(target);
        while (end < target.length() && "/?".indexOf(target.charAt(end)) < 0) {
            end++;
        }
        return end;
    }

    /**
     * The path and the query.
     *
     * @param target in any form, normalised
     */
    public static String originForm(String target) {
        return target.startsWith("/") || authorityStart(target) < 0 ? target : target.substring(authorityEnd(target));
    }
}
