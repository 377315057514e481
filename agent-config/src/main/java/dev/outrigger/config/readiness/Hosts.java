package dev.outrigger.config.readiness;

import dev.outrigger.config.model.HostPort;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** Where an address leads, told from its text: nothing is looked up, since names mean other addresses elsewhere. */
final class Hosts {
    private static final Pattern IPV4_LOOPBACK = Pattern.compile("127\\.\\d+\\.\\d+\\.\\d+");

    private Hosts() {}

    /** Whether only this machine, or pod, is reached by it. */
    static boolean isLoopback(HostPort address) {
        String host = address.host();
        if (host.indexOf(':') < 0) {
            return host.equals("localhost") || IPV4_LOOPBACK.matcher(host).matches();
        }
        try {
            // A text with a colon can only be an address, which is parsed and not looked up.
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
