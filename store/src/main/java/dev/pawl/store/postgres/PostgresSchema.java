package dev.pawl.store.postgres;

import com.zaxxer.hikari.HikariDataSource;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.store.Migrations;
import dev.pawl.store.SchemaPlan;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/**
 * Brings a database to this program's schema, and refuses what it can't use: a server that is too
 * old, a user who lacks privileges, a schema that is newer and says that older programs can't use
 * it.
 */
final class PostgresSchema {
    /** The newest migration beside this class. */
    static final int VERSION = 6;

    /** The oldest server that the statements are written for, as server_version_num has it. */
    static final int SERVER_MIN = 150_000;

    /** Of a second each, while another program migrates. */
    private static final int TRIES_MAX = 300;

    /** Whether there is anything to look at, and whether this user may look. */
    private static final String SCHEMA =
            """
            SELECT current_setting('server_version_num')::integer, current_user,
                   current_database(), has_database_privilege(current_database(), 'CREATE'),
                   n.oid IS NOT NULL, coalesce(has_schema_privilege(n.oid, 'USAGE'), false),
                   EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid
                              AND c.relname = 'flyway_schema_history'),
                   EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid
                              AND c.relname = 'meta')
              FROM (SELECT 1) one LEFT JOIN pg_namespace n ON n.nspname = 'pawl'
            """;

    /** What this user lacks of what every program does to the tables, a table in a row. */
    private static final String LACKING =
            """
            SELECT string_agg(p.privilege, ', ' ORDER BY p.place), c.relname
              FROM pg_class c,
                   unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'])
                       WITH ORDINALITY p (privilege, place)
             WHERE c.relnamespace = 'pawl'::regnamespace AND c.relkind IN ('r', 'p')
               AND NOT c.relispartition AND c.relname !~ '_gone$'
               AND (c.relname <> 'flyway_schema_history' OR p.privilege = 'SELECT')
               AND NOT has_table_privilege(c.oid, p.privilege)
             GROUP BY c.relname ORDER BY c.relname LIMIT 1
            """;

    private static final String FOUND =
            "SELECT max(CAST(version AS integer)) FROM pawl.flyway_schema_history WHERE success";
    private static final String COMPATIBLE_FROM =
            "SELECT CAST(value AS integer) FROM pawl.meta WHERE name = 'compatible_from'";

    private static final String FILLING =
            "SELECT 1 FROM pawl.meta WHERE name = '" + PostgresFill.FILLING + "'";

    private final DataSource source;
    private final PostgresOptions options;

    PostgresSchema(DataSource source, PostgresOptions options) {
        this.source = source;
        this.options = options;
    }

    /** What {@link #migrate} would do. */
    SchemaPlan plan() throws SQLException {
        int found = version();
        if (found >= VERSION) return new SchemaPlan(options.where(), found, VERSION, List.of());
        try (var own = ownSource()) {
            return new SchemaPlan(options.where(), found, VERSION, migrations(own).pending());
        }
    }

    /** Flyway's own lock keeps others from migrating at the same time. */
    void migrate() throws SQLException {
        for (int tries = 0; version() < VERSION; tries++) {
            if (tries == TRIES_MAX)
                throw new PawlException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "database %s: another program has not brought it to schema %d within %d s"
                                .formatted(options.where(), VERSION, TRIES_MAX));
            try (var own = ownSource()) {
                if (migrations(own).run()) return;
            }
        }
    }

    /** Refuses a database that another store's jobs are on their way to. */
    void requireFull() throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(FILLING)) {
            if (row.next())
                throw new PawlException(
                        ErrorCode.NOT_POSSIBLE_NOW,
                        "database %s is being filled by `pawl store copy`; run that to its end first"
                                .formatted(options.where()));
        }
    }

    /** Flyway wants several connections at once; the store may have only one. */
    private HikariDataSource ownSource() {
        return PostgresStore.source(options.withConnections(4));
    }

    private Migrations migrations(DataSource source) {
        return new Migrations(source, options.where(), "dev/pawl/store/postgres", "pawl");
    }

    /**
     * The schema's version; 0 when there is none. Looks in a transaction, as all that follows does,
     * so that a pooler that knows none is told at once.
     */
    private int version() throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            int version = version(statement);
            connection.commit();
            return version;
        }
    }

    private int version(Statement statement) throws SQLException {
        boolean meta;
        String user;
        try (ResultSet row = statement.executeQuery(SCHEMA)) {
            row.next();
            requireServer(row.getInt(1), options);
            user = row.getString(2);
            if (!row.getBoolean(5)) {
                if (!row.getBoolean(4))
                    throw lacks(user, "CREATE ON DATABASE \"%s\"".formatted(row.getString(3)));
                return 0;
            }
            if (!row.getBoolean(6)) throw lacks(user, "USAGE ON SCHEMA pawl");
            if (!row.getBoolean(7)) return 0;
            meta = row.getBoolean(8);
        }
        requirePrivileges(statement, user);
        int version = number(statement, FOUND);
        if (version <= VERSION) return version;
        if (meta && number(statement, COMPATIBLE_FROM) <= VERSION) return version;
        throw new PawlException(
                ErrorCode.SCHEMA_NEWER,
                "database %s has schema %d, this program knows %d; use a newer pawl"
                        .formatted(options.where(), version, VERSION));
    }

    private void requirePrivileges(Statement statement, String user) throws SQLException {
        try (ResultSet row = statement.executeQuery(LACKING)) {
            if (row.next())
                throw lacks(user, "%s ON pawl.%s".formatted(row.getString(1), row.getString(2)));
        }
    }

    private PawlException lacks(String user, String privilege) {
        return new PawlException(
                ErrorCode.STORE_UNAVAILABLE,
                "database %s: user \"%s\" lacks a privilege; GRANT %s TO \"%s\""
                        .formatted(options.where(), user, privilege, user));
    }

    /**
     * @param server as server_version_num has it
     */
    static void requireServer(int server, PostgresOptions options) {
        if (server < SERVER_MIN)
            throw new PawlException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "database %s is PostgreSQL %d, want %d or newer; upgrade the server"
                            .formatted(options.where(), server / 10_000, SERVER_MIN / 10_000));
    }

    private static int number(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getInt(1) : Integer.MAX_VALUE;
        }
    }
}
