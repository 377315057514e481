package dev.outrigger.config.load;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * The variables that Kubernetes sets in every container for each service of its namespace ({@code enableServiceLinks}, on by
 * default). A service named {@code outrigger} or {@code metrics} gets names that look like ours, with values that nobody
 * wrote for us.
 */
final class ServiceLinks {
    private static final Pattern NAME = Pattern.compile(
            ".+_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT_\\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)");

    private static final Pattern PORT_URL = Pattern.compile("(?:tcp|udp|sctp)://.*");

    private ServiceLinks() {}

    static boolean isLink(String variable, String value) {
        return NAME.matcher(variable).matches()
                || variable.endsWith("_PORT") && PORT_URL.matcher(value).matches();
    }

    /**
     * Whether there are links for a service, told by those that nobody sets by hand.
     *
     * @param service its name in upper case
     */
    static boolean areThere(String service, Map<String, String> environment) {
        String host = service + "_SERVICE_HOST";
        String port = service + "_SERVICE_PORT";
        return environment.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(service + '_'))
                .filter(entry -> !entry.getKey().equals(host) && !entry.getKey().equals(port))
                .anyMatch(entry -> isLink(entry.getKey(), entry.getValue()));
    }
}
