package dev.pawl.store.postgres;

import dev.pawl.testkit.PostgresServer;
import dev.pawl.testkit.PostgresVersion;

/** The same on the oldest PostgreSQL. */
final class PostgresHistoryOldestTest extends PostgresHistoryTest {
    @Override
    PostgresServer server() {
        return PostgresServer.shared(PostgresVersion.OLDEST);
    }
}
