package dev.pawl.store.postgres;

import dev.pawl.core.ApiKeys;
import dev.pawl.testkit.KeysContract;
import dev.pawl.testkit.PostgresVersion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

final class PostgresKeysTest implements KeysContract {
    private final PostgresDatabase database = PostgresDatabase.empty(PostgresVersion.NEWEST);
    private final List<PostgresStore> open = new ArrayList<>();

    @Override
    public ApiKeys keys() {
        open.add(PostgresStore.open(database.options()));
        return open.getLast().keys();
    }

    @AfterEach
    void close() {
        open.forEach(PostgresStore::close);
    }
}
