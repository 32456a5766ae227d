package dev.pawl.testkit.sim;

import dev.pawl.core.JobId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Everything in the database that says where jobs are, at one moment: one statement. */
final class Picture {
    record LeaseRow(String worker, long until) {}

    record StoppingRow(UUID lease, int attempt) {}

    record Flight(String tenant, String hash) {}

    record KeptRow(JobId job, long until) {}

    record Cell(int lane, int state) {}

    /** As one text: a row of its own for each would take longer than all the rest. */
    private static final String READ =
            """
            SELECT group_concat(line, char(10)) FROM (
            SELECT format('1|%s|0|0||%s|0|0|', hex(id), hex(leader)) AS line FROM waiting
            UNION ALL SELECT format('2|%s|%d|%d|||%d|0|', hex(id), attempt, failures, run_at) FROM ready
            UNION ALL SELECT format('3|%s|%d|%d|||%d|0|', hex(id), attempt, failures, due) FROM later
            UNION ALL SELECT format('4|%s|%d|%d|%s||%d|0|', hex(id), attempt, failures, hex(lease), started_at)
                        FROM running
            UNION ALL SELECT format('5|%s|%d|0||%s|%d|%d|%s', hex(id), attempt, hex(cached_from), at, state, class)
                        FROM outcome
            UNION ALL SELECT format('6|%s|%d|0|%s||0|0|', hex(id), attempt, hex(lease)) FROM stopping
            UNION ALL SELECT format('7|%s|0|0|||%d|0|%s', hex(id), valid_until, worker) FROM lease
            UNION ALL SELECT format('8||%d|%d|||%d|0|', lane, state, jobs) FROM counter
            UNION ALL SELECT format('9|%s|0|0|%s||0|0|%s', hex(job_id), hex(hash), tenant) FROM flight
            UNION ALL SELECT format('10|%s|0|0|%s||%d|0|%s', hex(job_id), hex(hash), valid_until, tenant) FROM kept
            UNION ALL SELECT format('11|%s|%d|0|||0|0|', hex(id), lane) FROM job
            UNION ALL SELECT format('12|%s|0|0|||0|0|%s %s', hex(job_id), tenant, key) FROM idempotency)
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

    static PreparedStatement prepare(Connection connection, Ground ground) throws SQLException {
        return connection.prepareStatement(ground.picture(READ));
    }

    static Picture read(PreparedStatement statement) throws SQLException {
        var picture = new Picture();
        try (ResultSet row = statement.executeQuery()) {
            String text = row.next() ? row.getString(1) : null;
            if (text != null) text.lines().forEach(picture::add);
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

    private void add(String line) {
        var row = new Row(line);
        switch (row.number(0)) {
            case 1 -> place(row, Place.Kind.WAITING);
            case 2 -> place(row, Place.Kind.READY);
            case 3 -> place(row, Place.Kind.LATER);
            case 4 -> place(row, Place.Kind.RUNNING);
            case 5 -> place(row, Place.Kind.OUTCOME);
            case 6 -> stopping.put(row.job(), new StoppingRow(row.needed(4), row.number(2)));
            case 7 -> leases.put(row.needed(1), new LeaseRow(row.text(8), row.big(6)));
            case 8 -> counters.put(new Cell(row.number(2), row.number(3)), row.big(6));
            case 9 -> flights.put(row.flight(), row.job());
            case 10 -> kept.put(row.flight(), new KeptRow(row.job(), row.big(6)));
            case 11 -> lanes.put(row.job(), row.number(2));
            default -> keys.put(row.text(8), row.job());
        }
    }

    private void place(Row row, Place.Kind where) {
        UUID other = row.uuid(5);
        var place =
                new Place(
                        where,
                        row.number(2),
                        row.number(3),
                        row.big(6),
                        row.number(7),
                        row.text(8),
                        where == Place.Kind.RUNNING ? row.needed(4) : null,
                        other == null ? null : new JobId(other));
        if (places.put(row.job(), place) != null) doubled.add(row.job());
    }

    /** One line of what {@link #READ} answers, taken apart. */
    private static final class Row {
        private static final int COLUMNS = 9;
        private final String line;
        private final int[] begins = new int[COLUMNS + 1];

        Row(String line) {
            this.line = line;
            for (int i = 1; i < COLUMNS; i++) begins[i] = line.indexOf('|', begins[i - 1]) + 1;
            begins[COLUMNS] = line.length() + 1;
        }

        String text(int column) {
            return line.substring(begins[column], begins[column + 1] - 1);
        }

        int number(int column) {
            return Math.toIntExact(big(column));
        }

        long big(int column) {
            return Long.parseLong(line, begins[column], begins[column + 1] - 1, 10);
        }

        JobId job() {
            return new JobId(needed(1));
        }

        Flight flight() {
            return new Flight(text(8), text(4).toLowerCase(Locale.ROOT));
        }

        UUID needed(int column) {
            UUID value = uuid(column);
            if (value == null) throw new AssertionError("column " + column + " of " + line);
            return value;
        }

        @Nullable UUID uuid(int column) {
            int at = begins[column];
            if (at == begins[column + 1] - 1) return null;
            return new UUID(
                    Long.parseUnsignedLong(line, at, at + 16, 16),
                    Long.parseUnsignedLong(line, at + 16, at + 32, 16));
        }
    }
}
