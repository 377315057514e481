package dev.outrigger.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.inject.Injection;
import dev.outrigger.inject.PodInjector;
import dev.outrigger.inject.SettingsFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the injector writes for the container that installs the rules is what that container takes. */
class InjectedInterceptionTest {
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "include-inbound-ports | *",
                "include-inbound-ports | 8080, 9000-9010",
                "exclude-inbound-ports | ''",
                "exclude-inbound-ports | 1-65535",
                "include-outbound-ports | 00443",
                "exclude-outbound-ports | 443,443,1-500",
                "include-outbound-cidrs | 0.0.0.0/0,::/0",
                "include-outbound-cidrs | ' '",
                "exclude-outbound-cidrs | 10.0.0.0/8, fd00::/8, ::1/128, 1:2:3:4:5:6:7::/112, 255.255.255.255/032",
                "outbound | false",
                "interception | tproxy",
                "interception | TProxy",
            })
    void isTakenByTheRules(String annotation, String value) throws IOException {
        List<String> arguments = arguments(annotation, value);
        arguments.remove("--validate");
        arguments.add("--dry-run");

        int code = Main.commandLine()
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));

        assertEquals(ExitCode.OK, code, err::toString);
    }

    private static List<String> arguments(String annotation, String value) throws IOException {
        ObjectNode pod = JsonNodeFactory.instance.objectNode();
        pod.putObject("metadata").putObject("annotations").put("outrigger.dev/" + annotation, value);
        pod.putObject("spec").putArray("containers");
        Injection injection = new PodInjector(SettingsFile.defaults()).inject(pod, "x");
        List<String> arguments = new ArrayList<>();
        for (JsonNode argument : assertInstanceOf(Injection.Injected.class, injection, injection::toString)
                .pod()
                .at("/spec/initContainers/0/args")) {
            arguments.add(argument.asText());
        }
        return arguments;
    }
}
