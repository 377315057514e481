package dev.outrigger.config.readiness;

/**
 * One line of the checklist.
 *
 * @param id never changes, for scripts that look for it
 * @param subject what was looked at, in words
 * @param finding what is there; never a secret
 * @param advice what to do; empty if there is nothing to do
 */
public record ReadinessItem(String id, Grade grade, String subject, String finding, String advice) {
    static ReadinessItem pass(String id, String subject, String finding) {
        return new ReadinessItem(id, Grade.PASS, subject, finding, "");
    }

    /** Good, with something to consider. */
    static ReadinessItem note(String id, String subject, String finding, String advice) {
        return new ReadinessItem(id, Grade.PASS, subject, finding, advice);
    }

    static ReadinessItem warn(String id, String subject, String finding, String advice) {
        return new ReadinessItem(id, Grade.WARN, subject, finding, advice);
    }

    static ReadinessItem fail(String id, String subject, String finding, String advice) {
        return new ReadinessItem(id, Grade.FAIL, subject, finding, advice);
    }

    /** One line: {@code WARN  subject: finding; advice}. */
    @Override
    public String toString() {
        return grade + "  " + subject + ": " + finding + (advice.isEmpty() ? "" : "; " + advice);
    }
}
