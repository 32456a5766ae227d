package dev.pawl.testkit;

import dev.pawl.core.Store;
import dev.pawl.core.Time;
import java.util.Set;

final class MemoryStoreTest implements StoreContract {
    @Override
    public Store open(Time time) {
        return new MemoryStore(time);
    }

    @Override
    public Store reopen(Time time) {
        return new MemoryStore(time);
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of();
    }
}
