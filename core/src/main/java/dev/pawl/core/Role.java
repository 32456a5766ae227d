package dev.pawl.core;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What somebody may do on a server. Each role may do what the ones after it may. */
public enum Role {
    /** Everything: all jobs of its tenant, queues, workers, keys. */
    ADMIN,
    /** Submits jobs, sees and ends its own. */
    USER,
    /** Sees its own jobs and the tools, and changes nothing. */
    VIEWER;

    /** Whether who has this role may do what needs that one. */
    public boolean covers(Role needed) {
        return compareTo(needed) <= 0;
    }

    /** Its name outside, in lower case. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Role> ofWire(String text) {
        return Stream.of(values()).filter(role -> role.wire().equals(text)).findFirst();
    }
}
