package dev.pawl.store;

import static java.util.stream.Collectors.joining;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A table that goes from one store to another, row by row.
 *
 * @param name the same in both
 * @param columns the same in both; those of the key come first
 * @param keys how many columns are the key
 * @param conflict what the target knows a row again by
 */
public record CopiedTable(String name, List<Column> columns, int keys, String conflict) {
    /** What a column holds; both databases' types hold the same values. */
    public enum Kind {
        ID,
        NUMBER,
        REAL,
        TEXT,
        BYTES
    }

    public record Column(String name, Kind kind) {
        /** As a statement names it: some are words of SQL. */
        public String quoted() {
            return '"' + name + '"';
        }
    }

    public CopiedTable {
        columns = List.copyOf(columns);
    }

    static CopiedTable of(String name, int keys, Column... columns) {
        List<Column> all = List.of(columns);
        String conflict =
                all.stream().limit(keys).map(Column::quoted).collect(joining(", ", "(", ")"));
        return new CopiedTable(name, all, keys, conflict);
    }

    CopiedTable knownBy(String other) {
        return new CopiedTable(name, columns, keys, other);
    }

    public List<Column> key() {
        return columns.subList(0, keys);
    }

    /** The columns of {@code alias}, with a comma between. */
    public String list(String alias) {
        return columns.stream().map(column -> alias + column.quoted()).collect(joining(", "));
    }

    /** That the rows of two aliases have the same key. */
    public String sameKey(String one, String other) {
        return key().stream()
                .map(column -> one + column.quoted() + " = " + other + column.quoted())
                .collect(joining(" AND "));
    }

    /** The row that a query has from its column {@code first} on. */
    public CopiedRow row(Rows rows, int first) throws SQLException {
        return new CopiedRow(this, values(rows, first, columns));
    }

    /** Only its key, from {@code first} on. */
    public CopiedRow keyOf(Rows rows, int first) throws SQLException {
        return new CopiedRow(this, values(rows, first, key()));
    }

    private static List<@Nullable Object> values(Rows rows, int first, List<Column> columns)
            throws SQLException {
        var values = new ArrayList<@Nullable Object>(columns.size());
        for (int i = 0; i < columns.size(); i++)
            values.add(value(rows, first + i, columns.get(i).kind()));
        return values;
    }

    private static @Nullable Object value(Rows rows, int column, Kind kind) throws SQLException {
        if (rows.isNull(column)) return null;
        return switch (kind) {
            case ID -> rows.uuid(column);
            case NUMBER -> rows.number(column);
            case REAL -> rows.real(column);
            case TEXT -> rows.text(column);
            case BYTES -> rows.hex(column);
        };
    }

    /** Binds a key's values to {@code :k1}, {@code :k2} and so on. */
    public void bindKey(Stmt stmt, CopiedRow row) throws SQLException {
        for (int i : IntStream.range(0, keys).toArray()) {
            String name = "k" + (i + 1);
            Object value = row.value(i);
            switch (value) {
                case java.util.UUID id -> stmt.set(name, id);
                case Long number -> stmt.set(name, number);
                case String text when columns.get(i).kind() == Kind.BYTES ->
                        stmt.set(name, java.util.HexFormat.of().parseHex(text));
                case String text -> stmt.text(name, text);
                case null, default -> throw new IllegalStateException("key is " + value);
            }
        }
    }
}
