package dev.pawl.testkit.sim;

import dev.pawl.core.Store;
import dev.pawl.core.Time;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.store.sqlite.SqliteStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** A file of its own. */
record SqliteGround(Path file) implements Ground {
    private record Opened(SqliteStore real) implements Access {
        @Override
        public Store store() {
            return real;
        }

        @Override
        public List<String> violations() {
            return real.violations();
        }

        @Override
        public void close() {
            real.close();
        }
    }

    @Override
    public Access open(Time time, Wire wire) {
        var options =
                new SqliteOptions(file, SqliteOptions.Synchronous.NORMAL, Duration.ofSeconds(5), 1);
        return new Opened(SqliteStore.open(options, time, wire));
    }

    @Override
    public Connection look() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    @Override
    public String version() {
        return "PRAGMA data_version";
    }

    @Override
    public String picture(String sqlite) {
        return sqlite;
    }

    @Override
    public void bind(PreparedStatement statement, UUID id) throws SQLException {
        statement.setBytes(
                1,
                ByteBuffer.allocate(16)
                        .putLong(id.getMostSignificantBits())
                        .putLong(id.getLeastSignificantBits())
                        .array());
    }
}
