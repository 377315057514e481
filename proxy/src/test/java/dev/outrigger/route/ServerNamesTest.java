package dev.outrigger.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerNamesTest {
    private final ServerNames<String> names = new ServerNames<>(
            Map.of(
                    "db.example.com", "exact",
                    "*.example.com", "domain",
                    "*.eu.Example.com", "nearer",
                    "localhost", "single"),
            "others");

    @Test
    void theVeryNameWinsOverItsDomain() {
        assertEquals("exact", names.find("db.example.com"));
        assertEquals("single", names.find("localhost"));
    }

    @Test
    void theNearestDomainWins() {
        assertEquals("domain", names.find("www.example.com"));
        assertEquals("domain", names.find("a.db.example.com"));
        assertEquals("nearer", names.find("www.eu.example.com"));
    }

    @Test
    void aWildcardDoesNotHoldForTheDomainItself() {
        assertEquals("others", names.find("example.com"));
        assertEquals("domain", names.find("eu.example.com"));
    }

    @Test
    void allOthersGoWhereTheRestGoes() {
        assertEquals("others", names.find("example.org"));
        assertEquals("others", names.find("notexample.com"));
        assertEquals("others", names.find(null));
        assertNull(new ServerNames<>(Map.of("a.example", "a"), null).find("b.example"));
    }
}
