package dev.pawl.store;

import dev.pawl.core.Artifact;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Hit;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Kept;
import dev.pawl.core.Limit;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What hangs on a job's end, in the same transaction: followers are answered or one of them takes
 * the leader's place, children start or are cancelled. A child's end settles in turn; a queue, not
 * recursion, because a chain of jobs may be long.
 */
final class Settling {
    /** How a job's parents stand. */
    record Parents(int unfinished, int unsuccessful) {}

    /** What of a job's row its end needs. */
    private record Place(
            int lane,
            int priority,
            Instant runAt,
            String tenant,
            long reuseTtlMillis,
            boolean reuseErrors,
            String hash,
            boolean goOn) {
        boolean reuses() {
            return !hash.isEmpty() && reuseTtlMillis > 0;
        }

        Flights.Key flight() {
            return new Flights.Key(tenant, hash);
        }
    }

    private record Ended(JobId id, JobState state, String output) {}

    private final Tx tx;
    private final Deque<Ended> ended = new ArrayDeque<>();
    private boolean readied;

    private Settling(Tx tx) {
        this.tx = tx;
    }

    /**
     * Settles what hangs on this end.
     *
     * @param reuse whether anything can hang on it as a leader or a kept result
     * @return whether jobs became ready
     */
    static boolean settle(Tx tx, JobId id, JobState state, String output, boolean reuse)
            throws SQLException {
        var settling = new Settling(tx);
        if (reuse) settling.asLeader(new Ended(id, state, output));
        settling.asParent(id, state);
        while (!settling.ended.isEmpty()) {
            Ended next = settling.ended.poll();
            settling.asLeader(next);
            settling.asParent(next.id, next.state);
        }
        return settling.readied;
    }

    /**
     * A job that comes back from the dead answers nobody with its old error, and leads its flight
     * again, unless another does by now.
     */
    static void leadAgain(Tx tx, JobId id) throws SQLException {
        Place place = place(tx, id);
        if (place.hash.isEmpty()) return;
        tx.stmt(StoreSql.KEPT_DROP)
                .set("tenant", place.tenant)
                .set("hash", place.flight().bytes())
                .set("id", id.value())
                .update();
        if (place.reuses()) Flights.lead(tx, place.flight(), id);
    }

    /** Ends a job that never ran with a kept result; whoever calls it counts. */
    static JobState answer(Tx tx, Hit hit, int lane) throws SQLException {
        Kept kept = hit.kept();
        JobState state = answered(kept.state(), tx.now);
        addOutcome(tx, hit.job(), lane, state, null, kept.output(), kept.job());
        for (Artifact artifact : kept.artifacts()) addArtifact(tx, hit.job(), artifact);
        return state;
    }

    /** Whether that result is still kept for the job's input. */
    static boolean keeps(Tx tx, Hit hit) throws SQLException {
        Place place = place(tx, hit.job());
        return place.reuses()
                && Flights.kept(tx, place.flight()).filter(hit.kept().job()::equals).isPresent();
    }

    private static JobState answered(JobState source, Instant now) {
        return source instanceof JobState.Dead dead
                ? new JobState.Dead(now, 0, dead.kind())
                : new JobState.Succeeded(now, 0);
    }

    private void asLeader(Ended leader) throws SQLException {
        Place place = place(tx, leader.id);
        if (!place.reuses()) return;
        boolean led = Flights.land(tx, place.flight(), leader.id);
        boolean answers =
                switch (leader.state) {
                    case JobState.Succeeded _ -> true;
                    case JobState.Dead dead -> place.reuseErrors && dead.kind() == ErrorClass.USER;
                    case JobState.Waiting _,
                            JobState.Queued _,
                            JobState.Running _,
                            JobState.Cancelled _ ->
                            false;
                };
        if (answers)
            tx.stmt(StoreSql.KEPT_ADD)
                    .set("tenant", place.tenant)
                    .set("hash", place.flight().bytes())
                    .set("id", leader.id.value())
                    .set("lane", place.lane)
                    .set("until", tx.now.toEpochMilli() + place.reuseTtlMillis)
                    .update();
        if (!led) return;
        List<JobId> followers = ids(StoreSql.FOLLOWERS, leader.id);
        if (followers.isEmpty()) return;
        if (answers) for (JobId follower : followers) answer(follower, leader);
        else promote(followers.getFirst(), leader.id);
    }

    private void answer(JobId follower, Ended leader) throws SQLException {
        takeWaiting(follower);
        JobState state = answered(leader.state, tx.now);
        int lane = place(tx, follower).lane;
        tx.moved(follower, lane, JobState.Name.WAITING, state.name(), 0);
        addOutcome(tx, follower, lane, state, null, leader.output, leader.id);
        tx.stmt(StoreSql.ARTIFACTS_COPY)
                .set("id", follower.value())
                .set("from", leader.id.value())
                .update();
        // Nothing follows a follower, so only its children are left to settle.
        asParent(follower, state);
    }

    private void promote(JobId follower, JobId leader) throws SQLException {
        takeWaiting(follower);
        Place place = place(tx, follower);
        tx.stmt(StoreSql.FOLLOW)
                .set("leader", follower.value())
                .set("before", leader.value())
                .update();
        Flights.lead(tx, place.flight(), follower);
        start(follower, place);
    }

