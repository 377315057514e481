package dev.outrigger.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * The answers to a batch, collected and sent as one JSON array when the last one is there. Notifications have no place in
 * it and are left out, as the specification permits for progress.
 */
final class Batch {
    private final HttpAnswer answer;
    private final List<Payload> responses = new ArrayList<>();
    private int open;

    /** @param parts how many answers there will be; a batch of notifications alone has none and is accepted at once */
    Batch(HttpAnswer answer, int parts) {
        this.answer = answer;
        this.open = parts;
        if (parts == 0) {
            answer.accepted();
        }
    }

    /** The place of the next answer. */
    Answer part() {
        Part part = new Part();
        answer.onEnd(part::end);
        return part;
    }

    private void closeOne() {
        open--;
        if (open > 0 || answer.isEnded()) {
            return;
        }
        if (responses.isEmpty()) {
            answer.cancel();
        } else {
            answer.complete(Payload.array(responses));
        }
    }

    private final class Part extends Answer {
        @Override
        void complete(Payload response) {
            if (!isEnded()) {
                responses.add(response);
                cancel();
            }
        }

        @Override
        void fail(Payload response) {
            complete(response);
        }

        @Override
        void cancel() {
            if (!isEnded()) {
                end();
                closeOne();
            }
        }
    }
}
