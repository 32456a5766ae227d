package dev.pawl.testkit;

import dev.pawl.core.Store;
import dev.pawl.core.Time;
import java.util.List;

/** The contract of durable stores, tried on a store that outlives its close. */
final class SharedMemoryStoreTest implements DurableStoreContract {
    private Store data = new MemoryStore(FakeTime.waiting());

    @Override
    public Store open(Time time) {
        data = new MemoryStore(time);
        return data;
    }

    @Override
    public Store reopen(Time time) {
        return data;
    }

    @Override
    public List<String> violations() {
        return List.of();
    }
}
