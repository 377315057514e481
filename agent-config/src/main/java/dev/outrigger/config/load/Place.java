package dev.outrigger.config.load;

import com.typesafe.config.ConfigOrigin;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a value stands.
 *
 * @param file the file's name, or a description of another source
 * @param line from 1, 0 if there is none
 */
record Place(String file, int line) {
    /** A value put together from several sources has no line of its own; the first part that has one stands for it. */
    private static final Pattern MERGED = Pattern.compile("merge of (?:.*,)?(.*?): (\\d+)(?:-\\d+)?(?:,.*)?");

    private static final Pattern LINE_SUFFIX = Pattern.compile(": \\d+(-\\d+)?$");

    static Place of(ConfigOrigin origin) {
        Matcher merged = MERGED.matcher(origin.description());
        if (origin.lineNumber() < 0 && merged.matches()) {
            return new Place(merged.group(1), Integer.parseInt(merged.group(2)));
        }
        String filename = origin.filename();
        String file = filename != null
                ? filename
                : LINE_SUFFIX.matcher(origin.description()).replaceFirst("");
        return new Place(file, Math.max(0, origin.lineNumber()));
    }
}
