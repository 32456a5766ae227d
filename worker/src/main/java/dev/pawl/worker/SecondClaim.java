package dev.pawl.worker;

import dev.pawl.core.Leases;
import dev.pawl.core.ToolId;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * Claims while another claim is under way, where the last one got all it asked for: the store finds
 * the next jobs while those before are read and started. {@link ClaimLoop} wakes it, and it rests
 * once there is less to get than it asks for. It never polls.
 */
final class SecondClaim implements Loop {
    private final Leases leases;
    private final ClaimLoop first;
    private final Claims claims;
    private final WorkerOptions options;
    private final Held held;
    private volatile boolean stopped;

    SecondClaim(Leases leases, ClaimLoop first, Claims claims, WorkerOptions options, Held held) {
        this.leases = leases;
        this.first = first;
        this.claims = claims;
        this.options = options;
        this.held = held;
    }

    @Override
    public String name() {
        return "claim-too";
    }

    /** Asks for these tools from now on. */
    void serve(Map<ToolId, Served> now) {
        claims.serve(now);
    }

    /** Claims nothing any more. */
    void stop() {
        stopped = true;
    }

    /** Gives back what a claim without an answer may have brought. */
    void giveBack() {
        claims.giveBack();
    }

    @Override
    public Duration step() {
        if (stopped) {
            claims.giveBack();
            return FOREVER;
        }
        claims.goOn();
        Map<Slot, Set<ToolId>> kinds = claims.kinds();
        var places = new EnumMap<Slot, Integer>(Slot.class);
        for (Slot kind : first.more()) {
            int some = held.ask(kind, ClaimLoop.enough(held, kind), options.claimBatch());
            if (some > 0) places.put(kind, some);
        }
        if (places.isEmpty()) return FOREVER;
        // The other loop tells of spent leases: two would wait for each other at the same rows.
        Claims.Brought brought = claims.claim(places, kinds, Set.of());
        if (brought.claimed().answerable().isEmpty())
            return brought.full().isEmpty() ? FOREVER : Duration.ZERO;
        leases.answer(brought.claimed().answerable());
        return Duration.ZERO;
    }
}
