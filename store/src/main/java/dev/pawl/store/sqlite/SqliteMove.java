package dev.pawl.store.sqlite;

import static java.util.stream.Collectors.joining;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Time;
import dev.pawl.store.CopiedRow;
import dev.pawl.store.CopiedTable;
import dev.pawl.store.CopiedTables;
import dev.pawl.store.Db;
import dev.pawl.store.Rows;
import dev.pawl.store.SqlStore.Read;
import dev.pawl.store.Stmt;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.sqlite.SQLiteDataSource;

/**
 * A file whose jobs are on their way to another store, while other processes go on using it.
 *
 * <p>Triggers note the key of each row that changes, in the transaction that changes it, whichever
 * program makes it. So a row that was copied and is not noted is as it was copied. In the end other
 * triggers refuse every write, that of older programs too; both begin with a commit of their own,
 * so that a process that ends in between leaves a file that serves, or one that has moved.
 *
 * <p>Not thread-safe.
 */
public final class SqliteMove implements AutoCloseable {
    /** What triggers say; {@link SqliteErrors} makes a sentence of it. */
    static final String MOVED = "store_moved";

    static final String MOVING = "store_moving";

    private static final String STATE = "SELECT id, target, moved_at FROM moving";
    private static final String BEGIN =
            "INSERT INTO moving (one, id, target) VALUES (1, lower(hex(randomblob(16))), :target)";
    private static final String FORGET = "DELETE FROM moving";
    private static final String FORGET_CHANGES = "DELETE FROM moving_change";

    /** By SQLite's own clock, as the trigger asks it. */
    private static final String PAUSE =
            "UPDATE moving SET paused_until = unixepoch('subsec') * 1000 + :millis";

    private static final String GO_ON = "UPDATE moving SET paused_until = NULL";
    private static final String MOVED_NOW =
            "UPDATE moving SET moved_at = unixepoch('subsec') * 1000, paused_until = NULL";
    private static final String RUNNING = "SELECT count(*) FROM running";
    private static final String LAST_CHANGE = "SELECT coalesce(max(n), 0) FROM moving_change";
    private static final String CHANGES = "SELECT count(*) FROM moving_change WHERE n <= :upto";
    private static final String COPIED =
            "DELETE FROM moving_change WHERE part = :part AND n > :after AND n <= :upto";
    private static final String TRIGGERS =
            "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'moving\\_%'"
                    + " ESCAPE '\\'";
    private final SqliteOptions options;
    private final Db reading;
    private final Db writing;

    private SqliteMove(
            SqliteOptions options, SQLiteDataSource source, UnaryOperator<Connection> wire)
            throws SQLException {
        this.options = options;
        this.reading = new Db(wire.apply(source.getConnection()), SqliteSql.DIALECT);
        this.writing = new Db(wire.apply(source.getConnection()), SqliteSql.DIALECT);
    }

    /**
     * Opens the file, and migrates it first where that is needed; changes nothing else.
     *
     * @param wire what both connections pass through
     * @throws PawlException as {@link SqliteStore#open}
     */
    public static SqliteMove open(
            SqliteOptions options, Time time, UnaryOperator<Connection> wire) {
        SQLiteDataSource source = SqliteStore.source(options);
        try {
            SqliteSchema.migrate(source, options.file(), time);
            return new SqliteMove(options, source, wire);
        } catch (SQLException e) {
            throw SqliteErrors.of(e, options.file());
        }
    }

    /**
     * How far it is.
     *
     * @param id of the copy
     * @param target where the jobs go
     * @param moved whether they have gone
     */
    public record State(String id, String target, boolean moved) {}

    /** Empty where no copy is under way. */
    public Optional<State> state() {
        return read(SqliteMove::found);
    }

    private static Optional<State> found(Db db) throws SQLException {
        try (Rows rows = db.stmt(STATE).query()) {
            return rows.next()
                    ? Optional.of(new State(rows.text(1), rows.text(2), !rows.isNull(3)))
                    : Optional.empty();
        }
    }

    /** Notes what changes from now on; goes on with a copy to the same target. */
    public State begin(String target) {
        return write(() -> {
            Optional<State> before = found(writing);
            if (before.isPresent() && before.get().target().equals(target)) return before.get();
            forget();
            writing.stmt(BEGIN).text("target", target).update();
            for (CopiedTable table : CopiedTables.ALL) note(table);
            writing.execute(
                    """
                    CREATE TRIGGER moving_pause BEFORE INSERT ON running
                    WHEN EXISTS (SELECT 1 FROM moving WHERE paused_until > unixepoch('subsec') * 1000)
                    BEGIN SELECT RAISE(ABORT, '%s: %s'); END
                    """
                            .formatted(MOVING, quoted(target)));
            return found(writing).orElseThrow();
        });
    }

