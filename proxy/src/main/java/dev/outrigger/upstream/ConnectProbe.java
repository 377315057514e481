package dev.outrigger.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import org.jspecify.annotations.Nullable;

/**
 * Connects and closes. The connection is closed as soon as it stands, with nothing read and nothing written, which ends it by
 * an ordinary FIN.
 */
final class ConnectProbe implements Probe {
    private final Endpoint endpoint;
    private final Bootstrap bootstrap;
    /** The attempt whose result is awaited; any other that still ends is none of ours any more. */
    private @Nullable ChannelFuture connecting;

    /** @param bootstrap connects on the check's loop, without a time-out of its own */
    ConnectProbe(Endpoint endpoint, Bootstrap bootstrap) {
        this.endpoint = endpoint;
        this.bootstrap = bootstrap;
    }

    @Override
    public void begin(Listener listener) {
        ChannelFuture attempt = bootstrap.connect(endpoint.address());
        connecting = attempt;
        attempt.addListener(done -> {
            close(attempt);
            if (attempt == connecting) {
                connecting = null;
                Throwable cause = attempt.cause();
                listener.onResult(cause == null ? EndpointHealth.NO_ERROR : ConnectErrors.phrase(cause));
            }
        });
    }

    @Override
    public String cut() {
        ChannelFuture attempt = connecting;
        connecting = null;
        if (attempt != null) {
            close(attempt);
        }
        return ConnectErrors.TIMEOUT;
    }

    /** Nobody can do anything about a close that fails. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private static void close(ChannelFuture attempt) {
        attempt.channel().close();
    }
}
