package dev.pawl.store;

import java.time.Instant;
import java.util.UUID;

/**
 * Ids that were made between two moments; none when both are the same.
 *
 * @param from the first of it
 * @param until the first behind it
 */
public record IdRange(Instant from, Instant until) {
    public static final IdRange NONE = new IdRange(Instant.EPOCH, Instant.EPOCH);

    public IdRange {
        if (until.isBefore(from))
            throw new IllegalArgumentException("ids from %s until %s".formatted(from, until));
    }

    boolean isEmpty() {
        return from.equals(until);
    }

    /** The least id that is made then. */
    static UUID firstOf(Instant moment) {
        return new UUID(Math.max(0, moment.toEpochMilli()) << 16, 0);
    }

    /** The greatest id that a job can have which is made before then. */
    static UUID lastBefore(Instant moment) {
        return new UUID(
                Math.max(0, moment.toEpochMilli() - 1) << 16 | 0x7FFF, 0xBFFF_FFFF_FFFF_FFFFL);
    }
}
