package dev.outrigger.app;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.AccessLog;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ValveBase;

/** Tomcat in this process. Its access log is where it tells of what no servlet is asked to answer. */
final class SeenTomcat implements SeenServer {
    /** Held, because a logger that nobody holds forgets its level. */
    private final Logger containerLog = Logger.getLogger("org.apache");

    private final Tomcat tomcat = new Tomcat();
    private final Connector connector = new Connector();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    SeenTomcat(Path directory) {
        containerLog.setLevel(Level.SEVERE);
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxKeepAliveRequests", "-1");
        tomcat.setBaseDir(directory.toString());
        tomcat.setConnector(connector);
        tomcat.getEngine().getPipeline().addValve(new Seeing(seen));
        Context context = tomcat.addContext("", directory.toString());
        Tomcat.addServlet(context, "reading", new Reading());
        context.addServletMapping("/", "reading");
        try {
            tomcat.start();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public List<String> seen() {
        return List.copyOf(seen);
    }

    @Override
    public void close() {
        try {
            tomcat.stop();
            tomcat.destroy();
        } catch (LifecycleException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Reading extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            request.getInputStream().readAllBytes();
            response.getOutputStream().print("ok");
        }
    }

    /** The line is written after the answer, as every access log's is. */
    private static final class Seeing extends ValveBase implements AccessLog {
        private final List<String> seen;

        Seeing(List<String> seen) {
            super(true);
            this.seen = seen;
        }

        @Override
        public void log(Request request, Response response, long nanos) {
            org.apache.coyote.Request read = request.getCoyoteRequest();
            String query = read.queryString().isNull() ? "" : "?" + read.queryString();
            seen.add(read.getMethod() + " " + read.requestURI() + query + " " + read.getBytesRead());
        }

        @Override
        public void invoke(Request request, Response response) throws IOException, ServletException {
            getNext().invoke(request, response);
        }

        @Override
        public void setRequestAttributesEnabled(boolean enabled) {
            // There are none to be had.
        }

        @Override
        public boolean getRequestAttributesEnabled() {
            return false;
        }
    }
}
