package dev.pawl.store.sqlite;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Time;
import dev.pawl.store.Migrations;
import dev.pawl.store.SchemaPlan;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.sqlite.SQLiteDataSource;

/**
 * Brings a database file to this program's schema, and refuses one that is newer and says that
 * older programs can't use it.
 */
final class SqliteSchema {
    /** The newest migration beside this class. */
    static final int VERSION = 14;

    private static final Duration LOCK_POLL = Duration.ofMillis(20);

    private SqliteSchema() {}

    /** What {@link #migrate} would do. A file that is not there is not made. */
    static SchemaPlan plan(DataSource source, Path file) throws SQLException {
        boolean made = Files.exists(file);
        int found = made ? version(source, file) : 0;
        if (found >= VERSION) return new SchemaPlan(file.toString(), found, VERSION, List.of());
        DataSource looked = made ? source : inMemory();
        return new SchemaPlan(file.toString(), found, VERSION, migrations(looked, file).pending());
    }

    private static DataSource inMemory() {
        var source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite::memory:");
        return source;
    }

    private static Migrations migrations(DataSource source, Path file) {
        return new Migrations(source, file.toString(), "dev/pawl/store/sqlite");
    }

    /** Migrates under a lock that processes share. */
    static void migrate(DataSource source, Path file, Time time) throws SQLException {
        if (version(source, file) >= VERSION) return;
        Path lockFile = file.resolveSibling(file.getFileName() + ".migrate");
        try (var channel =
                        FileChannel.open(
                                lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock _ = lock(channel, time)) {
            if (version(source, file) >= VERSION) return;
            migrations(source, file).run();
        } catch (IOException e) {
            throw new PawlException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "folder %s can't be written; check its owner and mode"
                            .formatted(file.toAbsolutePath().getParent()),
                    e);
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
            if (version <= VERSION || compatibleFrom(statement) <= VERSION) return version;
        }
        throw new PawlException(
                ErrorCode.SCHEMA_NEWER,
                "database %s has schema %d, this program knows %d; use a newer pawl"
                        .formatted(file, version, VERSION));
    }

    /** The oldest schema whose programs may go on with the newer one that is there. */
    private static int compatibleFrom(Statement statement) throws SQLException {
        try (ResultSet rows =
                statement.executeQuery("SELECT 1 FROM sqlite_schema WHERE name = 'meta'")) {
            if (!rows.next()) return Integer.MAX_VALUE;
        }
        try (ResultSet rows =
                statement.executeQuery(
                        "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'compatible_from'")) {
            return rows.next() ? rows.getInt(1) : Integer.MAX_VALUE;
        }
    }

    private static PawlException foreign(Path file, String table) {
        return new PawlException(
                ErrorCode.STORE_CORRUPT,
                "database %s is not one of Pawl's (it has a table %s); use another folder, or move it away"
                        .formatted(file, table));
    }
}
