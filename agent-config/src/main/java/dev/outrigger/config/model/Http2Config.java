package dev.outrigger.config.model;

import java.time.Duration;

/**
 * What one HTTP/2 connection of a client may take. Beyond each of the counts it ends with GOAWAY.
 *
 * @param maxConcurrentStreams requests under way; further ones are refused and may be sent again
 * @param streamWindowBytes what a client may send of a body before it is read
 * @param connectionWindowBytes the same for all streams together
 * @param floodWindow in which resets, pings and settings are counted
 * @param maxResets requests that the client takes back
 * @param maxOwnResets streams that the client's mistakes make the proxy reset
 * @param maxPings pings of the client
 * @param maxSettings settings of the client
 * @param maxEmptyFrames empty DATA frames in a row that end nothing
 * @param maxContinuations small CONTINUATION frames of one head
 * @param maxQueuedFrames answers to control frames that the client does not take
 */
public record Http2Config(
        int maxConcurrentStreams,
        int streamWindowBytes,
        int connectionWindowBytes,
        Duration floodWindow,
        int maxResets,
        int maxOwnResets,
        int maxPings,
        int maxSettings,
        int maxEmptyFrames,
        int maxContinuations,
        int maxQueuedFrames) {}
