package dev.pawl.store;

import dev.pawl.core.Claim;
import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Hit;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Submission;
import dev.pawl.core.Token;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Leases due jobs. A claim goes by lanes, so that jobs which this worker can't run, or which are
 * paused or over a limit, never stand in the way, however many there are.
 */
final class ClaimWrites {
    /** Lanes in one statement; SQLite allows 500 terms in a compound SELECT. */
    private static final int LANES_MAX = 100;

    /** Jobs that a claim moves because their time has come; more wait for the next one. */
    private static final int BATCH_MAX = 256;

    /** More wait for the next claim. */
    private static final int FOLLOWING_MAX = BATCH_MAX;

    private final Tx tx;
    private final Claim claim;
    private final Lease lease;
    private final Map<Integer, Names.Lane> lanes;
    private final Set<String> paused;
    private final List<Taken> taken = new ArrayList<>();

    /** Those that a kept result would answer: they stay in ready. */
    private final Map<JobId, Claimed.Answerable> answerable = new LinkedHashMap<>();

    /** Free slots by limit, as this claim goes on. */
    private final Map<Integer, Integer> free = new HashMap<>();

    /** How many jobs began to follow another. */
    private int following;

    /** Whether the lease is stored. */
    private boolean leased;

    /** Whether the page was put together from pages of lanes. */
    private boolean merged;

    /** A row of running. */
    private record Held(JobId id, int lane, JobState.Running state, Instant startedAt) {}

    private final Optional<Batches> batches;

    /** Read in one statement, where there are {@link #batches}. */
    private final Map<JobId, Submission> submissions = new HashMap<>();

    /** To be written in one statement. */
    private final List<Batches.Begun> begun = new ArrayList<>();

    private record Taken(Head head, ClaimedJob job) {}

    /**
     * What a claim looks at first.
     *
     * @param due when the first job of later is
     * @param expiry when the first job's time to live ends
     * @param lane the newest one's number
     */
    private record Outlook(Instant due, Instant expiry, int lane, Set<String> paused) {
        static Outlook of(Tx tx) throws SQLException {
            try (Rows rows = tx.stmt(StoreSql.OUTLOOK).query()) {
                rows.next();
                String paused = rows.text(4);
                return new Outlook(
                        moment(rows, 1),
                        moment(rows, 2),
                        rows.integer(3),
                        paused.isEmpty() ? Set.of() : Set.of(paused.split(" ")));
            }
        }

        private static Instant moment(Rows rows, int column) throws SQLException {
            return rows.isNull(column) ? Instant.MAX : rows.instant(column);
        }
    }

    /** What became of a head. */
    private enum Fate {
        LEASED,
        ANSWERABLE,
        FOLLOWS
    }

    private ClaimWrites(Tx tx, Claim claim, Outlook outlook) throws SQLException {
        this.tx = tx;
        this.claim = claim;
        this.lease = new Lease(claim.lease(), claim.worker(), tx.now.plus(claim.ttl()));
        this.batches = tx.db().dialect().batches();
        this.lanes = tx.names.lanes(tx.db(), tx.fresh, outlook.lane);
        this.paused = outlook.paused;
    }

    static Claimed claim(Tx tx, Claim claim) throws SQLException {
        forgetSpent(tx, claim);
        Outlook outlook = Outlook.of(tx);
        if (!outlook.expiry.isAfter(tx.now)) TimeWrites.expire(tx, BATCH_MAX);
        boolean due = !outlook.due.isAfter(tx.now);
        if (due) TimeWrites.promote(tx, BATCH_MAX);
        var writes = new ClaimWrites(tx, claim, outlook);
        for (Claim.Want want : claim.wants()) writes.take(want);
        if (claim.wants().size() > 1)
            writes.taken.sort(Comparator.comparing(Taken::head, Head.CLAIM_ORDER));
        if (!writes.taken.isEmpty() && !writes.leased) writes.addLease();
        return new Claimed(
                writes.taken.stream().map(Taken::job).toList(),
                List.copyOf(writes.answerable.values()),
                writes.following < FOLLOWING_MAX ? due ? nextDue(tx) : outlook.due : tx.now);
    }

