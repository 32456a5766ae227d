package dev.pawl.testkit;

import dev.pawl.core.Store;
import dev.pawl.core.Time;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What a store's test gives to the contract. JUnit makes one for each test. */
public interface StoreSubject {
    /** What a store may lack. The contract asserts it absent there; it skips nothing. */
    enum Capability {
        /** What was answered outlives the store. */
        DURABLE
    }

    /** A fresh, empty store that lives by this time. The contract closes it. */
    Store open(Time time);

    /**
     * The store that was opened last, as a new process finds it: on the same data, and without that
     * {@link Store#close} was called before. A store that isn't durable answers an empty one.
     */
    Store reopen(Time time);

    default Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    /**
     * The jobs, if any, that break the store's own invariant, one line each: an unfinished job has
     * exactly one row among waiting, later, ready and running, a finished one exactly one outcome.
     * Empty for a store without rows. Asked after every test, before the store is closed.
     */
    default List<String> violations() {
        return List.of();
    }
}
