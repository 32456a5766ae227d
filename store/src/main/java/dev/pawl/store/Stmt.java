package dev.pawl.store;

import dev.pawl.core.JobId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A prepared statement whose parameters have names. Bindings stay until they are bound again. Ids
 * are bound as the database keeps them, instants as milliseconds, {@link Instant#MAX} and empty
 * text as null. Not thread-safe.
 */
public final class Stmt implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("(?<!:):([a-z][a-z0-9_]*)");

    /**
     * Read once: the statements are constants of the program, but for a few that lists put
     * together.
     */
    private static final Map<Written, Text> TEXTS = new ConcurrentHashMap<>();

    private record Written(Class<?> dialect, String sql) {}

    /** A statement as the driver takes it, and where its parameters are. */
    private record Text(String plain, Map<String, int[]> positions) {
        static Text of(Dialect dialect, String sql) {
            var positions = new HashMap<String, int[]>();
            var plain = new StringBuilder();
            Matcher matcher = NAME.matcher(dialect.text(sql));
            for (int position = 1; matcher.find(); position++) {
                positions.merge(matcher.group(1), new int[] {position}, Stmt::append);
                matcher.appendReplacement(plain, "?");
            }
            matcher.appendTail(plain);
            return new Text(plain.toString(), positions);
        }
    }

    private final PreparedStatement statement;
    private final Dialect dialect;
    private final Map<String, int[]> positions;
    private boolean failed;

    Stmt(Connection connection, Dialect dialect, String sql) throws SQLException {
        Text text =
                TEXTS.computeIfAbsent(
                        new Written(dialect.getClass(), sql), _ -> Text.of(dialect, sql));
        this.dialect = dialect;
        positions = text.positions;
        statement = connection.prepareStatement(text.plain);
    }

    public Stmt set(String name, long value) throws SQLException {
        for (int position : at(name)) statement.setLong(position, value);
        return this;
    }

    public Stmt set(String name, double value) throws SQLException {
        for (int position : at(name)) statement.setDouble(position, value);
        return this;
    }

    public Stmt set(String name, @Nullable String value) throws SQLException {
        String kept = value == null || value.isEmpty() ? null : dialect.write(value);
        for (int position : at(name)) statement.setString(position, kept);
        return this;
    }

    /** Binds text that may be empty and is never null. */
    public Stmt text(String name, String value) throws SQLException {
        String kept = dialect.write(value);
        for (int position : at(name)) statement.setString(position, kept);
        return this;
    }

    public Stmt set(String name, @Nullable Instant value) throws SQLException {
        if (value == null || value.equals(Instant.MAX)) return setNull(name);
        return set(name, value.toEpochMilli());
    }

    public Stmt set(String name, @Nullable UUID value) throws SQLException {
        if (value == null) return setNull(name);
        for (int position : at(name)) dialect.bind(statement, position, value);
        return this;
    }

    /** Binds :now, where the database has no clock of its own. */
    Stmt clock(Supplier<Instant> clock) throws SQLException {
        return positions.containsKey("now") ? set("now", clock.get()) : this;
    }

    public Stmt set(String name, byte @Nullable [] value) throws SQLException {
        for (int position : at(name)) statement.setBytes(position, value);
        return this;
    }

    /**
     * Binds an array, where the database knows such; elements may be null.
     *
     * @param type of its elements, as the database calls it
     */
    public Stmt set(String name, String type, List<?> values) throws SQLException {
        for (int position : at(name)) dialect.bind(statement, position, type, values);
        return this;
    }

    /**
     * Binds :ids, and :least and :greatest of them: tables with none between aren't looked into.
     */
    Stmt ids(List<UUID> ids) throws SQLException {
        List<JobId> sorted = ids.stream().map(JobId::new).sorted().toList();
        var none = new UUID(0, 0);
        return set("ids", "uuid", ids)
                .set("least", ids.isEmpty() ? none : sorted.getFirst().value())
                .set("greatest", ids.isEmpty() ? none : sorted.getLast().value());
    }

    public Stmt setNull(String name) throws SQLException {
        for (int position : at(name)) statement.setNull(position, Types.NULL);
        return this;
    }

    /** Runs it; answers how many rows were touched. */
    public int update() throws SQLException {
        try {
            return statement.executeUpdate();
        } catch (SQLException e) {
            failed = true;
            throw e;
        }
    }

    /** Runs it; the rows are read, and closed, before the statement runs again. */
    public Rows query() throws SQLException {
        try {
            return new Rows(statement.executeQuery(), dialect);
        } catch (SQLException e) {
            failed = true;
            throw e;
        }
    }

    /** Whether it has failed once: the SQLite driver ends most statements that do. */
    boolean failed() {
        return failed;
    }

    private int[] at(String name) {
        int[] found = positions.get(name);
        if (found == null) throw new IllegalArgumentException("no parameter :" + name);
        return found;
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }

    private static int[] append(int[] known, int[] more) {
        int[] all = java.util.Arrays.copyOf(known, known.length + 1);
        all[known.length] = more[0];
        return all;
    }
}
