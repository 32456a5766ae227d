package dev.pawl.store.sqlite;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a SQLite file is kept.
 *
 * @param file the database; beside it SQLite keeps {@code -wal} and {@code -shm}
 * @param synchronous how safe an answered commit is
 * @param busy how long a write waits for another process's
 * @param readers how many reads may run at once
 */
public record SqliteOptions(Path file, Synchronous synchronous, Duration busy, int readers) {
    /** https://www.sqlite.org/pragma.html#pragma_synchronous */
    public enum Synchronous {
        /** An answered commit survives a power failure. */
        FULL,
        /** It survives a crash of the process; a power failure may take the last ones. */
        NORMAL
    }

    public SqliteOptions {
        if (readers < 1) throw new IllegalArgumentException("readers is " + readers);
        if (busy.isNegative()) throw new IllegalArgumentException("busy is " + busy);
    }

    public static SqliteOptions of(Path file) {
        return new SqliteOptions(file, Synchronous.FULL, Duration.ofSeconds(30), 4);
    }

    public SqliteOptions withSynchronous(Synchronous value) {
        return new SqliteOptions(file, value, busy, readers);
    }
}
