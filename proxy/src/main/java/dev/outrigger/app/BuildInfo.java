package dev.outrigger.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/**
 * What this build is, as the build wrote it into the jar.
 *
 * @param version of the project
 * @param commit abbreviated; {@code unknown} if it was built outside a checkout
 */
record BuildInfo(String version, String commit) {
    private static final String RESOURCE = "build.properties";
    private static final String UNKNOWN = "unknown";

    static BuildInfo load() {
        Properties properties = new Properties();
        try (InputStream in = BuildInfo.class.getResourceAsStream(RESOURCE)) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can not read " + RESOURCE + " from the jar", e);
        }
        return new BuildInfo(properties.getProperty("version", UNKNOWN), properties.getProperty("commit", UNKNOWN));
    }

    /** For {@code --version}. */
    static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            BuildInfo build = load();
            return new String[] {
                "outrigger " + build.version + " (" + build.commit + ")",
                "Java " + System.getProperty("java.version") + " (" + System.getProperty("java.vm.vendor") + ")"
            };
        }
    }
}
