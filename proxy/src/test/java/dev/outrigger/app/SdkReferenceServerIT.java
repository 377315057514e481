package dev.outrigger.app;

import org.junit.jupiter.api.Test;

/** The official TypeScript client at the reference server with every feature, over Streamable HTTP. */
class SdkReferenceServerIT extends SdkReferenceServer {
    @Override
    String transport() {
        return "streamableHttp";
    }

    @Override
    String path() {
        return "/mcp";
    }

    @Test
    void runsAndCancelsTasks() throws Exception {
        same("tasks");
    }
}
