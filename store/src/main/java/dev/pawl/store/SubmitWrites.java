package dev.pawl.store;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.Hit;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.NewJob;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Stores new jobs: each with its row in job and its place in its life. */
final class SubmitWrites {
    /** As many as one row has events of. */
    private static final int ARRIVALS_MAX = 1_000;

    private SubmitWrites() {}

    static List<Submitted> submit(Tx tx, List<NewJob> jobs) throws SQLException {
        Optional<Batches> batches = tx.db().dialect().batches();
        var answers = new ArrayList<Submitted>(jobs.size());
        var plain = new ArrayList<NewJob>();
        for (NewJob job : jobs) {
            if (batches.isPresent() && plain(tx, job)) {
                plain.add(job);
                continue;
            }
            // Those before it come first: it may be a child of one of them.
            addTogether(tx, batches, plain, answers);
            answers.add(submit(tx, job));
        }
        addTogether(tx, batches, plain, answers);
        return answers;
    }

    /** Whether nothing keeps the job from its queue, nor can refuse it. */
    private static boolean plain(Tx tx, NewJob job) throws SQLException {
        return plain(job) && depthMax(tx, job.submission().queue()) == Integer.MAX_VALUE;
    }

    /** The same but for its queue's cap. */
    static boolean plain(NewJob job) {
        Submission s = job.submission();
        return s.idempotencyKey().isEmpty()
                && s.parents().isEmpty()
                && s.by() == null
                && job.answer().isEmpty()
                && !s.sharesFlight();
    }

    /** The jobs with all that is known of them beforehand, if one statement can store them. */
    static Optional<Batches.Arrivals> arrivals(Names names, List<NewJob> jobs) {
        if (jobs.isEmpty() || jobs.size() > ARRIVALS_MAX) return Optional.empty();
        var fresh = new ArrayList<Batches.Fresh>(jobs.size());
        var events = new EventLog.Written();
        var counts = new HashMap<Integer, Integer>();
        for (NewJob job : jobs) {
            Submission s = job.submission();
            OptionalInt policy = names.known(s.retry());
            Optional<Names.Lane> lane = names.known(s.queue(), s.tool(), s.limit());
            if (!plain(job) || policy.isEmpty() || lane.isEmpty()) return Optional.empty();
            int laneId = lane.get().id();
            var asked = new JobState.Queued(s.runAt(), 0, 0);
            fresh.add(new Batches.Fresh(job, laneId, policy.getAsInt(), asked));
            events.moved(job.id(), laneId, null, JobState.Name.QUEUED, 0);
            counts.merge(laneId, 1, Integer::sum);
        }
        var deltas = new ArrayList<Delta>(counts.size());
        counts.forEach((lane, n) -> deltas.add(new Delta(lane, JobState.Name.QUEUED, n, 0, 0)));
        var moves = ByteBuffer.wrap(events.rows().getFirst());
        return Optional.of(new Batches.Arrivals(fresh, moves, ByteBuffer.wrap(Delta.pack(deltas))));
    }

    /** What the jobs are that were stored at this moment. */
    static List<Submitted> accepted(List<NewJob> jobs, Instant now) {
        return jobs.stream()
                .<Submitted>map(job -> {
                    Instant asked = job.submission().runAt();
                    Instant runAt = asked.isAfter(now) ? asked : now;
                    return new Submitted.Accepted(job.id(), new JobState.Queued(runAt, 0, 0));
                })
                .toList();
    }

    private static void addTogether(
            Tx tx, Optional<Batches> batches, List<NewJob> jobs, List<Submitted> answers)
            throws SQLException {
        if (batches.isEmpty() || jobs.isEmpty()) return;
        var fresh = new ArrayList<Batches.Fresh>(jobs.size());
        for (NewJob job : jobs) {
            Submission s = job.submission();
            Instant runAt = s.runAt().isAfter(tx.now) ? s.runAt() : tx.now;
            int policy = tx.names.policy(tx.db(), tx.fresh, s.retry());
            var queued = new JobState.Queued(runAt, 0, 0);
            fresh.add(new Batches.Fresh(job, lane(tx, s).id(), policy, queued));
        }
        Set<JobId> added = batches.get().add(tx, fresh);
        for (Batches.Fresh one : fresh) {
            JobId id = one.job().id();
            // The same id twice in one call: the second is there already.
            if (added.remove(id)) {
                tx.moved(id, one.lane(), null, JobState.Name.QUEUED, 0);
                answers.add(new Submitted.Accepted(id, one.queued()));
            } else answers.add(new Submitted.Existing(id));
        }
        jobs.clear();
    }

