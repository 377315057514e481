package dev.outrigger.app;

/** The official TypeScript client at the reference server over HTTP+SSE: answers come on the stream of a GET. */
class SdkReferenceServerSseIT extends SdkReferenceServer {
    @Override
    String transport() {
        return "sse";
    }

    @Override
    String path() {
        return "/sse";
    }
}
