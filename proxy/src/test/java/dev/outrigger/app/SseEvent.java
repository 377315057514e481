package dev.outrigger.app;

/**
 * One dispatched event of an event stream.
 *
 * @param type {@code message} unless the stream names another
 * @param id of this event; empty if it has none
 * @param data its lines, joined by line feeds
 */
record SseEvent(String type, String id, String data) {
    static final String MESSAGE = "message";
}
