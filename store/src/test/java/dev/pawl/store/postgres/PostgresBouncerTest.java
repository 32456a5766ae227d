package dev.pawl.store.postgres;

import dev.pawl.core.Store;
import dev.pawl.core.Time;
import dev.pawl.testkit.EndContract;
import dev.pawl.testkit.EventsContract;
import dev.pawl.testkit.PgBouncerServer;
import dev.pawl.testkit.PostgresServer;
import dev.pawl.testkit.PostgresVersion;
import dev.pawl.testkit.SubmitContract;
import dev.pawl.testkit.SubmitManyContract;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * Parts of the contract, many threads among them, where each transaction may be on another
 * connection: through PgBouncer, and on the oldest PostgreSQL.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PostgresBouncerTest
        implements SubmitContract, SubmitManyContract, EndContract, EventsContract {
    private PgBouncerServer bouncer;
    private PostgresDatabase database;

    @BeforeAll
    void start() {
        bouncer =
                PgBouncerServer.start(
                        PostgresServer.shared(PostgresVersion.OLDEST),
                        PgBouncerServer.Mode.TRANSACTION);
        PostgresDatabase direct = PostgresDatabase.empty(PostgresVersion.OLDEST);
        String url = bouncer.url(direct.url());
        database =
                new PostgresDatabase(url + (url.contains("?") ? "&" : "?") + "prepareThreshold=0");
    }

    @AfterAll
    void stop() {
        // Skipped where there is no PgBouncer.
        if (bouncer != null) bouncer.close();
    }

    @Override
    public Store open(Time time) {
        PostgresDatabase.empty(PostgresVersion.OLDEST);
        return reopen(time);
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
