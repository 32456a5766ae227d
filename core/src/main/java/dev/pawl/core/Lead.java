package dev.pawl.core;

import java.time.Duration;
import java.time.Instant;

/**
 * Who does what one does for all who share a store.
 *
 * @param holder the worker's name
 * @param until when others may take it over, unless its holder says again that it leads; by the
 *     store's clock
 * @param left how long that is from now; not positive when it is over
 */
public record Lead(String holder, Instant until, Duration left) {
    public Lead {
        if (holder.isBlank()) throw new IllegalArgumentException("holder is blank");
    }

    /** Whether nothing has been said about this lead since the other was seen. */
    public boolean unchangedSince(Lead other) {
        return holder.equals(other.holder) && until.equals(other.until);
    }
}
