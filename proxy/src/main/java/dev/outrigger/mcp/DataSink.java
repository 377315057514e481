package dev.outrigger.mcp;

/** Gets the data of the events of a stream, as the scanner of their messages does. */
public interface DataSink {
    /** What was got so far belongs to no message that is still to be told: the data of another event begins. */
    void onBegin();

    /** The next piece: {@code from} to {@code end}, valid during the call. */
    void onData(byte[] in, int from, int end);
}
