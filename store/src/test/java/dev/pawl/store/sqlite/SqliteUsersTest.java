package dev.pawl.store.sqlite;

import dev.pawl.core.Users;
import dev.pawl.testkit.FakeTime;
import dev.pawl.testkit.UsersContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqliteUsersTest implements UsersContract {
    @TempDir Path folder;
    private final List<SqliteStore> open = new ArrayList<>();

    @Override
    public Users users(FakeTime time) {
        var options = SqliteOptions.of(folder.resolve("p.db"));
        open.add(SqliteStore.open(options, time));
        return open.getLast().users();
    }

    @AfterEach
    void close() {
        open.forEach(SqliteStore::close);
    }
}
