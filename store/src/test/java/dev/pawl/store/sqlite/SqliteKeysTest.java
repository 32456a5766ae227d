package dev.pawl.store.sqlite;

import dev.pawl.core.ApiKeys;
import dev.pawl.testkit.FakeTime;
import dev.pawl.testkit.KeysContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqliteKeysTest implements KeysContract {
    @TempDir Path folder;
    private final List<SqliteStore> open = new ArrayList<>();

    @Override
    public ApiKeys keys() {
        var options = SqliteOptions.of(folder.resolve("p.db"));
        open.add(SqliteStore.open(options, FakeTime.advancing()));
        return open.getLast().keys();
    }

    @AfterEach
    void close() {
        open.forEach(SqliteStore::close);
    }
}
