package dev.outrigger.interception;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A set of ports as people write it: {@code 8080,9000-9100}, or {@code *} for all. Ordered, without overlaps, so that equal
 * sets make equal rules.
 */
public final class PortRanges {
    /** No port. */
    public static final PortRanges NONE = new PortRanges(List.of());

    /** Every port. */
    public static final PortRanges ALL = new PortRanges(List.of(new Range(1, 65_535)));

    /** How many numbers the kernel's multiport match takes in one rule; a range counts twice. */
    private static final int SLOTS = 15;

    private static final String EXPECTED = "expected ports and ranges such as 8080,9000-9100 between 1 and 65535";
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");
    private static final int MAX_PORT = 65_535;

    private final List<Range> ranges;

    private PortRanges(List<Range> ranges) {
        this.ranges = ranges;
    }

    /**
     * Reads a list.
     *
     * @param text empty for no port
     * @throws IllegalArgumentException with the part that is wrong and what is expected
     */
    public static PortRanges parse(String text) {
        if (text.strip().equals("*")) {
            return ALL;
        }
        if (text.isBlank()) {
            return NONE;
        }
        List<Range> ranges = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            ranges.add(range(part.strip()));
        }
        return merged(ranges);
    }

    /** Single ports. */
    public static PortRanges of(int... ports) {
        List<Range> ranges = new ArrayList<>();
        for (int port : ports) {
            ranges.add(new Range(port, port));
        }
        return merged(ranges);
    }

    /** The ports of both. */
    public PortRanges plus(PortRanges other) {
        List<Range> both = new ArrayList<>(ranges);
        both.addAll(other.ranges);
        return merged(both);
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    public boolean isAll() {
        return equals(ALL);
    }

    public boolean contains(int port) {
        return ranges.stream().anyMatch(range -> range.first <= port && port <= range.last);
    }

    /** The lowest port from {@code from} on that is one of these and none of {@code excluded}; -1 if there is none. */
    int firstOutside(PortRanges excluded, int from) {
        for (Range range : ranges) {
            for (int port = Math.max(from, range.first); port <= range.last; port++) {
                if (!excluded.contains(port)) {
                    return port;
                }
            }
        }
        return -1;
    }

    /** The lists that the multiport match takes, as few rules as they need. */
    List<String> multiports() {
        List<String> lists = new ArrayList<>();
        StringBuilder list = new StringBuilder();
        int slots = 0;
        for (Range range : ranges) {
            if (slots + range.slots() > SLOTS) {
                lists.add(list.toString());
                list.setLength(0);
                slots = 0;
            }
            list.append(list.isEmpty() ? "" : ",").append(range.toString(':'));
            slots += range.slots();
        }
        if (slots > 0) {
            lists.add(list.toString());
        }
        return lists;
    }

    private static Range range(String part) {
        Matcher form = RANGE.matcher(part);
        if (!form.matches()) {
            throw new IllegalArgumentException("'" + part + "': " + EXPECTED);
        }
        int first = Integer.parseInt(form.group(1));
        int last = form.group(2) == null ? first : Integer.parseInt(form.group(2));
        if (first < 1 || last < first || last > MAX_PORT) {
            throw new IllegalArgumentException("'" + part + "': " + EXPECTED);
        }
        return new Range(first, last);
    }

    private static PortRanges merged(List<Range> ranges) {
        List<Range> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingInt(Range::first));
        List<Range> merged = new ArrayList<>();
        for (Range next : sorted) {
            Range before = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (before != null && next.first <= before.last + 1) {
                merged.set(merged.size() - 1, new Range(before.first, Math.max(before.last, next.last)));
            } else {
                merged.add(next);
            }
        }
        return new PortRanges(List.copyOf(merged));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PortRanges that && ranges.equals(that.ranges);
    }

    @Override
    public int hashCode() {
        return ranges.hashCode();
    }

    /** In the notation that {@link #parse} reads. */
    @Override
    public String toString() {
        return isAll() ? "*" : ranges.stream().map(range -> range.toString('-')).collect(Collectors.joining(","));
    }

    private record Range(int first, int last) {
        int slots() {
            return first == last ? 1 : 2;
        }

        String toString(char separator) {
            return first == last ? Integer.toString(first) : Integer.toString(first) + separator + last;
        }
    }
}
