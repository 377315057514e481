package dev.outrigger.config.model;

import java.time.Duration;

/**
 * HTTP/2 connections to an upstream.
 *
 * @param maxConcurrentStreams requests under way on one connection; the upstream's own limit holds too
 * @param streamWindowBytes what the upstream may send of an answer before it is read
 * @param connectionWindowBytes the same for all streams together
 * @param keepAliveInterval silence after which a connection with streams is asked whether it lives; zero for never
 * @param keepAliveTimeout until it has to say so
 */
public record UpstreamHttp2Config(
        int maxConcurrentStreams,
        int streamWindowBytes,
        int connectionWindowBytes,
        Duration keepAliveInterval,
        Duration keepAliveTimeout) {}
