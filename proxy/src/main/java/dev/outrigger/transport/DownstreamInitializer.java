package dev.outrigger.transport;

import dev.outrigger.http.RequestSink;
import dev.outrigger.resilience.LoopTimers;
import dev.outrigger.time.NanoClock;
import io.netty.channel.Channel;

/** Builds the pipeline of a client's connection: codec, turnstile, handler, nothing more. */
public final class DownstreamInitializer {
    private final DownstreamSettings settings;
    private final RequestRules rules;
    private final NanoClock clock;

    public DownstreamInitializer(DownstreamSettings settings, NanoClock clock) {
        this.settings = settings;
        this.rules = new RequestRules(settings.limits());
        this.clock = clock;
    }

    /**
     * @param exchanges opens exchanges on the channel's worker
     * @param timers of the channel's worker
     */
    public void initialize(Channel channel, RequestSink.Factory exchanges, LoopTimers timers) {
        ReadSwitch reads = new ReadSwitch(channel);
        Http1ServerCodec codec = new Http1ServerCodec(settings.limits());
        Http1Turnstile turnstile = new Http1Turnstile(reads);
        channel.pipeline()
                .addLast(
                        codec,
                        turnstile,
                        new DownstreamHandler(settings, exchanges, rules, codec, turnstile, reads, timers, clock));
    }
}
