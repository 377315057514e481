package dev.outrigger.demo;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class SessionsTest {
    private final Sessions sessions = new Sessions();

    @Test
    void theOneIdleLongestMakesRoom() {
        Session first = sessions.open("2025-11-25");
        Session second = sessions.open("2025-11-25");
        for (int i = 2; i < Sessions.MAX_SESSIONS; i++) {
            sessions.open("2025-11-25");
        }
        assertNotNull(sessions.find(first.id()), "there was room for it, and now it was used");
        sessions.open("2025-11-25");
        assertNull(sessions.find(second.id()));
        assertNotNull(sessions.find(first.id()));
    }
}
