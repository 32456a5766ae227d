package dev.pawl.store.postgres;

import static dev.pawl.store.postgres.PostgresArrays.column;

import dev.pawl.core.Claim;
import dev.pawl.core.End;
import dev.pawl.core.JobId;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Token;
import dev.pawl.store.Batches;
import dev.pawl.store.Db;
import dev.pawl.store.Head;
import dev.pawl.store.Moved;
import dev.pawl.store.Rows;
import dev.pawl.store.Stmt;
import dev.pawl.store.Submissions;
import dev.pawl.store.Tx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Moves of many jobs, as arrays of their columns. */
final class PostgresBatches implements Batches {
    /** Of PostgresSql's BEGIN, among the columns of a submission; null where no job is told. */
    private static final int ID = 19;

    // The same, behind them.
    private static final int RUN_AT = 22;
    private static final int ATTEMPT = 23;
    private static final int FAILURES = 24;
    private static final int TAKEN = 25;
    private static final int SEEN = 26;
    private static final int TOOK = 27;

    /** Of KEYS_HEADS and LANES_HEADS, behind those of a head. */
    private static final int LOOKED = 8;

    /** Stands for a lane's mark where it has none. */
    private static final Head NOWHERE =
            new Head(0, 0, Instant.EPOCH, new JobId(new UUID(0x7000, Long.MIN_VALUE)), 0, 0, 0);

    private final LowMarks marks = new LowMarks();

    @Override
    public Set<JobId> add(Tx tx, List<Fresh> jobs) throws SQLException {
        return PostgresSubmits.add(tx, jobs);
    }

    @Override
    public Optional<Instant> add(Db db, Arrivals arrivals) throws SQLException {
        return PostgresSubmits.add(db, arrivals);
    }

    @Override
    public Taken begin(Tx tx, Claim claim, List<Integer> lanes, int max) throws SQLException {
        List<Wanted> lines = column(lanes, lane -> new Wanted(lane, 0, max));
        Map<Wanted, Head> from = marks(tx, lines);
        Taken taken = begin(tx, claim, lines, from, max);
        // Nobody is behind the marks: somebody may have come into a line before its mark.
        return taken.jobs().isEmpty() && !taken.all() && !from.isEmpty()
                ? begin(tx, claim, lines, Map.of(), max)
                : taken;
    }

    private Taken begin(Tx tx, Claim claim, List<Wanted> lines, Map<Wanted, Head> from, int max)
            throws SQLException {
        var jobs = new ArrayList<Started>();
        int seen = 0;
        int begun = 0;
        Duration took = Duration.ZERO;
        try (Rows rows = heads(tx, claim, lines, from).set("max", max).query()) {
            while (rows.next()) {
                took = Duration.of(rows.number(TOOK), ChronoUnit.MICROS);
                UUID id = rows.uuidOrNull(ID);
                seen = rows.integer(SEEN);
                begun = rows.integer(TAKEN);
                if (id == null || begun == 0) break;
                Head head = head(rows, new JobId(id));
                jobs.add(new Started(head, Submissions.of(tx, rows, head.id())));
            }
        }
        if (jobs.size() != begun) throw new Moved("a job has left ready in spite of its lock");
        jobs.sort(Comparator.comparing(Started::head, Head.CLAIM_ORDER));
        boolean full = jobs.size() == max;
        boolean emptied = seen < max && seen == jobs.size();
        boolean all = emptied;
        for (Wanted line : lines) {
            LowMarks.Place place = place(line);
            Head mark = from.get(line);
            boolean goesOn = mark != null && marks.isEmptied(place);
            Head last = last(jobs, line.lane(), goesOn ? mark : null);
            if (hurries(claim) && goesOn && (full || emptied)) {
                if (last != null) marks.reached(place, mark, last);
            } else if (hurries(claim) && full && last != null) {
                if (mark == null) marks.looked(place, tx.now, took);
                marks.reached(place, mark, last);
            } else if (hurries(claim) && emptied && mark == null && lines.size() == 1) {
                marks.emptied(place, tx.now, took, last);
            } else {
                marks.forget(place);
                all &= mark == null;
            }
        }
        return new Taken(jobs, all);
    }

    /**
     * The last of a lane.
     *
     * @param like one of the same priority; null where that doesn't matter
     */
    private static @Nullable Head last(List<Started> jobs, int lane, @Nullable Head like) {
        for (Started job : jobs.reversed())
            if (job.head().lane() == lane
                    && (like == null || job.head().priority() == like.priority()))
                return job.head();
        return null;
    }

    private static LowMarks.Place place(Wanted line) {
        return new LowMarks.Place(line.lane(), line.key());
    }

    private Map<Wanted, Head> marks(Tx tx, List<Wanted> lines) {
        var found = new HashMap<Wanted, Head>();
        for (Wanted line : lines) {
            Head last = marks.of(place(line), tx.now);
            if (last != null) found.put(line, last);
        }
        return found;
    }

