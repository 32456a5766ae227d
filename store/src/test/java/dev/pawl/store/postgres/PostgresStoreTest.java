package dev.pawl.store.postgres;

import dev.pawl.core.Store;
import dev.pawl.core.Time;
import dev.pawl.testkit.DurableStoreContract;
import dev.pawl.testkit.PostgresVersion;
import java.util.List;

/** The contract on the newest PostgreSQL. */
final class PostgresStoreTest implements DurableStoreContract {
    private final PostgresDatabase database = PostgresDatabase.empty(PostgresVersion.NEWEST);

    @Override
    public Store open(Time time) {
        return PostgresDatabase.empty(PostgresVersion.NEWEST).open(time);
    }

    @Override
    public Store reopen(Time time) {
        return database.open(time);
    }

    @Override
    public List<String> violations() {
        return database.violations();
    }
}
