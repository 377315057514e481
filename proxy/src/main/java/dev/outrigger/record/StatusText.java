package dev.outrigger.record;

/** The decimal text of HTTP statuses, made once, so that a status can be a label without being formatted per request. */
public final class StatusText {
    private static final int FIRST = 100;
    private static final String[] TEXTS = texts();

    private StatusText() {}

    /** Three digits, or {@code "none"} outside 100…599. */
    public static String of(int status) {
        int index = status - FIRST;
        return index >= 0 && index < TEXTS.length ? TEXTS[index] : "none";
    }

    private static String[] texts() {
        String[] texts = new String[500];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = Integer.toString(FIRST + i);
        }
        return texts;
    }
}
