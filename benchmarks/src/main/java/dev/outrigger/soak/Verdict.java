package dev.outrigger.soak;

/** What an answer is worth to who asked; the words that counts are kept under. */
final class Verdict {
    static final String OK = "ok";
    /** The connection ended, or was never made, before there was a head. */
    static final String NO_ANSWER = "no answer";
    /** The connection ended inside the answer. */
    static final String CUT = "cut";
    /** No HTTP. */
    static final String UNREADABLE = "unreadable";
    /** A whole HTTP answer without a response to the request. */
    static final String UNANSWERED = "unanswered";
    /** Somebody else's answer, or one that was changed. */
    static final String WRONG = "wrong";
    /** Nothing came for longer than any deadline. */
    static final String HUNG = "hung";
    /** What a rate limit says; it is there to be met. */
    static final String RATE_LIMITED = "rpc 10004";

    private static final String ERROR = "\"error\":{\"code\":";

    private Verdict() {}

    /** Whether nobody has to have failed for it. */
    static boolean isExpected(String verdict) {
        return verdict.equals(OK) || verdict.equals(RATE_LIMITED);
    }

    /** Of a whole answer. */
    static String of(CallKind kind, long id, String token, int status, String body) {
        if (status >= 300) {
            return "http " + status;
        }
        if (kind == CallKind.INITIALIZED || kind == CallKind.END_SESSION) {
            return OK;
        }
        String idMember = "\"id\":" + id;
        int at = body.indexOf(idMember);
        if (at < 0) {
            return body.contains("\"id\":") ? WRONG : UNANSWERED;
        }
        if (body.charAt(at + idMember.length()) != ',' && body.charAt(at + idMember.length()) != '}') {
            return WRONG;
        }
        int error = body.indexOf(ERROR);
        if (error >= 0) {
            return "rpc " + body.substring(error + ERROR.length(), body.indexOf(',', error + ERROR.length()));
        }
        boolean isOwn = body.contains("\"result\":") && (!kind.isEchoed() || body.contains(token));
        return isOwn ? OK : WRONG;
    }
}
