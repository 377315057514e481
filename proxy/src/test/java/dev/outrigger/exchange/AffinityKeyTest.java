package dev.outrigger.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.outrigger.config.model.UpstreamConfig;
import dev.outrigger.testing.Configs;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AffinityKeyTest {
    private static final String CLIENT = "10.1.2.3";

    private final HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/mcp");

    private long key(String affinity) {
        UpstreamConfig config = Configs.of("app", "upstreams.app { endpoints = [\"127.0.0.1:1\"], " + affinity + " }")
                .upstreams()
                .get(0);
        return AffinityKey.of(config, head, CLIENT);
    }

    private long cookieKey(String line) {
        head.headers().set("Cookie", line);
        return key("session-affinity = cookie, affinity.cookie.name = stay");
    }

    @Test
    void noneAndSessionsHaveNoKey() {
        assertEquals(AffinityKey.NONE, key("session-affinity = none"));
        assertEquals(AffinityKey.NONE, key("session-affinity = mcp-session"));
    }

    @Test
    void theKeyIsThatOfTheText() {
        head.headers().set("X-User", "alice");

        assertEquals(AffinityKey.ofText(CLIENT), key("session-affinity = client-ip"));
        assertEquals(AffinityKey.ofText("alice"), key("session-affinity = header, affinity.header = X-User"));
        assertNotEquals(AffinityKey.ofText("alice"), AffinityKey.ofText("alicf"));
    }

    @Test
    void withoutTheHeaderThereIsNoKey() {
        assertEquals(AffinityKey.NONE, key("session-affinity = header, affinity.header = X-User"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stay=a1",
                "stay=a1 ",
                "other=2;stay=a1",
                "other=2; stay=a1; more=3",
                "stay=\"a1\"",
                "stay=; stay=a1",
                "stay; nostay=7; stayed=8; stay=a1",
                ";;stay=a1;stay=b2"
            })
    void theFirstCookieOfThatNameWithAValueIsTheKey(String line) {
        assertEquals(AffinityKey.ofText("a1"), cookieKey(line));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "stay", "stay=", "stay=\"\"", "Stay=a1", "other=stay=a1", "xstay=a1", ";", "="})
    void anythingElseIsNone(String line) {
        assertEquals(AffinityKey.NONE, cookieKey(line));
    }

    @Test
    void aSecondLineOfCookiesIsReadToo() {
        head.headers().add("Cookie", "other=1").add("Cookie", "stay=a1");

        assertEquals(AffinityKey.ofText("a1"), key("session-affinity = cookie, affinity.cookie.name = stay"));
    }
}
