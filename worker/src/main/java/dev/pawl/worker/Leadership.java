package dev.pawl.worker;

import dev.pawl.core.Lead;
import dev.pawl.core.PawlException;
import dev.pawl.core.Store;
import dev.pawl.core.Time;
import java.time.Duration;
import java.util.Optional;

/**
 * A worker's share in the lead of a duty: whether it has it, and when it may have it.
 *
 * <p>It holds from the moment it was asked for, by this process's own clock: the store may have
 * received it then. And a lead that has been seen unchanged for its whole time is over, whatever
 * the store's clock says, which somebody may have set back.
 */
final class Leadership {
    /** How long it stands unless its holder says so again, which it does three times as often. */
    static final Duration TTL = Duration.ofSeconds(6);

    private static final Duration AGAIN = TTL.dividedBy(3);

    private final Store store;
    private final String duty;
    private final String holder;
    private final Time time;

    private boolean held;
    private boolean asked;
    private long askedAt;
    private Duration rest = Duration.ZERO;
    private Optional<Lead> seen = Optional.empty();
    private long seenAt;

    Leadership(Store store, String duty, String holder, Time time) {
        this.store = store;
        this.duty = duty;
        this.holder = holder;
        this.time = time;
    }

    /**
     * Whether this worker leads now. Asks the store now and then; blocks for that.
     *
     * @throws PawlException when it can't be asked
     */
    boolean held() {
        long now = time.nanos();
        if (asked && now - askedAt < rest.toNanos()) return held;
        Lead answer = store.lead(duty, holder, TTL, stale(now));
        asked = true;
        askedAt = now;
        held = answer.holder().equals(holder);
        if (seen.isEmpty() || !seen.get().unchangedSince(answer)) seenAt = now;
        seen = Optional.of(answer);
        rest = held ? AGAIN : untilOver(answer);
        return held;
    }

    private Optional<Lead> stale(long now) {
        return now - seenAt >= TTL.toNanos() ? seen : Optional.empty();
    }

    /** Until it may be over, and a little more: its holder is about to say so again. */
    private static Duration untilOver(Lead answer) {
        Duration left = answer.left().plus(AGAIN.dividedBy(4));
        if (left.compareTo(TTL) > 0) return TTL;
        return left.isPositive() ? left : Duration.ZERO;
    }

    /** Gives it up, so that nobody has to wait for its end. */
    void resign() {
        if (!held) return;
        held = false;
        store.resign(holder);
    }
}
