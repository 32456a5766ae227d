package dev.pawl.store.postgres;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings a database to this program's schema, and refuses one that is newer. */
final class PostgresSchema {
    /** The newest migration beside this class. */
    static final int VERSION = 2;

    /** The oldest server that the statements are written for, as server_version_num has it. */
    private static final int SERVER_MIN = 150_000;

    private PostgresSchema() {}

    /** Flyway's own lock keeps others from migrating at the same time. */
    static void migrate(DataSource source, PostgresOptions options) throws SQLException {
        if (version(source, options) == VERSION) return;
        try {
            Flyway.configure()
                    .loggers("slf4j")
                    .dataSource(source)
                    .schemas("pawl")
                    .locations("classpath:dev/pawl/store/postgres")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause())
                if (cause instanceof SQLException sql) throw PostgresErrors.of(sql, options);
            throw e;
        }
    }

    /** The schema's version; 0 when there is none. */
    private static int version(DataSource source, PostgresOptions options) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            requireServer(statement, options);
            if (number(
                            statement,
                            "SELECT count(*) FROM pg_tables WHERE schemaname = 'pawl'"
                                    + " AND tablename = 'flyway_schema_history'")
                    == 0) return 0;
            int version =
                    number(
                            statement,
                            "SELECT max(CAST(version AS integer)) FROM pawl.flyway_schema_history"
                                    + " WHERE success");
            if (version <= VERSION) return version;
            throw new PawlException(
                    ErrorCode.SCHEMA_NEWER,
                    "database %s has schema %d, this program knows %d; use a newer pawl"
                            .formatted(options.where(), version, VERSION));
        }
    }

    private static void requireServer(Statement statement, PostgresOptions options)
            throws SQLException {
        int server = number(statement, "SELECT current_setting('server_version_num')::integer");
        if (server < SERVER_MIN)
            throw new PawlException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "database %s is PostgreSQL %d, want %d or newer"
                            .formatted(options.where(), server / 10_000, SERVER_MIN / 10_000));
    }

    private static int number(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
