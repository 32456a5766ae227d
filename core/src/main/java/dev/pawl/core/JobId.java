package dev.pawl.core;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A job's name everywhere: a UUIDv7 (RFC 9562, 5.7), lower-case text on the wire. Ids sort by the
 * moment they were made, as unsigned bytes, which is also the order of their text.
 */
public record JobId(UUID value) implements Comparable<JobId> {
    /** The id in its text form, or empty when {@code text} is not a UUID in canonical form. */
    public static Optional<JobId> parse(String text) {
        if (text.length() != 36) return Optional.empty();
        try {
            var id = new JobId(UUID.fromString(text));
            return id.toString().equalsIgnoreCase(text) ? Optional.of(id) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** When the id was made, to the millisecond, by the clock of whoever made it. */
    public Instant madeAt() {
        return Instant.ofEpochMilli(value.getMostSignificantBits() >>> 16);
    }

    @Override
    public int compareTo(JobId other) {
        int high =
                Long.compareUnsigned(
                        value.getMostSignificantBits(), other.value.getMostSignificantBits());
        return high != 0
                ? high
                : Long.compareUnsigned(
                        value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
