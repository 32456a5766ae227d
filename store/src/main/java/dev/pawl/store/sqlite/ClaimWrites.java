package dev.pawl.store.sqlite;

import dev.pawl.core.Claim;
import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.InputKey;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Reuse;
import dev.pawl.core.Submission;
import dev.pawl.core.Token;
import dev.pawl.store.Rows;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Leases due jobs. A claim goes by lanes, so that jobs which this worker can't run, or which are
 * paused or over a limit, never stand in the way, however many there are.
 */
final class ClaimWrites {
    /** Lanes in one statement; SQLite allows 500 terms in a compound SELECT. */
    private static final int LANES_MAX = 100;

    /** A row of ready. */
    private record Head(
            int lane, int priority, Instant runAt, JobId id, int attempt, int failures) {
        static final Comparator<Head> CLAIM_ORDER =
                Comparator.comparingInt(Head::priority)
                        .reversed()
                        .thenComparing(Head::runAt)
                        .thenComparing(Head::id);
    }

    private final Tx tx;
    private final Claim claim;
    private final Lease lease;
    private final Map<Integer, Names.Lane> lanes;
    private final Set<String> paused = new HashSet<>();

    /** What this claim has taken so far: two wants may match one job. */
    private final Set<JobId> chosen = new HashSet<>();

    /** Free slots by limit, as this claim goes on. */
    private final Map<Integer, Integer> free = new HashMap<>();

    private ClaimWrites(Tx tx, Claim claim) throws SQLException {
        this.tx = tx;
        this.claim = claim;
        this.lease = new Lease(claim.lease(), claim.worker(), tx.now.plus(claim.ttl()));
        this.lanes = tx.names.lanes(tx.db(), tx.fresh);
        try (Rows rows = tx.stmt(SqliteSql.QUEUES_PAUSED).query()) {
            while (rows.next()) paused.add(rows.text(1));
        }
    }

    static Claimed claim(Tx tx, Claim claim) throws SQLException {
        forgetSpent(tx, claim);
        TimeWrites.expire(tx, SqliteWriter.BATCH_MAX);
        TimeWrites.promote(tx, SqliteWriter.BATCH_MAX);
        var writes = new ClaimWrites(tx, claim);
        var heads = new ArrayList<Head>();
        for (Claim.Want want : claim.wants()) heads.addAll(writes.heads(want));
        if (claim.wants().size() > 1) heads.sort(Head.CLAIM_ORDER);
        var jobs = new ArrayList<ClaimedJob>(heads.size());
        for (Head head : heads) jobs.add(writes.take(head));
        if (!jobs.isEmpty())
            tx.stmt(SqliteSql.LEASE_ADD)
                    .set("lease", claim.lease().value())
                    .set("worker", claim.worker())
                    .set("until", writes.lease.until())
                    .update();
        return new Claimed(jobs, nextDue(tx));
    }

    private List<Head> heads(Claim.Want want) throws SQLException {
        if (want.max() == 0) return List.of();
        List<Head> heads = want.only().isEmpty() ? ofLanes(want) : ofIds(want);
        var taken = new ArrayList<Head>(heads.size());
        for (Head head : heads) {
            if (taken.size() == want.max()) break;
            if (chosen.contains(head.id) || !takeSlot(lane(head.lane))) continue;
            chosen.add(head.id);
            taken.add(head);
        }
        return taken;
    }

    private List<Head> ofLanes(Claim.Want want) throws SQLException {
        var mine = new ArrayList<Names.Lane>();
        for (Names.Lane lane : lanes.values()) if (served(lane, want)) mine.add(lane);
        var heads = new ArrayList<Head>();
        for (int from = 0; from < mine.size(); from += LANES_MAX) {
            List<Names.Lane> some = mine.subList(from, Math.min(from + LANES_MAX, mine.size()));
            heads.addAll(heads(some, want.max()));
        }
        if (mine.size() > LANES_MAX) heads.sort(Head.CLAIM_ORDER);
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
        // Lanes bound as plain text parts: numbers of our own, and the statement is kept by them.
        var sql = new StringBuilder();
        for (Names.Lane lane : some)
            sql.append(sql.isEmpty() ? "" : " UNION ALL ")
                    .append(SqliteSql.HEADS_OF_LANE.replace("?", String.valueOf(lane.id())));
        String text = sql + SqliteSql.HEADS_ORDER.replace("?", ":max");
        int bound = some.size() == 1 ? Math.min(max, free(some.getFirst())) : max;
        var heads = new ArrayList<Head>();
        try (Rows rows = tx.stmt(text).set("max", bound).query()) {
            while (rows.next()) heads.add(head(rows));
        }
        return heads;
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
            try (Rows rows = tx.stmt(SqliteSql.READY_FIND).set("id", id.value()).query()) {
                if (rows.next() && served(lane(rows.integer(1)), want)) heads.add(head(rows));
            }
        heads.sort(Head.CLAIM_ORDER);
        return heads;
    }

