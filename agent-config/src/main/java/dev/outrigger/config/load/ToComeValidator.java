package dev.outrigger.config.load;

/**
 * Checks across the fields of keys to come, see {@link NotYet}. There are no records of them, so it looks at the settings
 * that were accepted; what was refused already is not complained about again.
 */
final class ToComeValidator {
    private final Findings findings;

    ToComeValidator(Findings findings) {
        this.findings = findings;
    }

    /** @param path where the upstream is in effect */
    void upstream(String path) {
        onlyOne(path, "endpoints", "dns", "stdio");
    }

    private void onlyOne(String path, String... keys) {
        Setting second = null;
        int set = 0;
        for (String key : keys) {
            Setting setting = findings.accepted(path + '.' + key);
            second = setting == null ? second : setting;
            set += setting == null ? 0 : 1;
        }
        if (second != null && set > 1) {
            findings.refuse(second, "only one of " + String.join(", ", keys));
        }
    }
}