    private static Submitted submit(Tx tx, NewJob job) throws SQLException {
        Submission s = job.submission();
        // Everything that can refuse comes before the first write of the job's own rows.
        if (!s.idempotencyKey().isEmpty()) {
            Optional<Submitted> known = known(tx, s);
            if (known.isPresent()) return known.get();
        }
        Optional<Submitted> refused = refused(tx, job);
        // A second call with the same id, after an answer that was lost, finds the first's rows.
        if (refused.isPresent())
            return exists(tx, job.id()) ? new Submitted.Existing(job.id()) : refused.get();
        Names.Lane lane = lane(tx, s);
        if (!addJob(tx, job.id(), s, lane, tx.now)) return new Submitted.Existing(job.id());
        return new Submitted.Accepted(job.id(), place(tx, job, lane));
    }

    private static Optional<Submitted> refused(Tx tx, NewJob job) throws SQLException {
        Submission s = job.submission();
        if (s.by() != null && !EndWrites.held(tx, s.by()))
            return Optional.of(
                    new Submitted.Refused(ErrorCode.LEASE_LOST, EndWrites.whereNow(tx, s.by())));
        for (JobId parent : s.parents())
            if (!exists(tx, parent))
                return Optional.of(
                        new Submitted.Refused(
                                ErrorCode.PARENT_NOT_FOUND, "parent " + parent + " doesn't exist"));
        return job.answer().isPresent() ? Optional.empty() : full(tx, lane(tx, s));
    }

    static Names.Lane lane(Tx tx, Submission s) throws SQLException {
        return tx.names.lane(tx.db(), tx.fresh, s.queue(), s.tool(), s.limit());
    }

    private static Optional<Submitted> known(Tx tx, Submission s) throws SQLException {
        try (Rows rows =
                tx.stmt(StoreSql.IDEMPOTENCY_FIND)
                        .set("tenant", s.tenant())
                        .set("key", s.idempotencyKey())
                        .query()) {
            if (!rows.next()) return Optional.empty();
            var first = new JobId(rows.uuid(1));
            if (Arrays.equals(rows.bytes(2), bodyHash(s)))
                return Optional.of(new Submitted.Existing(first));
            return Optional.of(
                    new Submitted.Refused(
                            ErrorCode.IDEMPOTENCY_CONFLICT,
                            "idempotency key \"%s\" was used for job %s with another tool or input"
                                    .formatted(s.idempotencyKey(), first)));
        }
    }

    private static Optional<Submitted> full(Tx tx, Names.Lane lane) throws SQLException {
        int max = depthMax(tx, lane.queue());
        if (max == Integer.MAX_VALUE) return Optional.empty();
        Dialect.Depth known = tx.db().dialect().depth(tx, lane.queue());
        long depth = known.counted();
        for (Names.Lane other : tx.names.lanes(tx.db(), tx.fresh).values())
            if (other.queue().equals(lane.queue()))
                depth +=
                        tx.unfinishedDelta(other.id())
                                + Delta.unfinished(known.untold(), other.id());
        if (depth < max) return Optional.empty();
        return Optional.of(
                new Submitted.Refused(
                        ErrorCode.QUEUE_FULL,
                        "queue \"%s\" holds %d unfinished jobs, its cap is %d; try again later"
                                .formatted(lane.queue(), depth, max)));
    }

    private static int depthMax(Tx tx, String queue) throws SQLException {
        Integer known = tx.depths.get(queue);
        if (known != null) return known;
        try (Rows rows = tx.stmt(StoreSql.DEPTH_MAX).set("queue", queue).query()) {
            int max = rows.next() ? rows.integer(1) : Integer.MAX_VALUE;
            tx.depths.put(queue, max);
            return max;
        }
    }