    private boolean takeSlot(Names.Lane lane) throws SQLException {
        int left = free(lane);
        if (left == 0) return false;
        if (lane.limitId() != 0) free.put(lane.limitId(), left - 1);
        return true;
    }

    private int free(Names.Lane lane) throws SQLException {
        if (lane.limitId() == 0) return Integer.MAX_VALUE;
        Integer known = free.get(lane.limitId());
        if (known != null) return known;
        int max;
        try (Rows rows = tx.stmt(SqliteSql.LIMIT_MAX).set("limit_id", lane.limitId()).query()) {
            rows.next();
            max = rows.integer(1);
        }
        try (Rows rows = tx.stmt(SqliteSql.LIMIT_TAKEN).set("limit_id", lane.limitId()).query()) {
            rows.next();
            int left = Math.max(0, max - rows.integer(1));
            free.put(lane.limitId(), left);
            return left;
        }
    }

    private ClaimedJob take(Head head) throws SQLException {
        Names.Lane lane = lane(head.lane);
        tx.stmt(SqliteSql.READY_TAKE)
                .set("lane", head.lane)
                .set("priority", head.priority)
                .set("run_at", head.runAt)
                .set("id", head.id.value())
                .update();
        tx.countMove(head.lane, JobState.Name.QUEUED, JobState.Name.RUNNING);
        var state = new JobState.Running(lease, head.attempt + 1, head.failures);
        Submission submission = submission(head.id, lane);
        var added =
                tx.stmt(SqliteSql.RUNNING_ADD)
                        .set("id", head.id.value())
                        .set("lease", claim.lease().value())
                        .set("attempt", state.attempt())
                        .set("failures", head.failures)
                        .set("lane", head.lane)
                        .set("reuse", submission.reuse().never() ? 0 : 1)
                        .set("now", tx.now);
        if (lane.limitId() == 0) added.setNull("limit_id");
        else added.set("limit_id", lane.limitId());
        added.update();
        var token = new Token(head.id, state.attempt(), claim.lease());
        return new ClaimedJob(token, submission, state, tx.now);
    }

    private Submission submission(JobId id, Names.Lane lane) throws SQLException {
        try (Rows rows = tx.stmt(SqliteSql.JOB_CLAIMED).set("id", id.value()).query()) {
            if (!rows.next()) throw new IllegalStateException("no job " + id);
            String tags = rows.text(12);
            return new Submission(
                    lane.tool(),
                    rows.text(16),
                    lane.queue(),
                    rows.integer(2),
                    rows.instant(3),
                    Duration.ofMillis(rows.number(5)),
                    rows.integer(7) == 0 ? Set.of() : parents(id),
                    rows.integer(6) == 1,
                    tags.isEmpty() ? Set.of() : new LinkedHashSet<>(List.of(tags.split(" "))),
                    rows.text(13),
                    rows.text(14),
                    rows.text(4),
                    rows.text(15),
                    tx.names.policy(tx.db(), tx.fresh, rows.integer(1)),
                    lane.limit(),
                    new InputKey(rows.hex(10), rows.text(11)),
                    new Reuse(Duration.ofMillis(rows.number(8)), rows.integer(9) == 1));
        }
    }

    private Set<JobId> parents(JobId id) throws SQLException {
        var parents = new LinkedHashSet<JobId>();
        try (Rows rows = tx.stmt(SqliteSql.PARENTS_OF).set("id", id.value()).query()) {
            while (rows.next()) parents.add(new JobId(rows.uuid(1)));
        }
        return parents;
    }

    private Names.Lane lane(int id) throws SQLException {
        return tx.names.lane(tx.db(), tx.fresh, id);
    }

    private static Head head(Rows rows) throws SQLException {
        return new Head(
                rows.integer(1),
                rows.integer(2),
                rows.instant(3),
                new JobId(rows.uuid(4)),
                rows.integer(5),
                rows.integer(6));
    }

    private static void forgetSpent(Tx tx, Claim claim) throws SQLException {
        for (LeaseId spent : claim.spent()) {
            try (Rows rows = tx.stmt(SqliteSql.LEASE_USED).set("lease", spent.value()).query()) {
                if (rows.next() && rows.integer(1) == 1) continue;
            }
            tx.stmt(SqliteSql.LEASE_DROP)
                    .set("lease", spent.value())
                    .set("worker", claim.worker())
                    .update();
        }
    }

    private static Instant nextDue(Tx tx) throws SQLException {
        try (Rows rows = tx.stmt(SqliteSql.NEXT_DUE).query()) {
            return rows.next() && !rows.isNull(1) ? rows.instant(1) : Instant.MAX;
        }
    }
}
