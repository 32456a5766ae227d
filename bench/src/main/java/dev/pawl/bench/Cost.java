package dev.pawl.bench;

import dev.pawl.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * What has been spent up to a moment.
 *
 * @param nanos of the clock that all processes share
 * @param peerMicros of CPU, by the processes of the job system
 * @param serverMicros of CPU, by all processes of PostgreSQL
 * @param walBytes written by PostgreSQL
 */
record Cost(long nanos, long peerMicros, long serverMicros, long walBytes) {
    /** The kernel counts in hundredths of a second. */
    private static final long TICK_MICROS = 10_000;

    static Cost now(PostgresServer server, List<PeerProcess> peers)
            throws IOException, SQLException {
        long peerMicros = 0;
        for (PeerProcess peer : peers) peerMicros += micros(peer.pid());
        long serverMicros = micros(server.pid());
        for (ProcessHandle process :
                ProcessHandle.of(server.pid()).orElseThrow().descendants().toList())
            serverMicros += micros(process.pid());
        return new Cost(Jobs.TIME.nanos(), peerMicros, serverMicros, wal(server));
    }

    /** Its own time and that of its children that ended. */
    private static long micros(long pid) throws IOException {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The name, in brackets, may have blanks. After it, utime is the twelfth word.
            String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long ticks = 0;
            for (int i = 11; i <= 14; i++) ticks += Long.parseLong(words[i]);
            return ticks * TICK_MICROS;
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private static long wal(PostgresServer server) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.url());
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** What each of so many jobs has cost since an earlier moment, in words. */
    String since(Cost earlier, int jobs) {
        double peer = (double) (peerMicros - earlier.peerMicros) / jobs;
        double server = (double) (serverMicros - earlier.serverMicros) / jobs;
        return "%.0f + %.0f = %.0f µs CPU, %,d B WAL a job"
                .formatted(peer, server, peer + server, (walBytes - earlier.walBytes) / jobs);
    }
}
