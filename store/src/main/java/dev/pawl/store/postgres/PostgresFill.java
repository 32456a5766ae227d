package dev.pawl.store.postgres;

import static java.util.stream.Collectors.joining;

import com.zaxxer.hikari.HikariDataSource;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.store.CopiedRow;
import dev.pawl.store.CopiedTable;
import dev.pawl.store.CopiedTable.Column;
import dev.pawl.store.CopiedTable.Kind;
import dev.pawl.store.Db;
import dev.pawl.store.Rows;
import dev.pawl.store.Stmt;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A database that is filled with another store's rows. Until it is full nobody else may open it.
 * What it has been given is committed with each call. Not thread-safe.
 */
public final class PostgresFill implements AutoCloseable {
    /** In pawl.meta: the copy that fills it, the copy that has filled it. */
    static final String FILLING = "filling";

    private static final String FILLED = "filled";

    /** In pawl.meta, before a table's name: all its rows have been given once. */
    private static final String GIVEN = "given ";

    private static final String META = "SELECT value FROM pawl.meta WHERE name = :name";
    private static final String META_SET =
            """
            INSERT INTO pawl.meta (name, value) VALUES (:name, :value)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """;
    private static final String FULL =
            """
            DELETE FROM pawl.meta WHERE name = 'filling' OR name LIKE 'given %'
            """;
    private static final String HEAD =
            "UPDATE pawl.event_head SET last = coalesce((SELECT max(number) FROM pawl.event), 0)";
    private static final String SEQUENCE =
            """
            SELECT setval(pg_get_serial_sequence('pawl.%1$s', '%2$s'), greatest(max(%2$s), 1),
                          count(*) > 0) FROM pawl.%1$s
            """;

    /** What jobs and people have brought; a program that only looked leaves none of it. */
    private static final List<String> EMPTY_BEFORE =
            List.of(
                    "job",
                    "lane",
                    "tool",
                    "policy",
                    "event",
                    "worker",
                    "api_key",
                    "user_account",
                    "webhook");

    private final PostgresOptions options;
    private final HikariDataSource source;
    private final Db db;

    private PostgresFill(
            PostgresOptions options, HikariDataSource source, UnaryOperator<Connection> wire)
            throws SQLException {
        this.options = options;
        this.source = source;
        this.db = new Db(wire.apply(source.getConnection()), new PostgresSql());
    }

    /**
     * Connects, and makes or migrates the schema first where that is needed.
     *
     * @param wire what its connection passes through
     * @throws PawlException as {@link PostgresStore#open}
     */
    public static PostgresFill open(PostgresOptions options, UnaryOperator<Connection> wire) {
        PostgresOptions one = options.withConnections(2);
        HikariDataSource source = PostgresStore.source(one);
        try {
            new PostgresSchema(source, one).migrate();
            return new PostgresFill(one, source, wire);
        } catch (SQLException e) {
            source.close();
            throw PostgresErrors.of(e, one);
        } catch (RuntimeException | Error e) {
            source.close();
            throw e;
        }
    }

    /** Whether a copy has filled it to the end. */
    public boolean filledBy(String copy) {
        return done(() -> meta(FILLED).equals(copy));
    }

    /**
     * Begins, or goes on.
     *
     * @throws PawlException {@link ErrorCode#NOT_POSSIBLE_NOW} when it has jobs of its own, or
     *     those of another copy
     */
    public void begin(String copy) {
        done(() -> {
            String filling = meta(FILLING);
            if (filling.equals(copy)) return true;
            if (!filling.isEmpty())
                throw refused("has begun to take another store's jobs; use an empty one");
            for (String table : EMPTY_BEFORE)
                if (count(table) > 0)
                    throw refused(
                            "has rows of its own in pawl.%s; use an empty one, and start no server or worker on it before"
                                    .formatted(table));
            set(FILLING, copy);
            return true;
        });
    }

    private PawlException refused(String why) {
        return new PawlException(
                ErrorCode.NOT_POSSIBLE_NOW, "database %s %s".formatted(options.where(), why));
    }

    /** Whether all rows of a table have been given once. */
    public boolean given(CopiedTable table) {
        return done(() -> !meta(GIVEN + table.name()).isEmpty());
    }

    public void setGiven(CopiedTable table) {
        done(() -> {
            set(GIVEN + table.name(), "once");
            return true;
        });
    }

    /** The greatest key that is there, in the order in which SQLite gives them. */
    public Optional<CopiedRow> last(CopiedTable table) {
        String order =
                table.key().stream()
                        .map(column ->
                                column.quoted()
                                        + (column.kind() == Kind.TEXT ? " COLLATE \"C\"" : "")
                                        + " DESC")
                        .collect(joining(", "));
        String sql =
                "SELECT %s FROM pawl.\"%s\" t%s ORDER BY %s LIMIT 1"
                        .formatted(
                                table.list("t."),
                                table.name(),
                                table.name().equals("event") ? " WHERE number IS NOT NULL" : "",
                                order);
        return done(() -> {
            try (Rows rows = db.stmt(sql).query()) {
                return rows.next() ? Optional.of(table.row(rows, 1)) : Optional.empty();
            }
        });
    }