    /** Answers jobs that a claim called answerable, if they and what is kept are still there. */
    static List<JobId> answer(Tx tx, List<Hit> hits) throws SQLException {
        var answered = new ArrayList<JobId>();
        for (Hit hit : hits) if (answer(tx, hit)) answered.add(hit.job());
        return answered;
    }

    private static boolean answer(Tx tx, Hit hit) throws SQLException {
        Head head;
        try (Rows rows = tx.stmt(StoreSql.READY_FIND).set("id", hit.job().value()).query()) {
            if (!rows.next()) return false;
            head = Head.of(rows);
        }
        if (head.attempt() > 0 || !Settling.keeps(tx, hit)) return false;
        if (!leaveReady(tx, head)) return false;
        JobState end = Settling.answer(tx, hit, head.lane());
        tx.moved(hit.job(), head.lane(), JobState.Name.QUEUED, end.name(), 0);
        Settling.settle(tx, hit.job(), end, hit.kept().output(), false);
        return true;
    }

    /** What runs under a lease, as the claim that took it answered. */
    static List<ClaimedJob> claimed(Tx tx, LeaseId id, String worker) throws SQLException {
        var running = new ArrayList<Held>();
        try (Rows rows =
                tx.stmt(StoreSql.CLAIMED_UNDER)
                        .set("lease", id.value())
                        .set("worker", worker)
                        .query()) {
            while (rows.next()) {
                var lease = new Lease(id, worker, rows.instant(6));
                var state = new JobState.Running(lease, rows.integer(3), rows.integer(4));
                var job = new JobId(rows.uuid(1));
                running.add(new Held(job, rows.integer(2), state, rows.instant(5)));
            }
        }
        var jobs = new ArrayList<ClaimedJob>(running.size());
        for (Held job : running) {
            Names.Lane lane = tx.names.lane(tx.db(), tx.fresh, job.lane);
            var token = new Token(job.id, job.state.attempt(), id);
            Submission submission = Submissions.of(tx, job.id, lane);
            jobs.add(new ClaimedJob(token, submission, job.state, job.startedAt));
        }
        return jobs;
    }

    private void addLease() throws SQLException {
        tx.stmt(StoreSql.LEASE_ADD)
                .set("lease", claim.lease().value())
                .set("worker", claim.worker())
                .set("until", lease.until())
                .update();
    }

    /**
     * Takes what is plain in one statement; answers how many are still wanted, 0 when no more are
     * there.
     */
    private int takeTogether(Claim.Want want) throws SQLException {
        if (batches.isEmpty() || !want.only().isEmpty()) return want.max();
        var mine = new ArrayList<Integer>();
        for (Names.Lane lane : lanes.values()) {
            if (!served(lane, want)) continue;
            if (lane.limitId() != 0) return want.max();
            mine.add(lane.id());
        }
        if (mine.isEmpty()) return 0;
        Batches.Taken together = batches.get().begin(tx, claim, mine, want.max());
        for (Batches.Started job : together.jobs()) {
            leased = true;
            begun(job.head(), job.submission());
        }
        return together.all() ? 0 : want.max() - together.jobs().size();
    }

    private void take(Claim.Want want) throws SQLException {
        int left = takeTogether(want);
        // Who was not leased left its slot, and a follower its place, to the next one in line.
        boolean again = true;
        while (again && left > 0 && following < FOLLOWING_MAX) {
            again = false;
            List<Head> heads = want.only().isEmpty() ? ofLanes(want, left) : ofIds(want);
            readTogether(heads);
            for (Head head : heads) {
                if (left == 0) break;
                if (answerable.containsKey(head.id()) || !takeSlot(lane(head.lane()))) continue;
                Fate fate = take(head);
                if (fate != Fate.FOLLOWS) left--;
                if (fate == Fate.LEASED) continue;
                giveSlotBack(lane(head.lane()));
                again = true;
                // The next one in line may be beyond the end of one lane's part of a merged page.
                if (merged) break;
            }
            beginTogether();
        }
    }