    private Stmt heads(Tx tx, Claim claim, List<Wanted> lanes, Map<Wanted, Head> from)
            throws SQLException {
        String sql = lanes.size() == 1 ? PostgresSql.HEADS_BEGIN : PostgresSql.HEADS_OF_LANES_BEGIN;
        return leased(marked(tx.stmt(sql), lanes, from), tx, claim);
    }

    private static Stmt leased(Stmt stmt, Tx tx, Claim claim) throws SQLException {
        return stmt.set("lease", claim.lease().value())
                .set("worker", claim.worker())
                .set("until", tx.now.plus(claim.ttl()))
                .set("now", tx.now);
    }

    private Stmt marked(Stmt stmt, List<Wanted> lines, Map<Wanted, Head> from) throws SQLException {
        List<Head> lasts = column(lines, line -> from.getOrDefault(line, NOWHERE));
        return stmt.set("lanes", "int4", column(lines, Wanted::lane))
                .set("marked", "int4", column(lines, line -> marked(line, from)))
                .set("priorities", "int4", column(lasts, Head::priority))
                .set("run_ats", "int8", column(lasts, last -> last.runAt().toEpochMilli()))
                .set("ids", "uuid", column(lasts, last -> last.id().value()));
    }

    /** How PostgresSql's LINE names it. */
    private int marked(Wanted line, Map<Wanted, Head> from) {
        if (!from.containsKey(line)) return 0;
        return marks.isEmptied(place(line)) ? 2 : 1;
    }

    /** Whether a claim wants so many that it goes by marks. */
    private static boolean hurries(Claim claim) {
        return claim.wants().stream()
                .anyMatch(want -> want.only().isEmpty() && want.max() >= LowMarks.TAKEN_MIN);
    }

    @Override
    public List<Head> heads(Tx tx, Claim claim, List<Wanted> lines) throws SQLException {
        Map<Wanted, Head> from = hurries(claim) ? marks(tx, lines) : Map.of();
        List<Head> heads = looked(tx, claim, lines, from);
        if (from.isEmpty()) return heads;
        // What came into a line before its mark is as good as what should be behind it.
        Map<LowMarks.Place, Integer> counts = counts(heads);
        var again = new ArrayList<Wanted>();
        for (Wanted line : from.keySet())
            if (counts.getOrDefault(place(line), 0) < line.max()) again.add(line);
        if (again.isEmpty()) return heads;
        for (Wanted line : again) marks.forget(place(line));
        Set<LowMarks.Place> whole = new HashSet<>(column(again, PostgresBatches::place));
        heads.removeIf(head -> whole.contains(place(head)));
        heads.addAll(looked(tx, claim, again, Map.of()));
        return heads;
    }

    private static Map<LowMarks.Place, Integer> counts(List<Head> heads) {
        var counts = new HashMap<LowMarks.Place, Integer>();
        for (Head head : heads) counts.merge(place(head), 1, Integer::sum);
        return counts;
    }

    private static LowMarks.Place place(Head head) {
        return new LowMarks.Place(head.lane(), head.key());
    }

    private List<Head> looked(Tx tx, Claim claim, List<Wanted> lines, Map<Wanted, Head> from)
            throws SQLException {
        var heads = new ArrayList<Head>();
        Duration took = Duration.ZERO;
        for (boolean keyed : new boolean[] {false, true}) {
            List<Wanted> some = lines.stream().filter(line -> (line.key() != 0) == keyed).toList();
            if (some.isEmpty()) continue;
            Stmt stmt =
                    marked(
                            tx.stmt(keyed ? PostgresSql.KEYS_HEADS : PostgresSql.LANES_HEADS),
                            some,
                            from);
            stmt.set("keys", "int8", column(some, Wanted::key))
                    .set("maxima", "int4", column(some, Wanted::max));
            try (Rows rows = stmt.query()) {
                while (rows.next()) {
                    heads.add(Head.of(rows));
                    took = Duration.between(tx.now, rows.instant(LOOKED));
                }
            }
        }
        if (!hurries(claim)) return heads;
        Map<LowMarks.Place, Integer> counts = counts(heads);
        // A line that has no more than this needs no mark, nor one of which each claim takes one.
        for (Wanted line : lines)
            if (!from.containsKey(line)
                    && line.max() > 1
                    && counts.getOrDefault(place(line), 0) == line.max())
                marks.looked(place(line), tx.now, took);
        return heads;
    }

    @Override
    public List<Head> peek(Tx tx, Claim claim, List<Integer> lanes, int max) throws SQLException {
        List<Wanted> lines = column(lanes, lane -> new Wanted(lane, 0, max));
        Map<Wanted, Head> from = hurries(claim) ? marks(tx, lines) : Map.of();
        List<Head> heads = peek(tx, lines, from, max);
        boolean all = from.keySet().stream().allMatch(line -> marks.isEmptied(place(line)));
        return heads.size() < max && !all ? peek(tx, lanes, max) : heads;
    }

