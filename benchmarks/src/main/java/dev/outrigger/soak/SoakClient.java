package dev.outrigger.soak;

import io.netty.channel.EventLoop;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client: calls, looks at what comes, thinks a while and calls again, over a connection that it keeps as long as it can.
 *
 * <p>It never sends a call again by itself: what fails is counted once. A client of sessions begins another one when its
 * session has ended or is no longer known. Some only listen to what the server sends by itself. Loop only.
 */
final class SoakClient {
    private static final long THINK_AT_LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long THINK_AT_MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(1_100);
    private static final int CALLS_OF_A_SESSION = 40;
    /** All have come by then: how a cold sidecar bears a rush is another question. */
    private static final long ARRIVAL_NANOS = TimeUnit.SECONDS.toNanos(4);

    private final Crowd crowd;
    private final EventLoop loop;
    private final Tally tally;
    private final RequestText text;
    private final int number;
    private final boolean hasSessions;
    private final boolean listens;

    private @Nullable ClientConnection connection;
    private @Nullable CallKind awaited;
    private String session = "";
    private String token = "";
    private boolean isNewSession;
    private int callsLeft;
    private long id;
    private int status;
    private long sentNanos;
    private long heardNanos;
    private boolean gone;

    SoakClient(Crowd crowd, EventLoop loop, Tally tally, int port, int number, boolean hasSessions, boolean listens) {
        this.crowd = crowd;
        this.loop = loop;
        this.tally = tally;
        this.text = new RequestText(port, !hasSessions);
        this.number = number;
        this.hasSessions = hasSessions;
        this.listens = listens;
    }

    /** Begins some time soon: not all at once. */
    void start() {
        loop.schedule(this::next, ThreadLocalRandom.current().nextLong(ARRIVAL_NANOS), TimeUnit.NANOSECONDS);
    }

    /** Calls no more, and leaves when it has its answer. */
    void leave() {
        if (awaited == CallKind.LISTEN && status == 200) {
            end(Verdict.OK);
        } else if (awaited == null) {
            go();
        }
    }

    boolean isGone() {
        return gone;
    }

    /** Gives up what has been silent since. */
    void giveUpIfSilentSince(long nanos) {
        if (awaited != null && heardNanos - nanos < 0) {
            end(Verdict.HUNG);
        }
    }

    private void go() {
        gone = true;
        drop();
    }

    private void drop() {
        ClientConnection left = connection;
        connection = null;
        if (left != null) {
            left.close();
        }
    }

    private void next() {
        if (gone || awaited != null) {
            return;
        }
        if (crowd.isLeaving()) {
            go();
        } else if (connection == null) {
            crowd.connect(this);
        } else {
            send(connection, choose());
        }
    }

    private CallKind choose() {
        if (hasSessions && session.isEmpty()) {
            return CallKind.INITIALIZE;
        }
        if (isNewSession) {
            isNewSession = false;
            return CallKind.INITIALIZED;
        }
        if (listens) {
            return CallKind.LISTEN;
        }
        if (hasSessions && callsLeft-- == 0) {
            return CallKind.END_SESSION;
        }
        return CallKind.at(ThreadLocalRandom.current().nextDouble());
    }

    private void send(ClientConnection to, CallKind kind) {
        awaited = kind;
        id++;
        status = 0;
        token = "t" + number + "-" + id + "-";
        sentNanos = System.nanoTime();
        heardNanos = sentNanos;
        tally.onSent(kind);
        to.send(text.of(kind, id, token, session));
    }

    // ---- what the connection says

    void onConnected(ClientConnection made) {
        connection = made;
        if (gone) {
            drop();
        }
        next();
    }

    void onConnectFailed() {
        tally.onConnectFailed();
        think();
    }

    /** @param isCached whether the answer is the sidecar's, from its cache */
    void onHead(int code, @Nullable String newSession, boolean isCached) {
        if (awaited == null) {
            return;
        }
        status = code;
        heardNanos = System.nanoTime();
        tally.onHead(awaited, code, isCached, heardNanos - sentNanos);
        if (awaited == CallKind.INITIALIZE && newSession != null) {
            session = newSession;
            isNewSession = true;
            callsLeft = CALLS_OF_A_SESSION;
        }
        if (awaited == CallKind.LISTEN && code == 200 && crowd.isLeaving()) {
            end(Verdict.OK);
        }
    }

    void onPart() {
        heardNanos = System.nanoTime();
        ClientConnection from = connection;
        if (awaited == CallKind.LISTEN && status == 200 && from != null) {
            tally.onEvent();
            from.forget();
        }
    }

    void onEnd() {
        ClientConnection from = connection;
        CallKind kind = awaited;
        if (from == null || kind == null) {
            return;
        }
        if (kind == CallKind.LISTEN && status == 200) {
            end(Verdict.CUT);
        } else {
            end(Verdict.of(kind, id, token, status, from.body().toString()));
        }
    }

    void onUnreadable() {
        if (awaited != null) {
            end(Verdict.UNREADABLE);
        }
    }

    void onClosed(ClientConnection closed) {
        if (closed != connection) {
            return;
        }
        connection = null;
        if (awaited != null) {
            end(status == 0 ? Verdict.NO_ANSWER : Verdict.CUT);
        }
    }

    private void end(String verdict) {
        CallKind kind = awaited;
        if (kind == null) {
            return;
        }
        awaited = null;
        tally.onEnd(kind, verdict, status != 0, System.nanoTime() - sentNanos);
        if (status == 404 || kind == CallKind.END_SESSION) {
            session = "";
            isNewSession = false;
        }
        if (verdict.equals(Verdict.HUNG) || kind == CallKind.LISTEN) {
            drop();
        }
        if (crowd.isLeaving()) {
            go();
        } else {
            think();
        }
    }

    private void think() {
        loop.schedule(
                this::next,
                ThreadLocalRandom.current().nextLong(THINK_AT_LEAST_NANOS, THINK_AT_MOST_NANOS),
                TimeUnit.NANOSECONDS);
    }
}
