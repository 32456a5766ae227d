package dev.pawl.store.original;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * An original's database, open for reading: PostgreSQL, or a file of SQLite. Blocks for its I/O;
 * not thread-safe. No message has a password in it.
 */
public final class OriginalDatabase implements AutoCloseable {
    private static final String CONNECT_SECONDS = "10";
    private static final String READ_SECONDS = "300";
    private static final int BUSY_MILLIS = 10_000;
    private static final Pattern POSTGRES =
            Pattern.compile("(?:jdbc:)?postgres(?:ql)?(?:\\+\\w+)?://(?:([^@/]*)@)?([^@]+)");
    private static final Pattern SQLITE =
            Pattern.compile("(?:jdbc:)?sqlite(?:\\+\\w+)?:(?:///)?(.+)");
    private static final Pattern FILE = Pattern.compile("file:(?://)?(.+)");

    private final Connection connection;
    private final Dialect dialect;
    private final String name;

    private OriginalDatabase(Connection connection, Dialect dialect, String name) {
        this.connection = connection;
        this.dialect = dialect;
        this.name = name;
    }

    /**
     * Opens what the URL names: {@code postgresql://USER:PASSWORD@HOST:PORT/DATABASE}, {@code
     * sqlite:///FILE} as SQLAlchemy writes it, each also with {@code jdbc:} before it, or {@code
     * file:FILE}.
     *
     * @param folder relative paths are relative to it
     * @throws PawlException {@link ErrorCode#CONFIGURATION_INVALID} for a URL, a user or a database
     *     that is none, {@link ErrorCode#SERVER_UNREACHABLE} where nobody answers
     */
    public static OriginalDatabase open(String url, Path folder) {
        var postgres = POSTGRES.matcher(url);
        if (postgres.matches()) {
            String login = postgres.group(1);
            return postgres(login == null ? "" : login, postgres.group(2));
        }
        var sqlite = SQLITE.matcher(url);
        if (sqlite.matches()) return sqlite(folder, sqlite.group(1));
        var file = FILE.matcher(url);
        if (file.matches()) return sqlite(folder, file.group(1));
        throw invalid(
                "the URL names no database that can be read; want"
                        + " postgresql://USER:PASSWORD@HOST:PORT/DATABASE or sqlite:///FILE");
    }

    private static OriginalDatabase postgres(String login, String rest) {
        String shown = rest.replaceFirst("\\?.*", "");
        var properties = new Properties();
        int colon = login.indexOf(':');
        if (!login.isEmpty())
            properties.setProperty("user", plain(colon < 0 ? login : login.substring(0, colon)));
        if (colon >= 0) properties.setProperty("password", plain(login.substring(colon + 1)));
        properties.setProperty("loginTimeout", CONNECT_SECONDS);
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("socketTimeout", READ_SECONDS);
        properties.setProperty("readOnly", "true");
        properties.setProperty("ApplicationName", "pawl import");
        try {
            // By name: the driver's classes have annotations of a library that isn't here.
            Connection connection =
                    DriverManager.getConnection("jdbc:postgresql://" + rest, properties);
            return new OriginalDatabase(connection, Dialect.POSTGRES, shown);
        } catch (SQLException e) {
            throw refused(shown, e);
        }
    }

    /** As it was before it was written into a URL. */
    private static String plain(String encoded) {
        return java.net.URLDecoder.decode(
                encoded.replace("+", "%2B"), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static PawlException refused(String shown, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        // It would tell the whole URL, which may have a password in it.
        if (line(e).startsWith("No suitable driver"))
            throw invalid("%s is no address of a PostgreSQL database".formatted(shown));
        return switch (state) {
            case "28P01", "28000", "08004" ->
                    invalid(
                            "database %s lets this user not in; check user and password of the URL"
                                    .formatted(shown),
                            e);
            case "3D000" -> invalid("there is no database %s".formatted(shown), e);
            default ->
                    new PawlException(
                            ErrorCode.SERVER_UNREACHABLE,
                            "database %s can't be reached: %s".formatted(shown, line(e)),
                            e);
        };
    }

    private static OriginalDatabase sqlite(Path folder, String path) {
        Path file = folder.resolve(path.replaceFirst("\\?.*", ""));
        // The driver would make a new one.
        if (!Files.isRegularFile(file))
            throw invalid("there is no database file %s".formatted(file));
        var config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_MILLIS);
        var source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        try {
            return new OriginalDatabase(source.getConnection(), Dialect.SQLITE, file.toString());
        } catch (SQLException e) {
            throw invalid("file %s can't be read: %s".formatted(file, line(e)), e);
        }
    }

    /** Where it is, without the user. */
    public String name() {
        return name;
    }

    /** What is done with each row of a query. */
    interface Row {
        void read(ResultSet rows) throws SQLException;
    }

    /** Reads all rows, one after another. */
    void each(String sql, Row row, Object... parameters) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) statement.setObject(i + 1, parameters[i]);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) row.read(rows);
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** The text; empty for null. */
    static String text(ResultSet rows, int column) throws SQLException {
        String value = rows.getString(column);
        return value == null ? "" : value;
    }

    /** Milliseconds since 1970 as a time; null for null. */
    static @Nullable Instant time(ResultSet rows, int column) throws SQLException {
        long millis = rows.getLong(column);
        return rows.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    Dialect dialect() {
        return dialect;
    }

    /** The columns of a table; none when there is no such table. */
    Set<String> columns(String table) {
        var columns = new HashSet<String>();
        try (Statement statement = connection.createStatement();
                ResultSet none =
                        statement.executeQuery("SELECT * FROM %s WHERE 1 = 0".formatted(table))) {
            ResultSetMetaData about = none.getMetaData();
            for (int i = 1; i <= about.getColumnCount(); i++)
                columns.add(about.getColumnLabel(i).toLowerCase(Locale.ROOT));
            return columns;
        } catch (SQLException e) {
            boolean missing = "42P01".equals(e.getSQLState()) || line(e).contains("no such table");
            if (missing) return Set.of();
            throw failed(e);
        }
    }

    /** The columns of a table that has to have these. */
    Set<String> columns(String table, List<String> wanted) {
        Set<String> columns = columns(table);
        if (columns.isEmpty())
            throw invalid(
                    "database %s has no table %s that may be read; is it the original's?"
                            .formatted(name, table));
        for (String column : wanted)
            if (!columns.contains(column))
                throw invalid(
                        "table %s of database %s has no column %s; is it the original's?"
                                .formatted(table, name, column));
        return columns;
    }

    private PawlException failed(SQLException e) {
        return new PawlException(
                ErrorCode.SERVER_UNREACHABLE,
                "database %s can't be read on: %s; what was brought so far is kept, run it again"
                        .formatted(name, line(e)),
                e);
    }

    private static PawlException invalid(String message) {
        return new PawlException(ErrorCode.CONFIGURATION_INVALID, message);
    }

    private static PawlException invalid(String message, Exception cause) {
        return new PawlException(ErrorCode.CONFIGURATION_INVALID, message, cause);
    }

    private static String line(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw failed(e);
        }
    }
}
