package dev.outrigger.telemetry;

import java.time.Instant;

/**
 * ISO 8601 in UTC with milliseconds. Lines of one second share the first part of their text, so it is made once per second.
 * Belongs to one thread.
 */
final class TimeText {
    private static final int MILLIS_PER_SECOND = 1000;

    private long lastSecond = Long.MIN_VALUE;
    private String lastText = "";

    String of(long epochMillis) {
        long second = Math.floorDiv(epochMillis, MILLIS_PER_SECOND);
        if (second != lastSecond) {
            String text = Instant.ofEpochSecond(second).toString();
            lastText = text.substring(0, text.length() - 1);
            lastSecond = second;
        }
        int millis = Math.floorMod(epochMillis, MILLIS_PER_SECOND);
        String digits = Integer.toString(MILLIS_PER_SECOND + millis);
        return lastText + '.' + digits.substring(1) + 'Z';
    }
}
