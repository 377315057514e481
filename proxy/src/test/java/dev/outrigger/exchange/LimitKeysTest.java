package dev.outrigger.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outrigger.config.model.RateLimitConfig;
import dev.outrigger.http.ClientInfo;
import dev.outrigger.record.ExchangeRecord;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitKeysTest {
    @ParameterizedTest
    @CsvSource({
        "10.1.2.3,10.1.2.3",
        "2001:db8:0:1:0:0:0:1,2001:db8:0:1::/64",
        "2001:db8:0:1:ffff:0:0:2,2001:db8:0:1::/64",
        "0:0:0:0:0:0:0:1,0:0:0:0::/64",
        "unknown,unknown"
    })
    void anIpv6NetworkIsOneAddress(String address, String network) {
        assertEquals(network, LimitKeys.network(address));
    }

    @Test
    void ofALongKeyNoMoreIsRememberedThanTellsItFromOthers() {
        String text = "Bearer " + "x".repeat(50_000);
        assertTrue(LimitKeys.held(text).length() <= LimitKeys.MOST_CHARS);
        assertEquals(LimitKeys.held(text), LimitKeys.held("Bearer " + "x".repeat(50_000)));
        assertNotEquals(LimitKeys.held(text), LimitKeys.held(text + "y"));
        assertEquals("Bearer x", LimitKeys.held("Bearer x"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 250, 10_000})
    void aKeyThatOpensDoorsIsShownByTheBeginningOfItsHashAlone(int length) throws Exception {
        ExchangeRecord record = new ExchangeRecord();
        String secret = "s".repeat(length);
        HttpHeaders headers = new DefaultHttpHeaders().set("X-API-Key", secret);
        ClientInfo client = ClientInfo.of("10.0.0.1", null, null, false);

        Object key = new LimitKeys(headers, client, record, null).of(RateLimitConfig.Key.API_KEY, null);

        byte[] hash = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII));
        assertEquals("sha256:" + HexFormat.of().formatHex(hash).substring(0, 12), key.toString());
        assertEquals(key, new LimitKeys(headers, client, record, null).of(RateLimitConfig.Key.API_KEY, null));
    }
}
