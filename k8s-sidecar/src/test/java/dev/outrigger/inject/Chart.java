package dev.outrigger.inject;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The chart as Helm itself renders it, which comes as a library. */
final class Chart {
    static final Path DIRECTORY = Path.of("helm/outrigger");

    private static final String SEPARATOR = "---\n";
    private static final String HOOK = "helm.sh/hook:";
    private static final String NO_HOOK = "helm.sh/no-hook:";

    private Chart() {}

    /**
     * All documents, each with the name of its template in the first line; those of hooks come last, as the command has it.
     *
     * @param values files with values, the last of which wins
     * @param scratch for a copy of the chart
     */
    static List<String> render(String kubernetesVersion, List<Path> values, Path scratch) throws IOException {
        List<String> documents = new ArrayList<>(documents(DIRECTORY, kubernetesVersion, values));
        // The library leaves hooks out, so they are rendered as something else.
        documents(withoutHooks(scratch), kubernetesVersion, values).stream()
                .filter(document -> document.contains(NO_HOOK))
                .map(document -> document.replace(NO_HOOK, HOOK))
                .forEach(documents::add);
        return documents;
    }

    private static List<String> documents(Path chart, String kubernetesVersion, List<Path> values) {
        TemplateCommand command = new Helm(chart)
                .template()
                .withName("outrigger")
                .withNamespace("outrigger-system")
                .withKubeVersion(kubernetesVersion);
        values.forEach(command::withValuesFile);
        return Stream.of(command.call().split("(?m)^" + SEPARATOR, -1))
                .filter(document -> !document.isBlank())
                .toList();
    }

    private static Path withoutHooks(Path scratch) throws IOException {
        try (Stream<Path> files = Files.walk(DIRECTORY)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = scratch.resolve(DIRECTORY.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.writeString(copy, Files.readString(file).replace(HOOK, NO_HOOK));
            }
        }
        return scratch;
    }

    /** One text of several documents. */
    static String text(List<String> documents) {
        StringBuilder text = new StringBuilder();
        documents.forEach(document -> text.append(SEPARATOR).append(document));
        return text.toString();
    }
}
