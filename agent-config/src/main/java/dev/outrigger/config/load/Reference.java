package dev.outrigger.config.load;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;

/**
 * Our {@code reference.conf}. Other jars may bring one of the same name, so it is picked by its root; the usual merge of all
 * of them, with system properties on top, would let a library on the class path change what a configuration means.
 */
final class Reference {
    static final String FILE = "reference.conf";

    /** Parsed once, since it is a part of the program; that takes longer than reading a usual file. */
    private static final ConfigObject ALL = find(ConfigLoader.ROOT);

    private Reference() {}

    /** All of the file. */
    static ConfigObject all() {
        return ALL;
    }

    private static ConfigObject find(String root) {
        try {
            for (URL url : Collections.list(Reference.class.getClassLoader().getResources(FILE))) {
                ConfigObject reference = ConfigFactory.parseURL(url).root();
                if (reference.containsKey(root)) {
                    return reference;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("no " + FILE + " with the root " + root + " on the class path");
    }
}
