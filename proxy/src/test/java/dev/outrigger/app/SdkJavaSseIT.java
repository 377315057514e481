package dev.outrigger.app;

/** The same scenarios of the official Java SDK over HTTP+SSE. */
class SdkJavaSseIT extends SdkJavaIT {
    @Override
    String endpoint() {
        return SdkJavaServer.SSE;
    }
}
