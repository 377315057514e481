package dev.outrigger.transport;

import io.netty.channel.Channel;

/**
 * Turns a channel's reading on and off for more than one reason at a time: it reads while no reason to pause stands.
 *
 * <p>{@code autoRead} rather than single {@code read()} calls, because messages that the decoder had already produced still
 * arrive after a pause and a one-shot read would then be asked for once too often or once too seldom.
 */
final class ReadSwitch {
    /** The other side takes no more bytes. */
    static final int BACK_PRESSURE = 1;
    /** A pipelined request waits for its turn. */
    static final int TURN = 2;
    /** What has come may not be HTTP. */
    static final int SWITCHING = 4;

    private final Channel channel;
    private int reasons;

    ReadSwitch(Channel channel) {
        this.channel = channel;
    }

    void pause(int reason) {
        if (reasons == 0) {
            channel.config().setAutoRead(false);
        }
        reasons |= reason;
    }

    boolean isPaused() {
        return reasons != 0;
    }

    void resume(int reason) {
        if ((reasons & reason) == 0) {
            return;
        }
        reasons &= ~reason;
        if (reasons == 0) {
            channel.config().setAutoRead(true);
        }
    }
}