    private void asParent(JobId parent, JobState state) throws SQLException {
        for (JobId child : ids(StoreSql.CHILDREN_WAITING, parent)) {
            Place place = place(tx, child);
            if (!(state instanceof JobState.Succeeded) && !place.goOn) {
                takeWaiting(child);
                var cancelled = new JobState.Cancelled(tx.now, 0);
                tx.moved(child, place.lane, JobState.Name.WAITING, cancelled.name(), 0);
                addOutcome(tx, child, place.lane, cancelled, null, "", null);
                ended.add(new Ended(child, cancelled, ""));
            } else if (parents(tx, child).unfinished == 0) {
                takeWaiting(child);
                start(child, place);
            }
        }
    }

    private void start(JobId id, Place place) throws SQLException {
        Instant runAt = place.runAt.isAfter(tx.now) ? place.runAt : tx.now;
        tx.moved(id, place.lane, JobState.Name.WAITING, JobState.Name.QUEUED, 0);
        enqueue(tx, id, place.lane, place.priority, new JobState.Queued(runAt, 0, 0));
        readied |= !runAt.isAfter(tx.now);
    }

    private void takeWaiting(JobId id) throws SQLException {
        try (Rows rows = tx.stmt(StoreSql.WAITING_TAKE).set("id", id.value()).query()) {
            if (!rows.next()) throw new Moved("job " + id + " doesn't wait");
        }
    }

    private static Place place(Tx tx, JobId id) throws SQLException {
        try (Rows rows = tx.stmt(StoreSql.JOB_PLACE).set("id", id.value()).query()) {
            if (!rows.next()) throw new IllegalStateException("no job " + id);
            return new Place(
                    rows.integer(1),
                    rows.integer(2),
                    rows.instant(3),
                    rows.text(4),
                    rows.number(5),
                    rows.flag(6),
                    rows.hex(7),
                    rows.flag(8));
        }
    }

    private List<JobId> ids(String sql, JobId of) throws SQLException {
        var ids = new ArrayList<JobId>();
        try (Rows rows = tx.stmt(sql).set("id", of.value()).query()) {
            while (rows.next()) ids.add(new JobId(rows.uuid(1)));
        }
        return ids;
    }

    static Parents parents(Tx tx, JobId child) throws SQLException {
        int unfinished;
        try (Rows rows = tx.stmt(StoreSql.PARENTS_UNFINISHED).set("id", child.value()).query()) {
            rows.next();
            unfinished = rows.integer(1);
        }
        try (Rows rows = tx.stmt(StoreSql.PARENTS_UNSUCCESSFUL).set("id", child.value()).query()) {
            rows.next();
            return new Parents(unfinished, rows.integer(1));
        }
    }

    /** Puts a job into ready, or into later when it isn't due. */
    static void enqueue(Tx tx, JobId id, int lane, int priority, JobState.Queued queued)
            throws SQLException {
        String sql = queued.runAt().isAfter(tx.now) ? StoreSql.LATER_ADD : StoreSql.READY_ADD;
        Stmt add = tx.stmt(sql);
        if (sql.equals(StoreSql.READY_ADD)) add.set("limit_key", key(tx, id, lane));
        add.set("id", id.value())
                .set("lane", lane)
                .set("priority", priority)
                .set("run_at", queued.runAt())
                .set("attempt", queued.attempt())
                .set("failures", queued.failures())
                .update();
    }

    /** The key of a job's limit; 0 for none. */
    private static long key(Tx tx, JobId id, int lane) throws SQLException {
        Limit limit = tx.names.lane(tx.db(), tx.fresh, lane).limit();
        if (!limit.keyed()) return 0;
        try (Rows rows = tx.stmt(StoreSql.JOB_PLACE).set("id", id.value()).query()) {
            rows.next();
            return limit.of(rows.text(10)).keyNumber();
        }
    }

    static void addOutcome(
            Tx tx,
            JobId id,
            int lane,
            JobState state,
            @Nullable Instant startedAt,
            String output,
            @Nullable JobId cachedFrom)
            throws SQLException {
        tx.stmt(StoreSql.OUTCOME_ADD)
                .set("id", id.value())
                .set("lane", lane)
                .set("attempt", state.attempt())
                .set("state", code(state))
                .set("at", tx.now)
                .set("started_at", startedAt)
                .set("output", output)
                .set("class", state instanceof JobState.Dead dead ? dead.kind().wire() : "")
                .set("cached_from", cachedFrom == null ? null : cachedFrom.value())
                .update();
    }

    static void addArtifact(Tx tx, JobId id, Artifact artifact) throws SQLException {
        tx.stmt(StoreSql.ARTIFACT_ADD)
                .set("id", id.value())
                .text("name", artifact.name())
                .set("size", artifact.sizeBytes())
                .text("sha256", artifact.sha256())
                .text("media_type", artifact.mediaType())
                .update();
    }

    /** The state as outcome has it. */
    static int code(JobState state) {
        return switch (state) {
            case JobState.Succeeded _ -> 1;
            case JobState.Dead _ -> 2;
            case JobState.Cancelled _ -> 3;
            case JobState.Waiting _, JobState.Queued _, JobState.Running _ ->
                    throw new IllegalArgumentException(state + " is no end");
        };
    }
}
