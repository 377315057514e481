package dev.outrigger.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.testing.Certificates.Authority;
import org.junit.jupiter.api.Test;

class PeerCertificateTest {
    private static final Authority AUTHORITY = new Authority("test root");

    private static PeerCertificate of(String name, String... alternatives) {
        return PeerCertificate.of(AUTHORITY.issue(name, alternatives).certificate());
    }

    @Test
    void theIdentityIsTheUriElseTheHostElseTheSubject() {
        assertEquals(
                "spiffe://test/a", of("a", "dns:a.test", "uri:spiffe://test/a").identity());
        assertEquals("a.test", of("a", "dns:a.test").identity());
        assertEquals("CN=a", of("a").identity());
    }

    @Test
    void whatIsForwardedIsOneElementWhateverTheNamesHold() {
        String forwarded = of("a\"b\\", "uri:x:a;b=c", "dns:c.test").forwarded();
        assertTrue(forwarded.endsWith(";Subject=\"CN=a\\22b\\5C\";URI=\"x:a;b=c\";DNS=c.test"), forwarded);
    }

    @Test
    void whatIsNotPrintableAsciiIsWrittenInHex() {
        String subject = of("é\r\nx").subject();
        assertEquals("CN=\\C3\\A9\\0D\\0Ax", subject);
    }
}
