package dev.outrigger.exchange;

import dev.outrigger.http.TunnelSink;
import dev.outrigger.http.TunnelStream;
import dev.outrigger.record.ExchangeRecord;
import dev.outrigger.record.StreamRecorder;
import dev.outrigger.runtime.Worker;
import dev.outrigger.time.NanoClock;
import io.netty.buffer.ByteBuf;

/**
 * What an exchange becomes when its upstream accepts an upgrade or a CONNECT: bytes both ways, unread, each direction with
 * its own end and its own pressure.
 *
 * <p>It is over when both directions are and everything has been sent; that one side is lost before is the exchange's to
 * hear, as are the deadlines. Only silence of both sides is silence.
 */
final class Tunnel {
    private final TunnelStream client;
    private final TunnelStream server;
    private final ExchangeRecord record;
    private final Timeouts timeouts;
    private final NanoClock clock;
    private final StreamRecorder recorder;
    private final Runnable onOver;
    private boolean clientOver;
    private boolean serverOver;

    /** @param onOver run once, before the connections close */
    Tunnel(
            TunnelStream client,
            TunnelStream server,
            ExchangeRecord record,
            Timeouts timeouts,
            Worker worker,
            Runnable onOver) {
        this.client = client;
        this.server = server;
        this.record = record;
        this.timeouts = timeouts;
        this.clock = worker.clock();
        this.recorder = worker.metrics().stream(record.upstream, record.stream);
        this.onOver = onOver;
    }

    void begin() {
        recorder.opened();
        client.begin(new FromClient());
        server.begin(new FromServer());
        client.flush();
        server.flush();
    }

    /** The exchange is over. */
    void close(long nowNanos) {
        recorder.closed(nowNanos - record.headNanos);
    }

    private void endIfOver() {
        if (clientOver && serverOver) {
            onOver.run();
            client.close();
            server.close();
        }
    }

    private void pass(ByteBuf bytes, TunnelStream from, TunnelStream to) {
        timeouts.onActivity(clock.nanoTime());
        to.write(bytes);
        if (!to.isWritable()) {
            from.pauseReading();
        }
    }

    private void follow(TunnelStream changed, TunnelStream source) {
        if (changed.isWritable()) {
            timeouts.onActivity(clock.nanoTime());
            source.resumeReading();
        } else {
            source.pauseReading();
        }
    }

    private final class FromClient implements TunnelSink {
        @Override
        public void onBytes(ByteBuf bytes) {
            record.requestBytes += bytes.readableBytes();
            pass(bytes, client, server);
        }

        @Override
        public void onBytesReadComplete() {
            server.flush();
        }

        @Override
        public void onWritabilityChanged() {
            follow(client, server);
        }

        @Override
        public void onEnd() {
            server.end();
        }

        @Override
        public void onOver() {
            clientOver = true;
            endIfOver();
        }
    }

    private final class FromServer implements TunnelSink {
        @Override
        public void onBytes(ByteBuf bytes) {
            record.responseBytes += bytes.readableBytes();
            pass(bytes, server, client);
        }

        @Override
        public void onBytesReadComplete() {
            client.flush();
        }

        @Override
        public void onWritabilityChanged() {
            follow(server, client);
        }

        @Override
        public void onEnd() {
            client.end();
        }

        @Override
        public void onOver() {
            serverOver = true;
            endIfOver();
        }
    }
}
