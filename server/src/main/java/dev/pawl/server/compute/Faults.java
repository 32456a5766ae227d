package dev.pawl.server.compute;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** The faults that are to come, in order. Thread-safe. */
final class Faults {
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Fault> coming = new ArrayDeque<>();

    void add(Fault fault) {
        lock.lock();
        try {
            coming.add(fault);
        } finally {
            lock.unlock();
        }
    }

    /** What strikes this solve; empty when it goes well. */
    Optional<Fault.Kind> next() {
        lock.lock();
        try {
            Fault first = coming.poll();
            if (first == null) return Optional.empty();
            if (first.times() == Fault.ALWAYS) coming.addFirst(first);
            else if (first.times() > 1) coming.addFirst(new Fault(first.kind(), first.times() - 1));
            return Optional.of(first.kind());
        } finally {
            lock.unlock();
        }
    }
}
