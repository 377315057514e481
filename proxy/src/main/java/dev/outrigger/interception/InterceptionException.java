package dev.outrigger.interception;

import java.io.IOException;

/** The rules could not be read, installed, removed or proven; the message says what is missing and, if that is known, why. */
public final class InterceptionException extends IOException {
    private static final long serialVersionUID = 1L;

    InterceptionException(String message) {
        super(message);
    }
}
