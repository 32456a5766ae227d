package dev.pawl.testkit.sim;

import dev.pawl.core.JobId;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Everything in the file that says where jobs are, at one moment: one statement. */
final class Picture {
    record LeaseRow(String worker, long until) {}

    record StoppingRow(UUID lease, int attempt) {}

    record Flight(String tenant, String hash) {}

    record KeptRow(JobId job, long until) {}

    record Cell(int lane, int state) {}

    private static final String READ =
            """
            SELECT 1, id, 0, 0, NULL, leader, 0, 0, NULL FROM waiting
            UNION ALL SELECT 2, id, attempt, failures, NULL, NULL, run_at, 0, NULL FROM ready
            UNION ALL SELECT 3, id, attempt, failures, NULL, NULL, due, 0, NULL FROM later
            UNION ALL SELECT 4, id, attempt, failures, lease, NULL, started_at, 0, NULL FROM running
            UNION ALL SELECT 5, id, attempt, 0, NULL, cached_from, at, state, class FROM outcome
            UNION ALL SELECT 6, id, attempt, 0, lease, NULL, 0, 0, NULL FROM stopping
            UNION ALL SELECT 7, id, 0, 0, NULL, NULL, valid_until, 0, worker FROM lease
            UNION ALL SELECT 8, NULL, lane, state, NULL, NULL, jobs, 0, NULL FROM counter
            UNION ALL SELECT 9, job_id, 0, 0, hash, NULL, 0, 0, tenant FROM flight
            UNION ALL SELECT 10, job_id, 0, 0, hash, NULL, valid_until, 0, tenant FROM kept
            UNION ALL SELECT 11, id, lane, 0, NULL, NULL, 0, 0, NULL FROM job
            UNION ALL SELECT 12, job_id, 0, 0, NULL, NULL, 0, 0, tenant || ' ' || key
                        FROM idempotency
            """;

    static final Picture EMPTY = new Picture();

    final Map<JobId, Place> places = new TreeMap<>();
    final List<JobId> doubled = new ArrayList<>();
    final Map<JobId, Integer> lanes = new HashMap<>();
    final Map<JobId, StoppingRow> stopping = new HashMap<>();
    final Map<UUID, LeaseRow> leases = new HashMap<>();
    final Map<Flight, JobId> flights = new HashMap<>();
    final Map<Flight, KeptRow> kept = new HashMap<>();
    final Map<Cell, Long> counters = new HashMap<>();
    final Map<String, JobId> keys = new HashMap<>();

    private Picture() {}

    static PreparedStatement prepare(Connection connection) throws SQLException {
        return connection.prepareStatement(READ);
    }

    static Picture read(PreparedStatement statement) throws SQLException {
        var picture = new Picture();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) picture.add(row, row.getInt(1));
        }
        return picture;
    }

    boolean unfinished(JobId id) {
        Place place = places.get(id);
        return place != null && !place.ended();
    }

    boolean holds(JobId id, int attempt, UUID lease) {
        Place place = places.get(id);
        return place != null
                && place.running()
                && place.attempt() == attempt
                && lease.equals(place.lease());
    }

    private void add(ResultSet row, int kind) throws SQLException {
        switch (kind) {
            case 1 -> place(row, Place.Kind.WAITING);
            case 2 -> place(row, Place.Kind.READY);
            case 3 -> place(row, Place.Kind.LATER);
            case 4 -> place(row, Place.Kind.RUNNING);
            case 5 -> place(row, Place.Kind.OUTCOME);
            case 6 -> stopping.put(job(row), new StoppingRow(needed(row, 5), row.getInt(3)));
            case 7 -> leases.put(needed(row, 2), new LeaseRow(row.getString(9), row.getLong(7)));
            case 8 -> counters.put(new Cell(row.getInt(3), row.getInt(4)), row.getLong(7));
            case 9 -> flights.put(flight(row), job(row));
            case 10 -> kept.put(flight(row), new KeptRow(job(row), row.getLong(7)));
            case 11 -> lanes.put(job(row), row.getInt(3));
            default -> keys.put(row.getString(9), job(row));
        }
    }

    private void place(ResultSet row, Place.Kind where) throws SQLException {
        UUID other = uuid(row, 6);
        String kind = row.getString(9);
        var place =
                new Place(
                        where,
                        row.getInt(3),
                        row.getInt(4),
                        row.getLong(7),
                        row.getInt(8),
                        kind == null ? "" : kind,
                        where == Place.Kind.RUNNING ? needed(row, 5) : null,
                        other == null ? null : new JobId(other));
        if (places.put(job(row), place) != null) doubled.add(job(row));
    }

    private static Flight flight(ResultSet row) throws SQLException {
        return new Flight(row.getString(9), HexFormat.of().formatHex(row.getBytes(5)));
    }

    private static JobId job(ResultSet row) throws SQLException {
        return new JobId(needed(row, 2));
    }

    private static UUID needed(ResultSet row, int column) throws SQLException {
        UUID value = uuid(row, column);
        if (value == null) throw new AssertionError("column " + column + " is null");
        return value;
    }

    private static @Nullable UUID uuid(ResultSet row, int column) throws SQLException {
        byte[] bytes = row.getBytes(column);
        if (bytes == null) return null;
        var buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
