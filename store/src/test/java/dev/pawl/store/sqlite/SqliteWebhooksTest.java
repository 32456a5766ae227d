package dev.pawl.store.sqlite;

import dev.pawl.testkit.FakeTime;
import dev.pawl.testkit.WebhooksContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

final class SqliteWebhooksTest implements WebhooksContract {
    @TempDir Path folder;
    private final List<SqliteStore> open = new ArrayList<>();

    @Override
    public Place place() {
        var time = FakeTime.advancing();
        open.add(SqliteStore.open(SqliteOptions.of(folder.resolve("p.db")), time));
        return new Place(open.getLast().webhooks(), open.getLast(), time);
    }

    @AfterEach
    void close() {
        open.forEach(SqliteStore::close);
    }
}