    /** Writes what was submitted; answers whether that id was free. */
    static boolean addJob(Tx tx, JobId id, Submission s, Names.Lane lane, Instant submittedAt)
            throws SQLException {
        int added =
                tx.stmt(StoreSql.JOB_ADD)
                        .set("id", id.value())
                        .set("lane", lane.id())
                        .set("policy", tx.names.policy(tx.db(), tx.fresh, s.retry()))
                        .set("priority", s.priority())
                        .set("run_at", s.runAt())
                        .set("submitted_at", submittedAt)
                        .set("tenant", s.tenant())
                        .set("ttl", s.ttl().toMillis())
                        .set("go_on", s.goOn() ? 1 : 0)
                        .set("parents", s.parents().size())
                        .set("reuse_ttl", s.reuse().ttl().toMillis())
                        .set("reuse_errors", s.reuse().userErrors() ? 1 : 0)
                        .set("hash", hash(s))
                        .set("key_parts", s.key().parts())
                        .set("tags", String.join(" ", s.tags()))
                        .set("correlation_id", s.correlationId())
                        .set("traceparent", s.traceparent())
                        .set("owner", s.owner())
                        .set("causation", s.causation())
                        .set("idempotency_key", s.idempotencyKey())
                        .set("limit_value", s.limit().key().value())
                        .text("input", s.input())
                        .update();
        if (added == 0) return false;
        for (String tag : s.tags())
            tx.stmt(StoreSql.TAG_ADD).set("tag", tag).set("id", id.value()).update();
        for (JobId parent : s.parents()) {
            tx.hold(parent);
            tx.stmt(StoreSql.EDGE_ADD).set("parent", parent.value()).set("id", id.value()).update();
        }
        if (!s.idempotencyKey().isEmpty()) addKey(tx, id, s);
        return true;
    }

    private static void addKey(Tx tx, JobId id, Submission s) throws SQLException {
        int added =
                tx.stmt(StoreSql.IDEMPOTENCY_ADD)
                        .set("tenant", s.tenant())
                        .set("key", s.idempotencyKey())
                        .set("id", id.value())
                        .set("body_hash", bodyHash(s))
                        .update();
        if (added == 0) throw new Moved("key \"" + s.idempotencyKey() + "\" is taken");
    }

    /** Puts the new job where its life begins. */
    private static JobState place(Tx tx, NewJob job, Names.Lane lane) throws SQLException {
        Submission s = job.submission();
        if (job.answer().isPresent()) {
            JobState end = Settling.answer(tx, new Hit(job.id(), job.answer().get()), lane.id());
            tx.moved(job.id(), lane.id(), null, end.name(), 0);
            return end;
        }
        if (!s.ttl().isZero())
            tx.stmt(StoreSql.EXPIRY_SET)
                    .set("at", tx.now.plus(s.ttl()))
                    .set("id", job.id().value())
                    .update();
        if (s.sharesFlight()) {
            var flight = new Flights.Key(s.tenant(), s.key().hash());
            Optional<JobId> leader = Flights.leader(tx, flight);
            if (leader.isPresent()) return waiting(tx, job, lane, leader);
            if (!Flights.lead(tx, flight, job.id())) throw new Moved("another leads");
        }
        if (!s.parents().isEmpty()) {
            Settling.Parents parents = Settling.parents(tx, job.id());
            if (parents.unsuccessful() > 0 && !s.goOn()) {
                tx.moved(job.id(), lane.id(), null, JobState.Name.CANCELLED, 0);
                var cancelled = new JobState.Cancelled(tx.now, 0);
                Settling.addOutcome(tx, job.id(), lane.id(), cancelled, null, "", null);
                return cancelled;
            }
            if (parents.unfinished() > 0) return waiting(tx, job, lane, Optional.empty());
        }
        Instant runAt = s.runAt().isAfter(tx.now) ? s.runAt() : tx.now;
        var queued = new JobState.Queued(runAt, 0, 0);
        tx.moved(job.id(), lane.id(), null, JobState.Name.QUEUED, 0);
        Settling.enqueue(tx, job.id(), lane.id(), s.priority(), queued);
        return queued;
    }

    private static JobState waiting(Tx tx, NewJob job, Names.Lane lane, Optional<JobId> leader)
            throws SQLException {
        tx.moved(job.id(), lane.id(), null, JobState.Name.WAITING, 0);
        tx.stmt(StoreSql.WAITING_ADD)
                .set("id", job.id().value())
                .set("leader", leader.map(JobId::value).orElse(null))
                .update();
        return Reading.state(tx.db(), job.id())
                .orElseThrow(() -> new IllegalStateException("no " + job.id()));
    }

    private static boolean exists(Tx tx, JobId id) throws SQLException {
        try (Rows rows = tx.stmt(StoreSql.JOB_EXISTS).set("id", id.value()).query()) {
            return rows.next();
        }
    }

    private static byte @Nullable [] hash(Submission s) {
        return s.key().hash().isEmpty() ? null : HexFormat.of().parseHex(s.key().hash());
    }

    /** What makes a second use of an idempotency key the same: tool and input. */
    private static byte[] bodyHash(Submission s) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            sha.update(s.tool().toString().getBytes(StandardCharsets.UTF_8));
            sha.update((byte) 0);
            String input = s.key().hash().isEmpty() ? s.input() : s.key().hash();
            return sha.digest(input.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
