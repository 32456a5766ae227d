package dev.pawl.bench;

import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.testkit.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;

/** How many statements a second a server and four workers ask of a database that has no jobs. */
final class IdleStatements implements PawlScenario {
    private static final int WORKERS = 4;
    private static final Duration SETTLES = Duration.ofSeconds(15);
    private static final Duration COUNTED = Duration.ofSeconds(60);

    private static final String STATEMENTS =
            """
            SELECT CAST(sum(s.calls) AS bigint) FROM pg_stat_statements s
              JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database()
            """;

    /** Where the extension is not there: what was committed or rolled back. */
    private static final String TRANSACTIONS =
            """
            SELECT xact_commit + xact_rollback FROM pg_stat_database
             WHERE datname = current_database()
            """;

    /** On a PostgreSQL of its own, for an extension has to be loaded at its start. */
    @Override
    public String measure(PostgresServer ignored, Setting setting) throws Exception {
        try (var server = server()) {
            String url = server.freshDatabase();
            boolean extended = extended(url);
            String sql = extended ? STATEMENTS : TRANSACTIONS;
            PostgresStore.open(PostgresOptions.of(url)).close();
            var processes = new ArrayList<IdleProcess>();
            try {
                processes.add(IdleProcess.server(url));
                for (int i = 0; i < WORKERS; i++) processes.add(IdleProcess.worker(url));
                Jobs.TIME.sleep(SETTLES);
                long begun = Jobs.TIME.nanos();
                long before = PostgresPeers.ask(url, sql);
                Jobs.TIME.sleep(COUNTED);
                long counted = PostgresPeers.ask(url, sql) - before;
                double seconds = (Jobs.TIME.nanos() - begun) / 1e9;
                return "%.1f %s/s in %.0f s, of a server and %d workers with 50 slots each"
                        .formatted(
                                counted / seconds,
                                extended
                                        ? "statements"
                                        : "transactions (pg_stat_statements is not there)",
                                seconds,
                                WORKERS);
            } finally {
                processes.forEach(IdleProcess::close);
            }
        }
    }

    private static PostgresServer server() {
        try {
            return PostgresServer.start(
                    PostgresPeers.SERVER.withSetting(
                            "shared_preload_libraries", "pg_stat_statements"));
        } catch (IllegalStateException _) {
            return PostgresServer.start(PostgresPeers.SERVER);
        }
    }

    private static boolean extended(String url) {
        try {
            PostgresServer.execute(url, "CREATE EXTENSION pg_stat_statements");
            return PostgresPeers.ask(url, "SELECT count(*) FROM pg_stat_statements") >= 0;
        } catch (IllegalStateException | SQLException _) {
            return false;
        }
    }
}
