package dev.pawl.store.sqlite;

import dev.pawl.core.Store;
import dev.pawl.core.Time;
import dev.pawl.testkit.DurableStoreContract;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

final class SqliteStoreTest implements DurableStoreContract {
    @TempDir Path folder;

    @Override
    public Store open(Time time) {
        EmptyFile.in(folder);
        return reopen(time);
    }

    @Override
    public Store reopen(Time time) {
        return SqliteStore.open(file().options(), time);
    }

    @Override
    public List<String> violations() {
        return file().violations();
    }

    private EmptyFile file() {
        return new EmptyFile(folder.resolve("pawl.db"));
    }
}