    /** Notes nothing any more, as if no copy had begun. */
    public void abandon() {
        write(() -> {
            forget();
            return true;
        });
    }

    private void forget() throws SQLException {
        dropTriggers();
        writing.stmt(FORGET_CHANGES).update();
        writing.stmt(FORGET).update();
    }

    private void dropTriggers() throws SQLException {
        var names = new ArrayList<String>();
        try (Rows rows = writing.stmt(TRIGGERS).query()) {
            while (rows.next()) names.add(rows.text(1));
        }
        for (String name : names) writing.execute("DROP TRIGGER " + name);
    }

    private void note(CopiedTable table) throws SQLException {
        note(table, "INSERT", "NEW.");
        note(table, "UPDATE", "NEW.");
        note(table, "DELETE", "OLD.");
    }

    /** A delete and an insert: the outer statement's ON CONFLICT would be used instead of ours. */
    private void note(CopiedTable table, String event, String row) throws SQLException {
        String names =
                IntStream.rangeClosed(1, table.keys()).mapToObj(i -> ", k" + i).collect(joining());
        String values =
                table.key().stream().map(column -> ", " + row + column.quoted()).collect(joining());
        writing.execute(
                """
                CREATE TRIGGER moving_%1$s_%2$s AFTER %2$s ON "%1$s" BEGIN
                  DELETE FROM moving_change WHERE part = '%1$s' AND %3$s;
                  INSERT INTO moving_change (part%4$s) VALUES ('%1$s'%5$s);
                END
                """
                        .formatted(table.name(), event, noted(table, "", row), names, values));
    }

