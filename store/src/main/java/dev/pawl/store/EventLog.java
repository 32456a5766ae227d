package dev.pawl.store;

import dev.pawl.core.Event;
import dev.pawl.core.Events;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The events. A commit writes one row with all of its own, which costs one page whatever their
 * number. The order of the numbers is that in which commits could be seen, so that nobody who reads
 * on from a number misses a commit that comes late.
 */
public final class EventLog {
    /** 16 bytes of id, 4 of the lane, 1 of both states, 3 of the attempt. */
    public static final int BYTES = 24;

    /** In one row; a commit with more has several. */
    private static final int ROW_MAX = 1_000;

    private static final int NO_STATE = 15;
    private static final int ATTEMPT_MAX = (1 << 24) - 1;

    private EventLog() {}

    /** How many events a row's bytes hold. */
    public static int count(byte[] moves) {
        return moves.length / BYTES;
    }

    /** What one transaction does to jobs. */
    static final class Written {
        private ByteBuffer moves = ByteBuffer.allocate(8 * BYTES);
        private final Set<JobId> said = new LinkedHashSet<>();

        void moved(
                JobId id,
                int lane,
                JobState.@Nullable Name from,
                JobState.@Nullable Name to,
                int attempt) {
            if (moves.remaining() < BYTES)
                moves = ByteBuffer.allocate(2 * moves.capacity()).put(moves.flip());
            moves.putLong(id.value().getMostSignificantBits())
                    .putLong(id.value().getLeastSignificantBits())
                    .putInt(lane)
                    .putInt(code(from) << 28 | code(to) << 24 | Math.min(attempt, ATTEMPT_MAX));
        }

        /** An attempt's log or progress grew: one event for a commit. */
        void said(JobId id, int lane, int attempt) {
            if (said.add(id))
                moved(id, lane, JobState.Name.RUNNING, JobState.Name.RUNNING, attempt);
        }

        /** All of it, as rows keep it. */
        List<byte[]> rows() {
            var rows = new ArrayList<byte[]>(1);
            byte[] all = moves.array();
            int end = moves.position();
            for (int from = 0; from < end; from += ROW_MAX * BYTES)
                rows.add(Arrays.copyOfRange(all, from, Math.min(end, from + ROW_MAX * BYTES)));
            return rows;
        }
    }

    /** A row: the number before its first event, and its bytes. */
    private record Row(long before, Instant at, ByteBuffer moves) {
        static Row of(Rows rows) throws SQLException {
            byte @Nullable [] moves = rows.bytes(3);
            if (moves == null) throw new IllegalStateException("event row without moves");
            return new Row(
                    rows.number(1) - moves.length / BYTES, rows.instant(2), ByteBuffer.wrap(moves));
        }

        int count() {
            return moves.capacity() / BYTES;
        }
    }

    static long latest(Db db) throws SQLException {
        try (Rows rows = db.stmt(StoreSql.EVENT_LATEST).query()) {
            rows.next();
            return rows.number(1);
        }
    }

    static Events page(Db db, Names names, long after, int limit) throws SQLException {
        var events = new ArrayList<Event>();
        for (Row row : rows(db, after, limit))
            for (int i = 0; i < row.count() && events.size() < limit; i++)
                if (row.before + i + 1 > after) events.add(event(db, names, row, i));
        if (events.isEmpty()) return new Events(events, 0, Math.min(after, latest(db)));
        // Numbers have no holes but where they were forgotten.
        long missed = events.getFirst().number() - after - 1;
        return new Events(events, missed, events.getLast().number());
    }

    private static List<Row> rows(Db db, long after, int limit) throws SQLException {
        var found = new ArrayList<Row>();
        try (Rows rows =
                db.stmt(StoreSql.EVENTS_AFTER).set("after", after).set("limit", limit).query()) {
            for (int events = 0; events < limit && rows.next(); ) {
                Row row = Row.of(rows);
                found.add(row);
                events += (int) (row.count() - Math.max(0, after - row.before));
            }
        }
        return found;
    }

    static Events page(Db db, Names names, JobId id, long after, int limit) throws SQLException {
        long upTo = latest(db);
        var found = new ArrayList<Row>();
        try (Rows rows =
                db.stmt(StoreSql.EVENTS_OF_JOB)
                        .set("after", after)
                        .set("up_to", upTo)
                        .set("id", id.value())
                        .set("limit", limit)
                        .query()) {
            while (rows.next()) found.add(Row.of(rows));
        }
        // After the rows: what was forgotten meanwhile is called missed, not passed over.
        long missed = Math.max(0, forgotten(db).orElse(0) - after);
        var events = new ArrayList<Event>();
        for (Row row : found)
            for (int i = 0; i < row.count(); i++) {
                long number = row.before + i + 1;
                if (number <= after || !id.value().equals(job(row, i))) continue;
                if (events.size() == limit)
                    return new Events(events, missed, events.getLast().number());
                events.add(event(db, names, row, i));
            }
        if (found.size() == limit) upTo = found.getLast().before + found.getLast().count();
        return new Events(events, missed, upTo);
    }

    /** The number up to which all is forgotten. */
    private static OptionalLong forgotten(Db db) throws SQLException {
        try (Rows rows = db.stmt(StoreSql.EVENTS_OLDEST).set("limit", 1).query()) {
            return rows.next()
                    ? OptionalLong.of(rows.number(1) - rows.number(3) / BYTES)
                    : OptionalLong.empty();
        }
    }

    /** The number up to which a bite goes; empty when nothing is to be forgotten. */
    static OptionalLong bite(Db db, Instant until, long most, int max) throws SQLException {
        long latest = latest(db);
        OptionalLong bite = OptionalLong.empty();
        try (Rows rows = db.stmt(StoreSql.EVENTS_OLDEST).set("limit", max).query()) {
            while (rows.next()) {
                long number = rows.number(1);
                boolean over = rows.instant(2).isBefore(until) || number <= latest - most;
                if (!over || number == latest) break;
                bite = OptionalLong.of(number);
            }
        }
        return bite;
    }

    /** Forgets a bite; answers whether it was a full one. */
    static boolean prune(Tx tx, Instant until, long most, int max) throws SQLException {
        OptionalLong bite = bite(tx.db(), until, most, max);
        return bite.isPresent()
                && tx.stmt(StoreSql.EVENTS_DROP).set("up_to", bite.getAsLong()).update() == max;
    }

    private static Event event(Db db, Names names, Row row, int index) throws SQLException {
        int at = index * BYTES;
        Names.Lane lane = names.lane(db, new Names.Fresh(), row.moves.getInt(at + 16));
        int move = row.moves.getInt(at + 20);
        return new Event(
                row.before + index + 1,
                row.at,
                new JobId(job(row, index)),
                lane.queue(),
                lane.tool(),
                state(move >>> 28),
                state(move >>> 24 & 15),
                move & ATTEMPT_MAX);
    }

    private static UUID job(Row row, int index) {
        int at = index * BYTES;
        return new UUID(row.moves.getLong(at), row.moves.getLong(at + 8));
    }

    private static int code(JobState.@Nullable Name state) {
        return state == null ? NO_STATE : Codes.of(state);
    }

    private static JobState.@Nullable Name state(int code) {
        return code == NO_STATE ? null : Codes.state(code);
    }
}
