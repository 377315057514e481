package dev.outrigger.demo;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The sessions that are alive, bounded: where there is no room, the one that was idle longest makes it. */
final class Sessions {
    /** Far more than a demonstration has clients, and a few hundred kilobytes at most. */
    static final int MAX_SESSIONS = 1_024;

    /** In order of last use. */
    private final Map<String, Session> byId = new LinkedHashMap<>(16, 0.75f, true);

    Session open(String protocolVersion) {
        if (byId.size() == MAX_SESSIONS) {
            Iterator<Session> idleLongest = byId.values().iterator();
            Session evicted = idleLongest.next();
            idleLongest.remove();
            evicted.close();
        }
        Session session = new Session(UUID.randomUUID().toString(), protocolVersion);
        byId.put(session.id(), session);
        return session;
    }

    @Nullable
    Session find(String id) {
        return byId.get(id);
    }

    void remove(Session session) {
        byId.remove(session.id());
        session.close();
    }
}
