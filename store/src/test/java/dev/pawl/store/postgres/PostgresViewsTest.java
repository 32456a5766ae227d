package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Store;
import dev.pawl.store.ViewsCases;
import dev.pawl.testkit.FakeTime;
import dev.pawl.testkit.PostgresServer;
import dev.pawl.testkit.PostgresVersion;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** In the originals' own schemas, as their documents' queries name them. */
final class PostgresViewsTest extends ViewsCases {
    private final PostgresDatabase database = PostgresDatabase.empty(PostgresVersion.NEWEST);

    @Override
    protected Store open(FakeTime time) {
        return database.open(time);
    }

    @Override
    protected String url() {
        return database.url();
    }

    @Override
    protected String named(String sql) {
        return sql.replace("tool_runner_", "tool_runner.").replace("sitefit_", "sitefit.");
    }

    @Test
    void whatIsThereAlreadyStays() throws SQLException {
        PostgresServer server = PostgresServer.shared();
        var theirs = new PostgresDatabase(server.freshDatabase());
        try {
            theirs.execute("CREATE SCHEMA tool_runner");
            theirs.execute("CREATE TABLE tool_runner.jobs (id integer)");
            PostgresStore.open(theirs.options()).close();
            theirs.execute("INSERT INTO tool_runner.jobs VALUES (1)");
            theirs.execute("SELECT 1 FROM tool_runner.job_logs, sitefit.job");
            assertThat(theirs.violations()).isEmpty();
        } finally {
            server.drop(theirs.url());
        }
    }
}
