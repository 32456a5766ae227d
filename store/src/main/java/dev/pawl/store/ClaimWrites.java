package dev.pawl.store;

import dev.pawl.core.Claim;
import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Hit;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Rate;
import dev.pawl.core.Submission;
import dev.pawl.core.Token;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
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

    /** How many jobs began to follow another. */
    private int following;

    /** Whether the lease is stored. */
    private boolean leased;

    /** Whether the page was put together from pages of lanes. */
    private boolean merged;

    /** Whether a head has left its place to another. */
    private boolean again;

    /** Whether more were wanted than there were. */
    private boolean unfilled;

    /** Whether jobs were not taken in claim order. */
    private boolean outOfOrder;

    private final Room room;
    private final Lines lines;

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
    private record Outlook(
            Instant due,
            Instant expiry,
            int lane,
            Set<String> paused,
            Map<String, Room.OfQueue> limited) {
        static Outlook of(Tx tx) throws SQLException {
            try (Rows rows = tx.stmt(StoreSql.OUTLOOK).query()) {
                rows.next();
                return new Outlook(
                        moment(rows, 1),
                        moment(rows, 2),
                        rows.integer(3),
                        Set.of(words(rows.text(4))),
                        limited(words(rows.text(5))));
            }
        }

        private static String[] words(String text) {
            return text.isEmpty() ? new String[0] : text.split(" ");
        }

        /** Each queue's name, how many run at once, how many start, in how many milliseconds. */
        private static Map<String, Room.OfQueue> limited(String[] words) {
            var limited = new HashMap<String, Room.OfQueue>();
            for (int i = 0; i < words.length; i += 4) {
                int starts = Integer.parseInt(words[i + 2]);
                Rate rate =
                        starts == Integer.MAX_VALUE
                                ? Rate.NONE
                                : new Rate(starts, Duration.ofMillis(Long.parseLong(words[i + 3])));
                limited.put(words[i], new Room.OfQueue(Integer.parseInt(words[i + 1]), rate));
            }
            return limited;
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
        this.room = new Room(tx, outlook.limited);
        this.lines = new Lines(tx, claim, room);
    }

    static Claimed claim(Tx tx, Claim claim) throws SQLException {
        forgetSpent(tx, claim);
        Outlook outlook = Outlook.of(tx);
        if (!outlook.expiry.isAfter(tx.now)) TimeWrites.expire(tx, BATCH_MAX);
        boolean due = !outlook.due.isAfter(tx.now);
        if (due) TimeWrites.promote(tx, BATCH_MAX);
        var writes = new ClaimWrites(tx, claim, outlook);
        for (Claim.Want want : claim.wants()) writes.take(want);
        if (claim.wants().size() > 1 || writes.outOfOrder)
            writes.taken.sort(Comparator.comparing(Taken::head, Head.CLAIM_ORDER));
        if (!writes.taken.isEmpty() && !writes.leased) writes.addLease();
        writes.room.write();
        return new Claimed(
                writes.taken.stream().map(Taken::job).toList(),
                List.copyOf(writes.answerable.values()),
                writes.next(due ? nextDue(tx) : outlook.due));
    }

    /** When to look again, given when the next job is due. */
    private Instant next(Instant due) throws SQLException {
        if (following == FOLLOWING_MAX) return tx.now;
        if (!unfilled) return due;
        // Also when none was taken: keys that were remembered may have had no more jobs.
        if (lines.more()) return tx.now;
        Instant held = room.next();
        return held == null || due.isBefore(held) ? due : held;
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

    private void take(Claim.Want want) throws SQLException {
        int left = want.only().isEmpty() ? takeOfLanes(want) : takeThese(want);
        if (left > 0) unfilled = true;
    }

    /** Answers how many are still wanted. */
    private int takeOfLanes(Claim.Want want) throws SQLException {
        var plain = new ArrayList<Integer>();
        var limited = new HashMap<Integer, Names.Lane>();
        for (Names.Lane lane : lanes.values()) {
            if (!served(lane, want)) continue;
            if (room.limits(lane)) limited.put(lane.id(), lane);
            else plain.add(lane.id());
        }
        int left = want.max();
        // Who was not leased left its slot, and a follower its place, to the next one in line.
        again = true;
        while (again && left > 0 && following < FOLLOWING_MAX) {
            again = false;
            List<Deque<Head>> held =
                    limited.isEmpty() ? List.of() : lines.heads(limited, left, answerable.size());
            if (held.isEmpty()) return takePlain(plain, left);
            left = takeMerged(held, plain, left);
            // Others may have taken some of what was seen.
            if (!again && left > 0 && batches.isPresent()) return takePlain(plain, left);
        }
        return left;
    }

    /**
     * Takes heads of limited lines and of plain lanes in claim order, as far as each line's own
     * order goes. Where none is to be compared, the plain ones are taken together.
     */
    private int takeMerged(List<Deque<Head>> held, List<Integer> plain, int wanted)
            throws SQLException {
        outOfOrder = true;
        int left = wanted;
        if (batches.isPresent()) {
            // Whatever the order of the limited ones, that many plain ones are among the first.
            List<Head> most = merged(held, new ArrayList<>(), left);
            if (plain.isEmpty()) return takeLimited(most, left);
            left -= takeSure(plain, left - most.size(), most);
            List<Head> page = merged(held, peeked(plain, left), left);
            List<Head> limited = new ArrayList<>();
            for (Head head : page) if (room.limits(lane(head.lane()))) limited.add(head);
            readTogether(limited);
            int share = page.size() - limited.size();
            boolean together = limited.stream().noneMatch(this::isCompared);
            int took = together && share > 0 ? takeTogether(plain, share).jobs().size() : 0;
            if (took > 0 || (together && share == 0)) return takeEach(limited, left - took);
        }
        var others = new ArrayList<Head>();
        for (List<Integer> some : parts(plain))
            others.addAll(tx.db().dialect().heads(tx, some, left + answerable.size()));
        merged = true;
        return takeEach(merged(held, others, left), left);
    }

    /** Takes heads of limited lines, which there is room for; answers how many are still wanted. */
    private int takeLimited(List<Head> heads, int wanted) throws SQLException {
        var limits = new ArrayList<Integer>(heads.size());
        for (Head head : heads) limits.add(lane(head.lane()).limitId());
        List<Batches.Started> started =
                heads.isEmpty() ? List.of() : batches.orElseThrow().begin(tx, claim, heads, limits);
        if (started.isEmpty()) {
            merged = true;
            return takeEach(heads, wanted);
        }
        leased = true;
        for (Batches.Started job : started) {
            Line line = line(job.head());
            if (!room.take(line)) throw new IllegalStateException("no room for " + job.head());
            lines.served(line);
            begun(job.head(), job.submission());
        }
        return wanted - started.size();
    }

    /** Takes plain jobs, unless one of the limited ones is to be compared; answers how many. */
    private int takeSure(List<Integer> plain, int sure, List<Head> limited) throws SQLException {
        if (sure == 0 || plain.isEmpty()) return 0;
        readTogether(limited);
        if (limited.stream().anyMatch(this::isCompared)) return 0;
        return takeTogether(plain, sure).jobs().size();
    }

    private List<Head> peeked(List<Integer> plain, int max) throws SQLException {
        var heads = new ArrayList<Head>();
        for (List<Integer> some : parts(plain))
            heads.addAll(batches.orElseThrow().peek(tx, claim, some, max + answerable.size()));
        return heads;
    }

    /** Up to {@code max} of these as far as there is room for them, by the lines' heads. */
    private List<Head> merged(List<Deque<Head>> held, List<Head> others, int max)
            throws SQLException {
        var fronts = new ArrayList<Deque<Head>>();
        for (Deque<Head> line : held) fronts.add(new ArrayDeque<>(line));
        others.sort(Head.CLAIM_ORDER);
        fronts.add(new ArrayDeque<>(others));
        for (Deque<Head> front : fronts) front.removeIf(head -> answerable.containsKey(head.id()));
        fronts.removeIf(Deque::isEmpty);
        var page = new ArrayList<Head>();
        while (page.size() < max && !fronts.isEmpty()) {
            Deque<Head> first =
                    Collections.min(
                            fronts, Comparator.comparing(Deque::getFirst, Head.CLAIM_ORDER));
            Head head = first.removeFirst();
            if (room.take(line(head))) page.add(head);
            if (first.isEmpty()) fronts.remove(first);
        }
        for (Head head : page) room.giveBack(line(head));
        return page;
    }

    private Batches.Taken takeTogether(List<Integer> plain, int max) throws SQLException {
        Batches.Taken together = batches.orElseThrow().begin(tx, claim, plain, max);
        for (Batches.Started job : together.jobs()) {
            leased = true;
            begun(job.head(), job.submission());
        }
        return together;
    }

    /** Takes jobs that no limit holds back; answers how many are still wanted. */
    private int takePlain(List<Integer> plain, int wanted) throws SQLException {
        if (plain.isEmpty()) return wanted;
        int left = wanted;
        if (batches.isPresent()) {
            Batches.Taken together = takeTogether(plain, wanted);
            left -= together.jobs().size();
            if (together.all()) return left;
        }
        again = true;
        while (again && left > 0 && following < FOLLOWING_MAX) {
            again = false;
            var heads = new ArrayList<Head>();
            for (List<Integer> some : parts(plain))
                heads.addAll(tx.db().dialect().heads(tx, some, left + answerable.size()));
            merged = plain.size() > LANES_MAX;
            if (merged) heads.sort(Head.CLAIM_ORDER);
            left = takeEach(heads, left);
        }
        return left;
    }

    private static List<List<Integer>> parts(List<Integer> lanes) {
        var parts = new ArrayList<List<Integer>>();
        for (int from = 0; from < lanes.size(); from += LANES_MAX)
            parts.add(lanes.subList(from, Math.min(from + LANES_MAX, lanes.size())));
        return parts;
    }

    /** Takes jobs that are wanted by their ids. */
    private int takeThese(Claim.Want want) throws SQLException {
        int left = want.max();
        again = true;
        while (again && left > 0 && following < FOLLOWING_MAX) {
            again = false;
            merged = false;
            left = takeEach(ofIds(want), left);
        }
        return left;
    }

    /** Takes these heads, as far as there is room for them; answers how many are still wanted. */
    private int takeEach(List<Head> heads, int wanted) throws SQLException {
        int left = wanted;
        readTogether(heads);
        for (Head head : heads) {
            if (left == 0) break;
            Line line = line(head);
            if (answerable.containsKey(head.id()) || !room.take(line)) continue;
            Fate fate = take(head);
            if (fate != Fate.FOLLOWS) left--;
            if (fate == Fate.LEASED) {
                lines.served(line);
                continue;
            }
            room.giveBack(line);
            again = true;
            // The next one in line may be beyond the end of one lane's part of a merged page.
            if (merged) break;
        }
        beginTogether();
        return left;
    }

    private void readTogether(List<Head> heads) throws SQLException {
        List<Head> fresh =
                heads.stream().filter(head -> !submissions.containsKey(head.id())).toList();
        if (batches.isPresent() && !fresh.isEmpty()) submissions.putAll(Submissions.of(tx, fresh));
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
        Fate fate = isCompared(head, submission) ? compared(head, submission) : Fate.LEASED;
        if (fate == Fate.LEASED) lease(head, submission);
        return fate;
    }

    /** Of one that is read. */
    private boolean isCompared(Head head) {
        Submission known = submissions.get(head.id());
        return known == null || isCompared(head, known);
    }

    private static boolean isCompared(Head head, Submission submission) {
        return head.attempt() == 0 && submission.comparedAtClaim();
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

    private boolean served(Names.Lane lane, Claim.Want want) {
        return want.tools().contains(lane.tool())
                && (want.queues().isEmpty() || want.queues().contains(lane.queue()))
                && !paused.contains(lane.queue());
    }

    private List<Head> ofIds(Claim.Want want) throws SQLException {
        var heads = new ArrayList<Head>();
        var limited = new HashMap<Integer, Names.Lane>();
        for (JobId id : want.only())
            try (Rows rows = tx.stmt(StoreSql.READY_FIND).set("id", id.value()).query()) {
                if (!rows.next() || !served(lane(rows.integer(1)), want)) continue;
                Head head = Head.of(rows);
                heads.add(head);
                Names.Lane lane = lane(head.lane());
                if (room.limits(lane)) limited.put(lane.id(), lane);
            }
        heads.sort(Head.CLAIM_ORDER);
        if (!limited.isEmpty()) lines.open(limited, heads);
        return heads;
    }

    private Line line(Head head) throws SQLException {
        return new Line(lane(head.lane()), head.key());
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
                        .set("limit_id", attempt.limitId())
                        .set("limit_key", head.key())
                        .set("reuse", attempt.reuse() ? 1 : 0)
                        .set("now", tx.now);
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
