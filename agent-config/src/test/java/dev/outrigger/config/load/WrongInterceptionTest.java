package dev.outrigger.config.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class WrongInterceptionTest {
    @ParameterizedTest
    @MethodSource
    void whatDoesNotGoTogetherIsRefused(String added, List<String> messages) {
        String text = Loads.COMPLETE + added;
        List<String> problems = Loads.problems(new ConfigLoader(Map.of()).loadString("test.conf", text));

        assertEquals(
                messages,
                problems.stream()
                        .map(problem -> problem.substring(problem.indexOf(": ") + 2))
                        .toList());
    }

    static List<Arguments> whatDoesNotGoTogetherIsRefused() {
        String inbound = "outrigger.listeners.inbound";
        return List.of(
                Arguments.of(
                        inbound + ".tproxy = true",
                        List.of(inbound + ".tproxy: true, expected none, or transparent as the mode")),
                Arguments.of(
                        inbound + ".direction = outbound",
                        List.of(inbound + ".direction: \"outbound\", expected none, or transparent as the mode")),
                Arguments.of(
                        inbound + " { mode = transparent, direction = outbound, tproxy = true }",
                        List.of(inbound
                                + ".tproxy: true, expected false where the direction is outbound: what leaves is"
                                + " redirected otherwise")),
                Arguments.of(
                        inbound + " { mode = transparent, direction = sideways }",
                        List.of(inbound + ".direction: \"sideways\", expected inbound or outbound")),
                Arguments.of(
                        inbound + " { mode = transparent, opaque-ports = [0] }",
                        List.of(inbound + ".opaque-ports[0]: 0, expected a whole number from 1 to 65535")),
                Arguments.of(
                        inbound + " { mode = transparent, inbound-source = [127.0.0.6, 127.0.0.7] }",
                        List.of(inbound + ".inbound-source: a list, expected one address of a" + " family at most")),
                Arguments.of(
                        inbound + " { mode = transparent, inbound-source = [127.0.0.0/8] }",
                        List.of(inbound
                                + ".inbound-source[0]: \"127.0.0.0/8\", expected an IP address such as 127.0.0.6")),
                Arguments.of(
                        inbound + ".mode = transparent, outrigger.upstreams.original.endpoints = [\"a:1\"]",
                        List.of("outrigger.upstreams.original: \"original\", expected another name: with mode ="
                                + " transparent this one is that of original destinations")));
    }
}
