package dev.pawl.store.postgres;

import dev.pawl.store.Db;
import dev.pawl.store.Delta;
import dev.pawl.store.EventLog;
import dev.pawl.store.Rows;
import dev.pawl.store.Stmt;
import dev.pawl.store.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Gives committed rows of events their numbers, and the counters what the rows say. Whoever does it
 * holds the one row of event_head until its commit, so numbers are seen in their order, without
 * holes: who reads on from the last number it saw misses none, however late a commit came.
 */
final class EventNumbers {
    /** Rows in one transaction. */
    private static final int ROWS_MAX = 2_000;

    private record Place(int lane, int state) {}

    /**
     * What there is to do about events.
     *
     * @param unnumbered whether any waits for its number
     * @param oldest the number of the oldest one, 0 when there is none
     * @param at when that was
     * @param latest the number of the newest one
     */
    record Glance(boolean unnumbered, long oldest, Instant at, long latest) {
        boolean mayPrune(Instant until, long most) {
            return oldest > 0 && (at.isBefore(until) || oldest <= latest - most);
        }
    }

    private EventNumbers() {}

    static Glance glance(Db db) throws SQLException {
        try (Rows rows = db.stmt(EventSql.EVENTS_GLANCE).query()) {
            rows.next();
            return new Glance(
                    rows.flag(1),
                    rows.number(2),
                    Instant.ofEpochMilli(rows.number(3)),
                    rows.number(4));
        }
    }

    /** Numbers what this transaction can see; says whether there may be more. */
    static boolean give(Tx tx) throws SQLException {
        long last;
        try (Rows rows = tx.stmt(EventSql.EVENT_HEAD).query()) {
            rows.next();
            last = rows.number(1);
        }
        var seqs = new ArrayList<Long>();
        var numbers = new ArrayList<Long>();
        var empty = new ArrayList<Long>();
        var counts = new HashMap<Place, Delta>();
        try (Rows rows = tx.stmt(EventSql.EVENTS_UNNUMBERED).set("limit", ROWS_MAX).query()) {
            while (rows.next()) {
                int events = rows.integer(2) / EventLog.BYTES;
                last += events;
                if (events == 0) {
                    empty.add(rows.number(1));
                } else {
                    seqs.add(rows.number(1));
                    numbers.add(last);
                }
                byte[] deltas = rows.bytes(3);
                if (deltas == null) continue;
                for (Delta delta : Delta.unpack(deltas))
                    counts.merge(new Place(delta.lane(), delta.stateCode()), delta, Delta::plus);
            }
        }
        if (seqs.isEmpty() && empty.isEmpty()) return false;
        if (!empty.isEmpty()) tx.stmt(EventSql.EVENTS_FORGET).set("seqs", "int8", empty).update();
        tx.stmt(EventSql.EVENTS_NUMBER)
                .set("seqs", "int8", seqs)
                .set("numbers", "int8", numbers)
                .update();
        tx.stmt(EventSql.EVENT_HEAD_SET).set("last", last).update();
        add(tx, counts);
        return seqs.size() + empty.size() == ROWS_MAX;
    }

    private static void add(Tx tx, Map<Place, Delta> counts) throws SQLException {
        List<Delta> deltas = List.copyOf(counts.values());
        if (deltas.isEmpty()) return;
        Stmt stmt = tx.stmt(EventSql.COUNTS_ADD);
        stmt.set("lanes", "int4", deltas.stream().map(Delta::lane).toList());
        stmt.set("states", "int4", deltas.stream().map(Delta::stateCode).toList());
        stmt.set("jobs", "int8", longs(deltas, Delta::jobs));
        stmt.set("runs", "int8", longs(deltas, Delta::runs));
        stmt.set("millis", "int8", longs(deltas, Delta::millis));
        stmt.update();
    }

    private static List<Long> longs(List<Delta> deltas, ToLongFunction<Delta> what) {
        return deltas.stream().map(what::applyAsLong).toList();
    }
}
