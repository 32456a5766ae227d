package dev.pawl.store;

import dev.pawl.core.AttemptEnd;
import dev.pawl.core.End;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobError;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Reclaimed;
import dev.pawl.core.Renewal;
import dev.pawl.core.Renewed;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Token;
import dev.pawl.core.Written;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;

/** The writes that time brings: due and expired jobs, leases renewed and taken back. */
final class TimeWrites {
    private TimeWrites() {}

    static Renewed renew(Tx tx, Renewal renewal) throws SQLException {
        var alive = new HashSet<LeaseId>();
        for (LeaseId lease : renewal.held()) {
            int touched =
                    tx.stmt(StoreSql.LEASE_RENEW)
                            .set("until", tx.now.plus(renewal.ttl()))
                            .set("lease", lease.value())
                            .set("worker", renewal.worker())
                            .update();
            if (touched > 0) alive.add(lease);
        }
        boolean drain;
        try (Rows rows =
                tx.stmt(StoreSql.WORKER_SEEN)
                        .set("now", tx.now)
                        .set("worker", renewal.worker())
                        .query()) {
            drain = rows.next() && rows.flag(1);
        }
        var stop = new HashSet<Token>();
        try (Rows rows =
                tx.stmt(StoreSql.STOPPING_OF_WORKER).set("worker", renewal.worker()).query()) {
            while (rows.next()) {
                var lease = new LeaseId(rows.uuid(3));
                if (alive.contains(lease))
                    stop.add(new Token(new JobId(rows.uuid(1)), rows.integer(2), lease));
            }
        }
        return new Renewed(alive, stop, drain);
    }

    static int promote(Tx tx, int max) throws SQLException {
        record Due(JobId id, Instant at, int lane, int priority, int attempt, int failures) {}
        var due = new ArrayList<Due>();
        try (Rows rows = tx.stmt(StoreSql.DUE).set("now", tx.now).set("max", max).query()) {
            while (rows.next())
                due.add(
                        new Due(
                                new JobId(rows.uuid(1)),
                                rows.instant(2),
                                rows.integer(3),
                                rows.integer(4),
                                rows.integer(5),
                                rows.integer(6)));
        }
        for (Due job : due) {
            try (Rows rows = tx.stmt(StoreSql.LATER_TAKE).set("id", job.id.value()).query()) {
                if (!rows.next()) throw new Moved("job " + job.id + " is not in later");
            }
            var queued = new JobState.Queued(job.at, job.attempt, job.failures);
            Settling.enqueue(tx, job.id, job.lane, job.priority, queued);
        }
        return due.size();
    }

    static int expire(Tx tx, int max) throws SQLException {
        var over = new ArrayList<JobId>();
        try (Rows rows = tx.stmt(StoreSql.EXPIRED).set("now", tx.now).set("max", max).query()) {
            while (rows.next()) over.add(new JobId(rows.uuid(1)));
        }
        int dead = 0;
        for (JobId id : over) {
            int dropped = tx.stmt(StoreSql.EXPIRY_DROP).set("id", id.value()).update();
            if (dropped > 0 && expire(tx, id)) dead++;
        }
        return dead;
    }

    private static boolean expire(Tx tx, JobId id) throws SQLException {
        JobState state = Reading.state(tx.db(), id).orElse(null);
        return switch (state) {
            case null -> false;
            case JobState.Waiting s -> expire(tx, id, s);
            case JobState.Queued s when s.failures() == 0 -> expire(tx, id, s);
            case JobState.Queued _ -> false;
            case JobState.Running _ -> throw new Moved("job " + id + " runs");
            case JobState.Succeeded _, JobState.Dead _, JobState.Cancelled _ -> false;
        };
    }

    private static boolean expire(Tx tx, JobId id, JobState before) throws SQLException {
        OutsideWrites.remove(tx, id, before);
        var dead = new JobState.Dead(tx.now, before.attempt(), ErrorClass.EXPIRED);
        OutsideWrites.endFromOutside(
                tx, id, before, dead, "expired: its time to live ended before it started");
        return true;
    }

    static List<Lease> leases(Tx tx) throws SQLException {
        return Reading.leases(tx.db());
    }

    static void forfeit(Tx tx, String worker) throws SQLException {
        tx.stmt(StoreSql.FORFEIT).set("now", tx.now).set("worker", worker).update();
    }

    /** Looks at the lease again before it takes it back: it may have been renewed since. */
    static int reclaim(Tx tx, Lease seen, Function<Reclaimed, JobState> decide)
            throws SQLException {
        try (Rows rows = tx.stmt(StoreSql.LEASE_FIND).set("lease", seen.id().value()).query()) {
            if (!rows.next()) return 0;
            Instant until = rows.instant(2);
            if (!until.equals(seen.until()) || until.isAfter(tx.now)) return 0;
        }
        int moved = 0;
        int left = 0;
        for (Reclaimed job : running(tx, seen)) {
            JobState to = decide.apply(job);
            if (to instanceof JobState.Running) left++;
            else moved += moved(EndWrites.end(tx, lost(job, to, seen)));
        }
        if (left > 0) return moved;
        tx.stmt(StoreSql.STOPPING_DROP).set("lease", seen.id().value()).update();
        tx.stmt(StoreSql.LEASE_END).set("lease", seen.id().value()).update();
        return moved;
    }

    private static int moved(Written written) {
        return written instanceof Written.Done ? 1 : 0;
    }

    private static End lost(Reclaimed job, JobState to, Lease seen) {
        var error =
                new JobError(
                        ErrorClass.LEASE_LOST,
                        "lease lost: worker \"%s\" did not renew it until %s"
                                .formatted(seen.worker(), seen.until()));
        return new End(
                job.token(), AttemptEnd.How.LEASE_LOST, to, seen.worker(), error, "", List.of());
    }

    private static List<Reclaimed> running(Tx tx, Lease lease) throws SQLException {
        var lost = new ArrayList<Reclaimed>();
        try (Rows rows =
                tx.stmt(StoreSql.RUNNING_OF_LEASE).set("lease", lease.id().value()).query()) {
            while (rows.next()) {
                var token = new Token(new JobId(rows.uuid(1)), rows.integer(2), lease.id());
                var state = new JobState.Running(lease, rows.integer(2), rows.integer(3));
                lost.add(new Reclaimed(token, state, RetryPolicy.parse(rows.text(4))));
            }
        }
        return lost;
    }
}
