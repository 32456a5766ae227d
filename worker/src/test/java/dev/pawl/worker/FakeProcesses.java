package dev.pawl.worker;

import dev.pawl.core.WorkerEntry;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/** Processes that live until a test ends them. */
final class FakeProcesses implements Processes {
    static final Instant STARTED = Instant.parse("2025-12-31T00:00:00Z");

    final Set<Long> gone = new HashSet<>();
    final Set<String> tidied = new HashSet<>();

    @Override
    public String host() {
        return "host/boot";
    }

    @Override
    public long pid() {
        return 100;
    }

    @Override
    public Instant startedAt() {
        return STARTED;
    }

    @Override
    public boolean alive(long pid, Instant startedAt) {
        return !gone.contains(pid);
    }

    @Override
    public void endLeftovers(WorkerEntry worker) {
        tidied.add(worker.id());
    }
}
