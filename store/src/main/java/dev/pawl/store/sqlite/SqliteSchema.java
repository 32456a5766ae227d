package dev.pawl.store.sqlite;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Time;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings a database file to this program's schema, and refuses one that is newer. */
final class SqliteSchema {
    /** The newest migration beside this class. */
    static final int VERSION = 10;

    private static final Duration LOCK_POLL = Duration.ofMillis(20);

    private SqliteSchema() {}

    /**
     * Migrates under a lock that processes share. Flyway takes a third of a second to look, so it
     * is asked only when there is something to do.
     */
    static void migrate(DataSource source, Path file, Time time) throws SQLException {
        if (version(source, file) == VERSION) return;
        Path lockFile = file.resolveSibling(file.getFileName() + ".migrate");
        try (var channel =
                        FileChannel.open(
                                lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = lock(channel, time)) {
            if (version(source, file) == VERSION) return;
            Flyway.configure()
                    .loggers("slf4j")
                    .dataSource(source)
                    .locations("classpath:dev/pawl/store/sqlite")
                    .load()
                    .migrate();
        } catch (IOException e) {
            throw new PawlException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "folder %s can't be written; check its owner and mode"
                            .formatted(file.toAbsolutePath().getParent()),
                    e);
        } catch (FlywayException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause())
                if (cause instanceof SQLException sql) throw SqliteErrors.of(sql, file);
            throw e;
        }
    }

    private static FileLock lock(FileChannel channel, Time time) throws IOException {
        while (true) {
            try {
                return channel.lock();
            } catch (OverlappingFileLockException e) {
                // Another thread of this process migrates the same file.
                try {
                    time.sleep(LOCK_POLL);
                } catch (InterruptedException interrupt) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted", interrupt);
                }
            }
        }
    }

    /** The file's schema version; 0 for a new file. */
    private static int version(DataSource source, Path file) throws SQLException {
        int version = 0;
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            // One look: between two another process may begin to migrate a fresh file.
            try (ResultSet rows =
                    statement.executeQuery(
                            "SELECT name FROM sqlite_schema WHERE type = 'table'"
                                    + " ORDER BY name <> 'flyway_schema_history' LIMIT 1")) {
                if (!rows.next()) return 0;
                if (!rows.getString(1).equals("flyway_schema_history"))
                    throw foreign(file, rows.getString(1));
            }
            try (ResultSet rows =
                    statement.executeQuery(
                            "SELECT max(CAST(version AS INTEGER)) FROM flyway_schema_history"
                                    + " WHERE success = 1")) {
                if (rows.next()) version = rows.getInt(1);
            }
        }
        if (version > VERSION)
            throw new PawlException(
                    ErrorCode.SCHEMA_NEWER,
                    "database %s has schema %d, this program knows %d; use a newer pawl"
                            .formatted(file, version, VERSION));
        return version;
    }

    private static PawlException foreign(Path file, String table) {
        return new PawlException(
                ErrorCode.STORE_CORRUPT,
                "database %s is not one of Pawl's (it has a table %s); use another folder, or move it away"
                        .formatted(file, table));
    }
}
