package dev.outrigger.mcp;

/** Takes the messages of a batch one by one. */
@FunctionalInterface
public interface ElementSink {
    /**
     * @param element as a single message would have been read, whole; offsets count from the first byte of the batch. Valid
     *     during this call only. One that is contradictory or cut off does not come here: it spoils the batch
     */
    void onElement(McpFacts element);
}
