package dev.outrigger.inject;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a sidecar stands in a pod. */
public enum SidecarKind {
    /**
     * An init container that goes on running: it serves before anything of the application starts, ends after it has ended,
     * and does not keep a Job from being over.
     */
    NATIVE,
    /** An ordinary container with hooks that imitate that, for clusters that do not know the other. */
    CLASSIC;

    /** The first version of Kubernetes that has native sidecars without a feature gate. */
    private static final int NATIVE_MINOR = 29;

    private static final Pattern VERSION = Pattern.compile("v?(\\d+)\\.(\\d+)\\b.*");

    /**
     * What a cluster can do.
     *
     * @param version of Kubernetes, as {@code 1.31} or {@code v1.31.4-gke.1}
     * @return nothing if that is no version
     */
    public static Optional<SidecarKind> of(String version) {
        Matcher matcher = VERSION.matcher(version);
        if (!matcher.matches()
                || matcher.group(1).length() > 3
                || matcher.group(2).length() > 3) {
            return Optional.empty();
        }
        int major = Integer.parseInt(matcher.group(1));
        int minor = Integer.parseInt(matcher.group(2));
        return Optional.of(major > 1 || minor >= NATIVE_MINOR ? NATIVE : CLASSIC);
    }
}
