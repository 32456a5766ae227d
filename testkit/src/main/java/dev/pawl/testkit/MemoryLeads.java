package dev.pawl.testkit;

import dev.pawl.core.Lead;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Who leads what in a {@link MemoryStore}; touched only under the store's lock. */
final class MemoryLeads {
    private record Held(String holder, Instant until) {}

    private final Map<String, Held> leads = new HashMap<>();

    Lead take(String duty, String holder, Duration ttl, Optional<Lead> stale, Instant now) {
        Held held = leads.get(duty);
        if (held == null || held.holder.equals(holder) || free(held, stale, now)) {
            held = new Held(holder, now.plus(ttl));
            leads.put(duty, held);
        }
        return lead(held, now);
    }

    private static boolean free(Held held, Optional<Lead> stale, Instant now) {
        return !held.until.isAfter(now)
                || stale.filter(lead(held, now)::unchangedSince).isPresent();
    }

    private static Lead lead(Held held, Instant now) {
        return new Lead(held.holder, held.until, Duration.between(now, held.until));
    }

    void resign(String holder) {
        leads.values().removeIf(held -> held.holder.equals(holder));
    }
}