    /** That a row of moving_change is about a row of the table; all of its key, for the index. */
    private static String noted(CopiedTable table, String change, String row) {
        var said = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            String column = change + "k" + (i + 1);
            String value = i < table.keys() ? row + table.columns().get(i).quoted() : "''";
            said.add(column + " = " + value);
        }
        return String.join(" AND ", said);
    }

    private static String quoted(String text) {
        return text.replace("'", "''");
    }

    // ---- Reading

    /** Reads all of it from one snapshot. */
    public <T> T snapshot(Read<T> read) {
        return read(db -> {
            db.beginRead();
            try {
                return read.from(db);
            } finally {
                db.commit();
            }
        });
    }

    /**
     * Rows in the order of their key, beginning after one.
     *
     * @param after empty for the first
     * @param settled leaves out those that have changed since they were copied
     * @param bite how much at once; always one row, where there is one
     */
    public static List<CopiedRow> page(
            Db db, CopiedTable table, Optional<CopiedRow> after, boolean settled, Bite bite)
            throws SQLException {
        String keys = names(table.key().stream().map(CopiedTable.Column::quoted).toList());
        String bound =
                names(IntStream.rangeClosed(1, table.keys()).mapToObj(i -> ":k" + i).toList());
        String sql =
                "SELECT %s FROM \"%s\" t WHERE %s%s ORDER BY %s LIMIT :max"
                        .formatted(
                                table.list("t."),
                                table.name(),
                                after.isPresent() ? "(%s) > (%s)".formatted(keys, bound) : "true",
                                settled ? " AND NOT EXISTS (" + change(table) + ")" : "",
                                keys);
        Stmt stmt = db.stmt(sql).set("max", bite.rows());
        if (after.isPresent()) table.bindKey(stmt, after.get());
        var page = new ArrayList<CopiedRow>();
        try (Rows rows = stmt.query()) {
            for (int size = 0; size < bite.bytes() && rows.next(); size += page.getLast().size())
                page.add(table.row(rows, 1));
        }
        return page;
    }

    private static String change(CopiedTable table) {
        return "SELECT 1 FROM moving_change c WHERE c.part = '%s' AND %s"
                .formatted(table.name(), noted(table, "c.", "t."));
    }

    private static String names(List<String> names) {
        return String.join(", ", names);
    }

    /** How much is read at once. */
    public record Bite(int rows, int bytes) {}

    /**
     * Rows that have changed.
     *
     * @param there as they are now
     * @param gone keys of those that are not there any more
     * @param upTo the number of the last change among them
     */
    public record Changed(List<CopiedRow> there, List<CopiedRow> gone, long upTo) {
        public int size() {
            return there.size() + gone.size();
        }
    }

    /** The number of the last change. */
    public static long lastChange(Db db) throws SQLException {
        return number(db.stmt(LAST_CHANGE));
    }

    /** How many rows have changed. */
    public long changes() {
        return read(db -> number(db.stmt(CHANGES).set("upto", Long.MAX_VALUE)));
    }

    /** How many attempts run. */
    public long running() {
        return read(db -> number(db.stmt(RUNNING)));
    }

    /** Rows of a table that have changed, in the order of the changes, after a number. */
    public static Changed changed(Db db, CopiedTable table, long after, long upTo, Bite bite)
            throws SQLException {
        var keys = new ArrayList<String>();
        var same = new ArrayList<String>();
        for (int i = 0; i < table.keys(); i++) {
            keys.add("c.k" + (i + 1));
            same.add("t." + table.columns().get(i).quoted() + " = c.k" + (i + 1));
        }
        String sql =
                """
                SELECT c.n, %s, %s FROM moving_change c LEFT JOIN "%s" t ON %s
                 WHERE c.part = :part AND c.n > :after AND c.n <= :upto ORDER BY c.n LIMIT :max
                """
                        .formatted(
                                names(keys),
                                table.list("t."),
                                table.name(),
                                String.join(" AND ", same));
        Stmt stmt =
                db.stmt(sql)
                        .text("part", table.name())
                        .set("after", after)
                        .set("upto", upTo)
                        .set("max", bite.rows());
        var there = new ArrayList<CopiedRow>();
        var gone = new ArrayList<CopiedRow>();
        long last = after;
        try (Rows rows = stmt.query()) {
            for (int size = 0; size < bite.bytes() && rows.next(); ) {
                last = rows.number(1);
                CopiedRow key = table.keyOf(rows, 2);
                int first = 2 + table.keys();
                CopiedRow row = rows.isNull(first) ? key : table.row(rows, first);
                (row == key ? gone : there).add(row);
                size += row.size();
            }
        }
        return new Changed(there, gone, last);
    }

    private static long number(Stmt stmt) throws SQLException {
        try (Rows rows = stmt.query()) {
            rows.next();
            return rows.number(1);
        }
    }

    // ---- Writing

    /** Forgets changes that have been copied. One that came later has a greater number. */
    public void copied(CopiedTable table, long after, long upTo) {
        write(() ->
                writing.stmt(COPIED)
                        .text("part", table.name())
                        .set("after", after)
                        .set("upto", upTo)
                        .update());
    }

    /** Lets nobody claim for a time, which ends by itself should this process be killed. */
    public void pause(Duration time) {
        write(() -> writing.stmt(PAUSE).set("millis", time.toMillis()).update());
    }

    public void goOn() {
        write(() -> writing.stmt(GO_ON).update());
    }

    /**
     * Does the last work while nobody else writes; then nobody writes ever again. Where the work
     * throws, all is as before.
     */
    public void last(Read<Boolean> work) {
        write(() -> {
            var _ = work.from(writing);
            String target = quoted(found(writing).orElseThrow().target());
            dropTriggers();
            for (CopiedTable table : CopiedTables.ALL)
                for (String event : List.of("INSERT", "UPDATE", "DELETE"))
                    writing.execute(
                            "CREATE TRIGGER moving_%1$s_%2$s BEFORE %2$s ON \"%1$s\" BEGIN SELECT RAISE(ABORT, '%3$s: %4$s'); END"
                                    .formatted(table.name(), event, MOVED, target));
            writing.stmt(FORGET_CHANGES).update();
            return writing.stmt(MOVED_NOW).update();
        });
    }

    /** What is done in a transaction of the writing connection. */
    private interface Work<T> {
        T done() throws SQLException;
    }

    private <T> T write(Work<T> work) {
        try {
            writing.begin();
            boolean done = false;
            try {
                T answer = work.done();
                writing.commit();
                done = true;
                return answer;
            } finally {
                if (!done) writing.rollback();
            }
        } catch (SQLException e) {
            throw SqliteErrors.of(e, options.file());
        }
    }

    private <T> T read(Read<T> read) {
        try {
            return read.from(reading);
        } catch (SQLException e) {
            throw SqliteErrors.of(e, options.file());
        }
    }

    /** Where the jobs of a file have gone; said by whoever opens it. */
    static void requireHere(Db db, SqliteOptions options) throws SQLException {
        Optional<State> state = found(db);
        if (state.isPresent() && state.get().moved())
            throw moved(options.file().toString(), state.get().target(), null);
    }

    static PawlException moved(
            String file, String target, @org.jspecify.annotations.Nullable SQLException cause) {
        String text =
                "the jobs of %s have moved to %s; use that with --store".formatted(file, target);
        return cause == null
                ? new PawlException(ErrorCode.STORE_MOVED, text)
                : new PawlException(ErrorCode.STORE_MOVED, text, cause);
    }

    @Override
    public void close() {
        try {
            reading.close();
            writing.close();
        } catch (SQLException e) {
            throw SqliteErrors.of(e, options.file());
        }
    }
}
