package dev.pawl.store.sqlite;

import dev.pawl.core.Store;
import dev.pawl.core.Time;
import dev.pawl.testkit.StoreContract;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

final class SqliteStoreTest implements StoreContract {
    @TempDir Path folder;

    @Override
    public Store open(Time time) {
        return SqliteStore.open(SqliteOptions.of(file()), time);
    }

    @Override
    public Store reopen(Time time) {
        return SqliteStore.open(SqliteOptions.of(file()), time);
    }

    @Override
    public List<String> violations() {
        try (var store =
                SqliteStore.open(SqliteOptions.of(file()), new dev.pawl.core.SystemTime())) {
            return store.violations();
        }
    }

    private Path file() {
        return folder.resolve("pawl.db");
    }
}
