package dev.pawl.store.sqlite;

import dev.pawl.core.Store;
import dev.pawl.core.SystemTime;
import dev.pawl.core.Time;
import dev.pawl.testkit.DurableStoreContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

final class SqliteStoreTest implements DurableStoreContract {
    @TempDir static Path shared;
    @TempDir Path folder;

    /** Migrating takes longer than a test: each begins with a copy of an empty database. */
    @BeforeAll
    static void migrate() {
        SqliteStore.open(SqliteOptions.of(shared.resolve("empty.db")), new SystemTime()).close();
    }

    @Override
    public Store open(Time time) {
        try {
            Files.copy(shared.resolve("empty.db"), file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return reopen(time);
    }

    @Override
    public Store reopen(Time time) {
        return SqliteStore.open(SqliteOptions.of(file()), time);
    }

    @Override
    public List<String> violations() {
        try (var store = SqliteStore.open(SqliteOptions.of(file()), new SystemTime())) {
            return store.violations();
        }
    }

    private Path file() {
        return folder.resolve("pawl.db");
    }
}
