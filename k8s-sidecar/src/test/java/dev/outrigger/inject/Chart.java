package dev.outrigger.inject;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The chart as Helm itself renders it, which comes as a library. */
final class Chart {
    static final Path DIRECTORY = Path.of("helm/outrigger");

    private static final String SEPARATOR = "---\n";

    private Chart() {}

    /**
     * All documents, each with the name of its template in the first line.
     *
     * @param values files with values, the last of which wins
     */
    static List<String> render(String kubernetesVersion, List<Path> values) {
        TemplateCommand command = new Helm(DIRECTORY)
                .template()
                .withName("outrigger")
                .withNamespace("outrigger-system")
                .withKubeVersion(kubernetesVersion);
        values.forEach(command::withValuesFile);
        return Stream.of(command.call().split("(?m)^" + SEPARATOR, -1))
                .filter(document -> !document.isBlank())
                .toList();
    }

    /** One text of several documents. */
    static String text(List<String> documents) {
        StringBuilder text = new StringBuilder();
        documents.forEach(document -> text.append(SEPARATOR).append(document));
        return text.toString();
    }
}