    /** Takes rows as they are, in place of those with the same key. */
    public void put(CopiedTable table, List<CopiedRow> rows) {
        if (rows.isEmpty()) return;
        String sets =
                table.columns().stream()
                        .skip(table.keys())
                        .map(column -> "%1$s = excluded.%1$s".formatted(column.quoted()))
                        .collect(joining(", "));
        String sql =
                """
                INSERT INTO pawl."%s" (%s) OVERRIDING SYSTEM VALUE
                SELECT %s FROM unnest(%s) u (%s)
                    ON CONFLICT %s DO %s
                """
                        .formatted(
                                table.name(),
                                table.list(""),
                                table.columns().stream()
                                        .map(PostgresFill::read)
                                        .collect(joining(", ")),
                                arrays(table.columns()),
                                table.list(""),
                                table.conflict(),
                                sets.isEmpty() ? "NOTHING" : "UPDATE SET " + sets);
        done(() -> bind(db.stmt(sql), table.columns(), rows).update());
    }

    /** Forgets the rows with these keys. */
    public void remove(CopiedTable table, List<CopiedRow> keys) {
        if (keys.isEmpty()) return;
        String sql =
                "DELETE FROM pawl.\"%s\" t USING %s WHERE %s"
                        .formatted(table.name(), keyed(table), table.sameKey("t.", "u."));
        done(() -> bind(db.stmt(sql), table.key(), keys).update());
    }

    /** Those of these rows that are there, by their key. */
    public Map<List<@Nullable Object>, CopiedRow> find(CopiedTable table, List<CopiedRow> keys) {
        var found = new HashMap<List<@Nullable Object>, CopiedRow>();
        if (keys.isEmpty()) return found;
        String sql =
                "SELECT %s FROM pawl.\"%s\" t JOIN %s ON %s"
                        .formatted(
                                table.list("t."),
                                table.name(),
                                keyed(table),
                                table.sameKey("t.", "u."));
        return done(() -> {
            try (Rows rows = bind(db.stmt(sql), table.key(), keys).query()) {
                while (rows.next()) {
                    CopiedRow row = table.row(rows, 1);
                    found.put(row.key(), row);
                }
            }
            return found;
        });
    }

    public long count(CopiedTable table) {
        return done(() -> count(table.name()));
    }

    private long count(String table) throws SQLException {
        try (Rows rows = db.stmt("SELECT count(*) FROM pawl.\"" + table + '"').query()) {
            rows.next();
            return rows.number(1);
        }
    }

    /** What is made of rows: the numbers that come next. */
    public void settle() {
        done(() -> {
            for (String table : List.of("tool", "slot_limit", "lane", "policy"))
                db.execute(SEQUENCE.formatted(table, "id"));
            db.execute(SEQUENCE.formatted("webhook_delivery", "number"));
            db.execute(HEAD);
            return true;
        });
    }

    /**
     * From now on others may open it.
     *
     * @throws PawlException {@link ErrorCode#NOT_POSSIBLE_NOW} when it is not what this copy fills
     */
    public void full(String copy) {
        done(() -> {
            if (!meta(FILLING).equals(copy))
                throw refused("is not the one that the jobs went to; name that one");
            db.execute(FULL);
            set(FILLED, copy);
            return true;
        });
    }

    // ---- Statements

    /** The keys as rows of u. */
    private static String keyed(CopiedTable table) {
        List<Column> key = table.key();
        String names = key.stream().map(Column::quoted).collect(joining(", "));
        return "(SELECT %s FROM unnest(%s) a (%s)) u (%s)"
                .formatted(
                        key.stream().map(PostgresFill::read).collect(joining(", ")),
                        arrays(key),
                        names,
                        names);
    }

    private static String read(Column column) {
        return column.kind() == Kind.BYTES
                ? "decode(%s, 'hex')".formatted(column.quoted())
                : column.quoted();
    }

    private static String arrays(List<Column> columns) {
        return IntStream.range(0, columns.size()).mapToObj(i -> ":a" + i).collect(joining(", "));
    }

    private static Stmt bind(Stmt stmt, List<Column> columns, List<CopiedRow> rows)
            throws SQLException {
        for (int i = 0; i < columns.size(); i++) {
            var values = new ArrayList<@Nullable Object>(rows.size());
            for (CopiedRow row : rows) values.add(row.value(i));
            stmt.set("a" + i, type(columns.get(i).kind()), values);
        }
        return stmt;
    }

    private static String type(Kind kind) {
        return switch (kind) {
            case ID -> "uuid";
            case NUMBER -> "int8";
            case REAL -> "float8";
            case TEXT, BYTES -> "text";
        };
    }

    private String meta(String name) throws SQLException {
        try (Rows rows = db.stmt(META).text("name", name).query()) {
            return rows.next() ? rows.text(1) : "";
        }
    }

    private void set(String name, String value) throws SQLException {
        db.stmt(META_SET).text("name", name).text("value", value).update();
    }

    /** What is done in one transaction. */
    private interface Work<T> {
        T done() throws SQLException;
    }

    private <T> T done(Work<T> work) {
        try {
            db.begin();
            boolean done = false;
            try {
                T answer = work.done();
                db.commit();
                done = true;
                return answer;
            } finally {
                if (!done) db.rollback();
            }
        } catch (SQLException e) {
            throw PostgresErrors.of(e, options);
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
