package dev.pawl.store;

import dev.pawl.core.JobId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;

/**
 * A row of ready: a job that is due.
 *
 * @param attempt how many attempts it has had
 * @param key of its limit; 0 for none
 */
public record Head(
        int lane, int priority, Instant runAt, JobId id, int attempt, int failures, long key) {
    /** The order in which claims take heads. */
    public static final Comparator<Head> CLAIM_ORDER = Head::inClaimOrder;

    private static int inClaimOrder(Head one, Head other) {
        if (one.priority != other.priority) return one.priority > other.priority ? -1 : 1;
        int byTime = one.runAt.compareTo(other.runAt);
        return byTime != 0 ? byTime : one.id.compareTo(other.id);
    }

    /** The number of the attempt that a claim makes of it. */
    public int nextAttempt() {
        return attempt + 1;
    }

    /** The row that {@code rows} stands at, its columns in this record's order. */
    public static Head of(Rows rows) throws SQLException {
        return new Head(
                rows.integer(1),
                rows.integer(2),
                rows.instant(3),
                new JobId(rows.uuid(4)),
                rows.integer(5),
                rows.integer(6),
                rows.number(7));
    }
}
