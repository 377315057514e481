package dev.outrigger.config.load;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigValue;

/**
 * A value as it stands somewhere.
 *
 * @param path where it stands, which for an inherited value is not where it takes effect
 * @param isDefault whether {@code reference.conf} and not the operator set it
 */
record Setting(ConfigValue value, String path, boolean isDefault) {
    Place place() {
        return Place.of(value.origin());
    }

    /** An element of a list. */
    Setting element(ConfigList list, int index) {
        return new Setting(list.get(index), path + '[' + index + ']', isDefault);
    }
}