    private void readTogether(List<Head> heads) throws SQLException {
        if (batches.isPresent() && !heads.isEmpty()) submissions.putAll(Submissions.of(tx, heads));
    }

    private void beginTogether() throws SQLException {
        if (batches.isEmpty() || begun.isEmpty()) return;
        batches.get().begin(tx, claim, begun);
        begun.clear();
    }

    private Submission submission(Head head) throws SQLException {
        Submission known = submissions.get(head.id());
        return known != null ? known : Submissions.of(tx, head.id(), lane(head.lane()));
    }

    private Fate take(Head head) throws SQLException {
        Submission submission = submission(head);
        Fate fate =
                head.attempt() == 0 && submission.comparedAtClaim()
                        ? compared(head, submission)
                        : Fate.LEASED;
        if (fate == Fate.LEASED) lease(head, submission);
        return fate;
    }

    /** As a submit does: what is kept comes first, then whoever runs the same input. */
    private Fate compared(Head head, Submission s) throws SQLException {
        var flight = new Flights.Key(s.tenant(), s.key().hash());
        Optional<JobId> leader = Flights.leader(tx, flight);
        // It was promoted or redriven: all others wait for it.
        if (leader.isPresent() && leader.get().equals(head.id())) return Fate.LEASED;
        if (Flights.kept(tx, flight).isPresent()) {
            answerable.put(
                    head.id(), new Claimed.Answerable(head.id(), s.tenant(), s.key().hash()));
            return Fate.ANSWERABLE;
        }
        if (leader.isEmpty()) {
            if (!Flights.lead(tx, flight, head.id())) throw new Moved("another leads");
            return Fate.LEASED;
        }
        if (!leaveReady(tx, head)) throw new Moved("job " + head.id() + " is not in ready");
        tx.moved(head.id(), head.lane(), JobState.Name.QUEUED, JobState.Name.WAITING, 0);
        tx.stmt(StoreSql.WAITING_ADD)
                .set("id", head.id().value())
                .set("leader", leader.get().value())
                .update();
        following++;
        return Fate.FOLLOWS;
    }

    /** Up to {@code left} heads beside those that are answerable. */
    private List<Head> ofLanes(Claim.Want want, int left) throws SQLException {
        var mine = new ArrayList<Names.Lane>();
        for (Names.Lane lane : lanes.values()) if (served(lane, want)) mine.add(lane);
        var heads = new ArrayList<Head>();
        for (int from = 0; from < mine.size(); from += LANES_MAX) {
            List<Names.Lane> some = mine.subList(from, Math.min(from + LANES_MAX, mine.size()));
            heads.addAll(heads(some, left + answerable.size()));
        }
        if (mine.size() > LANES_MAX) heads.sort(Head.CLAIM_ORDER);
        merged = mine.size() > LANES_MAX || mine.stream().anyMatch(lane -> lane.limitId() != 0);
        return heads;
    }

    /** A lane over its limit is left out here, so that its jobs don't fill the page. */
    private boolean served(Names.Lane lane, Claim.Want want) throws SQLException {
        return want.tools().contains(lane.tool())
                && (want.queues().isEmpty() || want.queues().contains(lane.queue()))
                && !paused.contains(lane.queue())
                && free(lane) > 0;
    }

    private List<Head> heads(List<Names.Lane> some, int max) throws SQLException {
        boolean limited = some.stream().anyMatch(lane -> lane.limitId() != 0);
        if (limited && some.size() > 1) return headsOfEach(some, max);
        int bound = some.size() == 1 ? Math.min(max, room(some.getFirst())) : max;
        List<Integer> ids = some.stream().map(Names.Lane::id).toList();
        return tx.db().dialect().heads(tx, ids, bound);
    }

    /** One lane at a time, so that a limited lane's surplus doesn't crowd out the others. */
    private List<Head> headsOfEach(List<Names.Lane> some, int max) throws SQLException {
        var heads = new ArrayList<Head>();
        for (Names.Lane lane : some) heads.addAll(heads(List.of(lane), max));
        heads.sort(Head.CLAIM_ORDER);
        return heads;
    }

