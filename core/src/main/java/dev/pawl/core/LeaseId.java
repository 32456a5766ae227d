package dev.pawl.core;

import java.util.UUID;

/** The random name of one claim, chosen by the worker that claims. */
public record LeaseId(UUID value) {
    @Override
    public String toString() {
        return value.toString();
    }
}
