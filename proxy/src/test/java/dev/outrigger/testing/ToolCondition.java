package dev.outrigger.testing;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Decides {@link RequiresTool}. */
final class ToolCondition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        List<String> missing =
                AnnotationSupport.findAnnotation(context.getElement(), RequiresTool.class)
                        .map(RequiresTool::value)
                        .stream()
                        .flatMap(Arrays::stream)
                        .filter(tool -> Tools.find(tool).isEmpty())
                        .toList();
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("every tool is there");
        }
        String reason = "missing: " + String.join(", ", missing);
        if (Tools.areRequired()) {
            // A condition cannot answer "failed"; what it throws fails the test.
            throw new ExtensionConfigurationException(reason + " (required here; .ci/run installs what tests need)");
        }
        return ConditionEvaluationResult.disabled(reason);
    }
}
