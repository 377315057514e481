package dev.outrigger.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The test needs programs from outside the build. Where one is missing it is skipped on a developer's machine, and fails
 * where tools are required: with the environment variable {@code CI=true} or with {@code -Doutrigger.tools=required}.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ToolCondition.class)
public @interface RequiresTool {
    /**
     * A program on the PATH ({@code promtool}), or a package below {@code src/test/node} as {@code npm:} and its name
     * ({@code npm:@modelcontextprotocol/sdk}).
     */
    String[] value();
}