    private List<Head> ofIds(Claim.Want want) throws SQLException {
        var heads = new ArrayList<Head>();
        for (JobId id : want.only())
            try (Rows rows = tx.stmt(StoreSql.READY_FIND).set("id", id.value()).query()) {
                if (rows.next() && served(lane(rows.integer(1)), want)) heads.add(Head.of(rows));
            }
        heads.sort(Head.CLAIM_ORDER);
        return heads;
    }

    /** How many heads of the lane may be of use, those that are answerable among them. */
    private int room(Names.Lane lane) throws SQLException {
        int left = free(lane);
        return left == Integer.MAX_VALUE ? left : left + answerable.size();
    }

    private boolean takeSlot(Names.Lane lane) throws SQLException {
        int left = free(lane);
        if (left == 0) return false;
        if (lane.limitId() != 0) free.put(lane.limitId(), left - 1);
        return true;
    }

    private void giveSlotBack(Names.Lane lane) {
        if (lane.limitId() != 0) free.merge(lane.limitId(), 1, Integer::sum);
    }

    private int free(Names.Lane lane) throws SQLException {
        if (lane.limitId() == 0) return Integer.MAX_VALUE;
        Integer known = free.get(lane.limitId());
        if (known != null) return known;
        int max;
        try (Rows rows = tx.stmt(StoreSql.LIMIT_MAX).set("limit_id", lane.limitId()).query()) {
            // Another claim counts it at this moment: it goes first.
            max = rows.next() ? rows.integer(1) : 0;
        }
        try (Rows rows = tx.stmt(StoreSql.LIMIT_TAKEN).set("limit_id", lane.limitId()).query()) {
            rows.next();
            int left = Math.max(0, max - rows.integer(1));
            free.put(lane.limitId(), left);
            return left;
        }
    }

    private void lease(Head head, Submission submission) throws SQLException {
        int limitId = lane(head.lane()).limitId();
        var attempt = new Batches.Begun(head, limitId, !submission.reuse().never());
        if (batches.isPresent()) begun.add(attempt);
        else begin(attempt);
        begun(head, submission);
    }

    private void begun(Head head, Submission submission) {
        var state = new JobState.Running(lease, head.nextAttempt(), head.failures());
        tx.moved(head.id(), head.lane(), JobState.Name.QUEUED, state.name(), state.attempt());
        var token = new Token(head.id(), state.attempt(), claim.lease());
        taken.add(new Taken(head, new ClaimedJob(token, submission, state, tx.now)));
    }

    private void begin(Batches.Begun attempt) throws SQLException {
        Head head = attempt.head();
        if (!leaveReady(tx, head)) throw new Moved("job " + head.id() + " is not in ready");
        var added =
                tx.stmt(StoreSql.RUNNING_ADD)
                        .set("id", head.id().value())
                        .set("lease", claim.lease().value())
                        .set("attempt", head.nextAttempt())
                        .set("failures", head.failures())
                        .set("lane", head.lane())
                        .set("reuse", attempt.reuse() ? 1 : 0)
                        .set("now", tx.now);
        if (attempt.limitId() == 0) added.setNull("limit_id");
        else added.set("limit_id", attempt.limitId());
        added.update();
    }

    private static boolean leaveReady(Tx tx, Head head) throws SQLException {
        return tx.stmt(StoreSql.READY_TAKE)
                        .set("lane", head.lane())
                        .set("priority", head.priority())
                        .set("run_at", head.runAt())
                        .set("id", head.id().value())
                        .update()
                > 0;
    }

    private Names.Lane lane(int id) throws SQLException {
        return tx.names.lane(tx.db(), tx.fresh, id);
    }

    private static void forgetSpent(Tx tx, Claim claim) throws SQLException {
        for (LeaseId spent : claim.spent()) {
            tx.stmt(StoreSql.LEASE_DROP)
                    .set("lease", spent.value())
                    .set("worker", claim.worker())
                    .update();
        }
    }

    private static Instant nextDue(Tx tx) throws SQLException {
        return Outlook.of(tx).due;
    }
}
