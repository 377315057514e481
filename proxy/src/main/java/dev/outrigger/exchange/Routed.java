package dev.outrigger.exchange;

import dev.outrigger.upstream.Upstream;

/** What an exchange has from the moment that its route is known. */
record Routed(
        Upstream upstream, Timeouts timeouts, Deadlines deadlines, Question question, Conversation conversation) {}
