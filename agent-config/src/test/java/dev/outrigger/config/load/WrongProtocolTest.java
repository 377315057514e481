package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of mistakes in the keys of protocols: TLS, HTTP/2, tunnels, the PROXY protocol. */
class WrongProtocolTest {
    private static final String LISTENER = "outrigger.listeners.inbound.";
    private static final String UPSTREAM = "outrigger.upstreams.app.";

    @ParameterizedTest
    @MethodSource
    void aMistakeIsNamedWithWhatWasExpected(String added, List<String> problems) {
        String text = Loads.COMPLETE + added;

        assertEquals(
                problems.stream().map(problem -> "test.conf:6: " + problem).toList(),
                Loads.problems(new ConfigLoader(Map.of()).loadString("test.conf", text)));
    }

    static Stream<Arguments> aMistakeIsNamedWithWhatWasExpected() {
        return Stream.of(
                wrong(
                        LISTENER + "tls {}",
                        LISTENER
                                + "tls.certificates: missing, expected at least one { certificate-file = \"…\", key-file ="
                                + " \"…\" }"),
                wrong(
                        LISTENER + "tls.certificates = [{ certificate-file = a.crt }]",
                        LISTENER + "tls.certificates[0].key-file: missing, expected the path of a file"),
                wrong(
                        LISTENER + "tls { certificates = [" + PAIR + "], client-auth = required }",
                        LISTENER
                                + "tls.client-ca-file: missing, expected a file with the certificates that clients' own have"
                                + " to lead to"),
                wrong(
                        LISTENER + "tls { certificates = [" + PAIR + "], min-version = 1.1 }",
                        LISTENER + "tls.min-version: 1.1, expected 1.2 or 1.3"),
                wrong(
                        LISTENER + "tls { certificates = [" + PAIR + "], ciphers = [\"HIGH:!aNULL\"] }",
                        LISTENER
                                + "tls.ciphers[0]: \"HIGH:!aNULL\", expected a cipher suite such as TLS_AES_128_GCM_SHA256"),
                wrong(LISTENER + "tls = on", LISTENER + "tls: \"on\", expected an object"),
                wrong(
                        LISTENER + "protocol = tcp",
                        LISTENER + "tcp.upstream: missing, expected an upstream, as the protocol is tcp"),
                wrong(
                        LISTENER + "tcp.upstream = app",
                        LISTENER + "tcp.upstream: \"app\", expected none, or a protocol other than http"),
                wrong(
                        LISTENER + "protocol = auto, " + LISTENER + "tcp { upstream = ap, sni { \"*.a\" = b } }",
                        LISTENER + "tcp.sni.\"*.a\": \"b\", expected an upstream: app",
                        LISTENER + "tcp.upstream: \"ap\", expected an upstream: app, did you mean app?"),
                wrong(
                        LISTENER + "protocol = auto, " + LISTENER + "tcp.sni { \"a.*\" = app }",
                        LISTENER
                                + "tcp.sni.\"a.*\": \"a.*\", expected a host name such as db.example.com or *.example.com"),
                wrong(
                        LISTENER + "protocol = auto, " + LISTENER + "tcp.sni { \"*.a\" = app }, " + LISTENER
                                + "tls.certificates = [" + PAIR + "]",
                        LISTENER
                                + "tcp.sni.\"*.a\": \"app\", expected none, or no tls: a connection whose TLS ends"
                                + " here is not passed on by name"),
                wrong(
                        LISTENER + "proxy-protocol.trusted = [\"10.0.0.1/8\"]",
                        LISTENER
                                + "proxy-protocol.trusted[0]: \"10.0.0.1/8\", expected a range of addresses such as 10.0.0.0/8"
                                + " or fd00::/8, or one address"),
                wrong(LISTENER + "proxy-protocol = true", LISTENER + "proxy-protocol: true, expected an object"),
                wrong(
                        LISTENER + "http2.stream-window = 1KiB",
                        LISTENER + "http2.stream-window: \"1KiB\", expected a size from 16KiB to 1GiB such as 8KiB"),
                wrong(
                        LISTENER + "http.underscores = refuse",
                        LISTENER + "http.underscores: \"refuse\", expected allow, drop or reject"),
                wrong(UPSTREAM + "protocol = h2", UPSTREAM + "protocol: \"h2\", expected http1, http2 or auto"),
                wrong(
                        UPSTREAM + "tls { key-file = a.key }",
                        UPSTREAM
                                + "tls.certificate-file: missing, expected a file, as the other of certificate-file and"
                                + " key-file is set"),
                wrong(
                        UPSTREAM + "protocol = http2, " + UPSTREAM + "send-proxy-protocol = v1",
                        UPSTREAM
                                + "send-proxy-protocol: \"v1\", expected off, or http1 as the protocol: it is told once per"
                                + " connection, which has one client then"),
                wrong(
                        "outrigger.routes = [{ upstream = app, upgrades = [h2c] }]",
                        "outrigger.routes[0].upgrades[0]: \"h2c\", expected a protocol such as websocket, or *"));
    }

    private static final String PAIR = "{ certificate-file = a.crt, key-file = a.key }";

    private static Arguments wrong(String added, String... problems) {
        return Arguments.of(added, List.of(problems));
    }
}
