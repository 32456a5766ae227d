package dev.pawl.store.sqlite;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.sqlite.BusyHandler;

/**
 * How a connection waits for another process's write: it looks again every half millisecond.
 *
 * <p>SQLite's own handler looks every 100 ms in the end. A server under load rests for some
 * microseconds between two commits of milliseconds, and whoever looks that seldom can miss every
 * one of these rests for half a minute.
 */
final class SqlitePatience extends BusyHandler {
    private static final Duration LOOK = Duration.ofNanos(500_000);

    private final long looks;

    /**
     * @param busy how long it waits at least, before the statement is refused
     */
    SqlitePatience(Duration busy) {
        this.looks = busy.dividedBy(LOOK);
    }

    @Override
    protected int callback(int before) {
        // In real time, whatever the clock of a test says: another process is waited for. One that
        // is interrupted waits as long as any other.
        boolean interrupted = Thread.interrupted();
        LockSupport.parkNanos(LOOK.toNanos());
        if (interrupted) Thread.currentThread().interrupt();
        return before < looks ? 1 : 0;
    }
}
