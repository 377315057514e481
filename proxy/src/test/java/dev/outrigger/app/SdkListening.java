package dev.outrigger.app;

import dev.outrigger.testing.Await;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** Knows which sessions have opened their stream for the server's own messages; before that, such messages are lost. */
final class SdkListening extends HttpFilter {
    private static final long serialVersionUID = 1;
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final transient Set<String> sessions;

    private SdkListening(Set<String> sessions) {
        this.sessions = sessions;
    }

    static void watch(Context context, String path, Set<String> sessions) {
        FilterDef definition = new FilterDef();
        definition.setFilterName("listening");
        definition.setFilter(new SdkListening(sessions));
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName("listening");
        mapping.addURLPattern(path);
        context.addFilterMap(mapping);
    }

    static void await(Set<String> sessions, String session) {
        Await.until("the client listens", DEADLINE, () -> sessions.contains(session));
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request, response);
        String session = request.getHeader("mcp-session-id");
        if (request.getMethod().equals("GET") && session != null) {
            sessions.add(session);
        }
    }
}
