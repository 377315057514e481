package dev.outrigger.mcp;

/** Takes the tools of a list of tools one by one. */
@FunctionalInterface
public interface ToolSink {
    /**
     * @param name UTF-8 in the first {@code length} bytes, valid during this call only. A tool without a name, or with one of
     *     more than 256 bytes, does not come here
     * @param hints see {@link ToolHints}
     */
    void onTool(byte[] name, int length, int hints);
}
