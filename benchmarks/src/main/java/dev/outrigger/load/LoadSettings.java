package dev.outrigger.load;

import java.net.InetSocketAddress;

/**
 * What is to be sent, where to and when.
 *
 * @param ratePerSecond requests due in a second, 0 for a closed loop: each connection sends when its answer is there
 * @param warmUpNanos time before anything is recorded
 * @param measuredNanos time that is recorded
 * @param drainNanos how long answers are waited for when nothing is due any more
 * @param request the bytes of one request, head and body
 */
record LoadSettings(
        InetSocketAddress target,
        int connections,
        double ratePerSecond,
        long warmUpNanos,
        long measuredNanos,
        long drainNanos,
        byte[] request) {
    boolean isOpenLoop() {
        return ratePerSecond > 0;
    }
}
