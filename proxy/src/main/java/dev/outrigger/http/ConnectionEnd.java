package dev.outrigger.http;

import dev.outrigger.record.CloseReason;
import dev.outrigger.record.ListenerRecorder;
import dev.outrigger.record.RefusedRequest;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Why one client's connection ends. Several handlers may have a reason to end it, and what one does makes others see an end
 * too; the first reason given is the one that counts, once, when the connection is gone. A connection that nobody here had a
 * reason to end was ended by its client.
 *
 * <p>Belongs to the connection's loop.
 */
public final class ConnectionEnd {
    private final ListenerRecorder recorder;
    private @Nullable CloseReason reason;

    private ConnectionEnd(ListenerRecorder recorder) {
        this.recorder = recorder;
    }

    /** @param recorder of the channel's loop and the listener that accepted it */
    public static ConnectionEnd of(Channel channel, ListenerRecorder recorder) {
        ConnectionEnd end = new ConnectionEnd(recorder);
        channel.closeFuture().addListener(closed -> recorder.closed(end.reason()));
        return end;
    }

    /** The connection is about to end; without effect if somebody has said why before. */
    public void because(CloseReason why) {
        if (reason == null) {
            reason = why;
        }
    }

    /** A request was refused before it could become an exchange. Does not say that the connection ends. */
    public void onRefused(RefusedRequest request) {
        recorder.refused(request);
    }

    /** The reason so far. */
    public CloseReason reason() {
        CloseReason known = reason;
        return known == null ? CloseReason.CLIENT : known;
    }
}
