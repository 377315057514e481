package dev.outrigger.transport;

/** Bounds of HTTP/2 that tests reach quickly. */
final class SmallHttp2 {
    static final Http2Limits LIMITS = new Http2Limits(10, 65_536, 131_072, 30_000_000_000L, 20, 20, 20, 10, 2, 16, 100);

    private SmallHttp2() {}
}
