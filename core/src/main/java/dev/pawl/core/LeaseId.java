package dev.pawl.core;

import java.util.Optional;
import java.util.UUID;

/** The random name of one claim, chosen by the worker that claims. */
public record LeaseId(UUID value) {
    /** The id in its text form, or empty when {@code text} is not a UUID in canonical form. */
    public static Optional<LeaseId> parse(String text) {
        return JobId.parse(text).map(id -> new LeaseId(id.value()));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