    /** The heads of these lanes in claim order; nobody is kept from them. */
    List<Head> peek(Tx tx, List<Integer> lanes, int max) throws SQLException {
        return peek(tx, column(lanes, lane -> new Wanted(lane, 0, max)), Map.of(), max);
    }

    private List<Head> peek(Tx tx, List<Wanted> lanes, Map<Wanted, Head> from, int max)
            throws SQLException {
        var heads = new ArrayList<Head>();
        Stmt stmt = marked(tx.stmt(PostgresSql.HEADS_OF_LANES), lanes, from).set("max", max);
        try (Rows rows = stmt.query()) {
            while (rows.next()) heads.add(Head.of(rows));
        }
        return heads;
    }

    /** A transaction has come to nothing: what it took is where it was, before its marks. */
    void rolledBack() {
        marks.forgetAll();
    }

    @Override
    public List<Long> keys(Tx tx, Claim claim, int lane, long after, long upTo) {
        return hurries(claim) ? marks.keys(lane, after, upTo, tx.now) : List.of();
    }

    @Override
    public List<Started> begin(Tx tx, Claim claim, List<Head> heads, List<Integer> limits)
            throws SQLException {
        var byId = new HashMap<JobId, Head>();
        for (Head head : heads) byId.put(head.id(), head);
        var jobs = new ArrayList<Started>(heads.size());
        Stmt stmt =
                leased(tx.stmt(PostgresSql.THESE_BEGIN), tx, claim)
                        .set("ids", "uuid", column(heads, head -> head.id().value()))
                        .set("limits", "int4", limits);
        try (Rows rows = stmt.query()) {
            while (rows.next()) {
                UUID id = rows.uuidOrNull(ID);
                if (id == null || rows.integer(TAKEN) == 0) break;
                if (rows.integer(TAKEN) < heads.size()) throw new Moved("a job is not in ready");
                Head head = byId.get(new JobId(id));
                if (head == null) throw new IllegalStateException("no head of this id");
                if (rows.integer(ATTEMPT) != head.attempt()
                        || rows.integer(FAILURES) != head.failures())
                    throw new Moved("a job has been in ready, left it and come back");
                jobs.add(new Started(head, Submissions.of(tx, rows, head.id())));
            }
        }
        if (jobs.isEmpty()) return jobs;
        reached(tx, claim, heads);
        return jobs;
    }

    private static Head head(Rows rows, JobId id) throws SQLException {
        return new Head(
                rows.integer(20),
                rows.integer(2),
                rows.instant(RUN_AT),
                id,
                rows.integer(ATTEMPT),
                rows.integer(FAILURES),
                0);
    }

    @Override
    public void begin(Tx tx, Claim claim, List<Begun> attempts) throws SQLException {
        int begun =
                tx.stmt(PostgresSql.ATTEMPTS_BEGIN)
                        .set("ids", "uuid", column(attempts, each -> each.head().id().value()))
                        .set(
                                "attempts",
                                "int4",
                                column(attempts, each -> each.head().nextAttempt()))
                        .set("failures", "int4", column(attempts, each -> each.head().failures()))
                        .set("lanes", "int4", column(attempts, each -> each.head().lane()))
                        .set("limits", "int4", column(attempts, Begun::limitId))
                        .set("limit_keys", "int8", column(attempts, each -> each.head().key()))
                        .set("reuses", "int2", column(attempts, each -> each.reuse() ? 1 : 0))
                        .set("lease", claim.lease().value())
                        .set("now", tx.now)
                        .update();
        if (begun < attempts.size()) throw new Moved("a job is not in ready");
        reached(tx, claim, column(attempts, Begun::head));
    }

    private void reached(Tx tx, Claim claim, List<Head> heads) {
        if (!hurries(claim)) return;
        var lasts = new HashMap<LowMarks.Place, Head>();
        for (Head head : heads)
            lasts.merge(
                    place(head),
                    head,
                    (one, other) -> Head.CLAIM_ORDER.compare(one, other) < 0 ? other : one);
        // The key or the limit is locked: nobody else has looked at the line meanwhile.
        lasts.forEach((line, last) -> marks.reached(line, marks.of(line, tx.now), last));
    }

    @Override
    public Map<Token, Held> succeed(Tx tx, List<End> ends) throws SQLException {
        Stmt stmt =
                tx.stmt(PostgresSql.ATTEMPTS_SUCCEED)
                        .set("ids", "uuid", column(ends, end -> end.token().job().value()))
                        .set("attempts", "int4", column(ends, end -> end.token().attempt()))
                        .set("leases", "uuid", column(ends, end -> end.token().lease().value()))
                        .set("outputs", "text", column(ends, end -> end.output()))
                        .set("now", tx.now);
        var held = new HashMap<Token, Held>();
        try (Rows rows = stmt.query()) {
            while (rows.next())
                held.put(
                        new Token(
                                new JobId(rows.uuid(1)),
                                rows.integer(2),
                                new LeaseId(rows.uuid(3))),
                        new Held(rows.integer(4), rows.flag(5), rows.instant(6)));
        }
        return held;
    }
}
