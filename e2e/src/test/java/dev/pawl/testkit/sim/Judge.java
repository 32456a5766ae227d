package dev.pawl.testkit.sim;

import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.End;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Hit;
import dev.pawl.core.JobId;
import dev.pawl.core.NewJob;
import dev.pawl.core.Renewed;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.Token;
import dev.pawl.core.Written;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Looks at the database after every call that writes, on a connection of its own, and compares what
 * changed with what that call may change: a second, independent telling of the life cycle. {@link
 * Moves} judges single jobs, {@link Standing} what must hold at every moment.
 */
final class Judge implements AutoCloseable {
    final Ledger ledger = new Ledger();
    private final Ground ground;
    private final Connection connection;
    private final PreparedStatement version;
    private final PreparedStatement everything;
    private final PreparedStatement output;
    private final PreparedStatement artifacts;
    private final Replay replay;
    private final World world;
    private long seenVersion = -1;
    private Picture now = Picture.EMPTY;

    /** When each lease was last written, by the world's time. */
    private final Map<UUID, Long> touched = new HashMap<>();

    private final TreeSet<String> forfeited = new TreeSet<>();
    int calls;

    Judge(Ground ground, World world) throws SQLException {
        this.world = world;
        this.ground = ground;
        this.connection = ground.look();
        this.version = connection.prepareStatement(ground.version());
        this.everything = Picture.prepare(connection, ground);
        this.replay = new Replay(connection);
        this.output = connection.prepareStatement("SELECT output FROM outcome WHERE id = ?");
        this.artifacts =
                connection.prepareStatement("SELECT name, sha256 FROM artifact WHERE id = ?");
    }

    Picture picture() {
        return now;
    }

    /** A caller was told that this job exists. */
    void requireThere(JobId id) {
        if (!now.lanes.containsKey(id) && !ledger.discarded.contains(id))
            throw new Violation(Invariant.NO_JOB_LOST, id + " was answered, and is not there");
    }

    /** A call that did not take place must not have left a trace. */
    void failed(String what) {
        Picture before = now;
        if (!look()) return;
        if (!before.places.equals(now.places)
                || !before.counters.equals(now.counters)
                || !before.leases.equals(now.leases)
                || !before.kept.equals(now.kept)
                || !before.flights.equals(now.flights)
                || !before.keys.equals(now.keys)
                || !before.stopping.equals(now.stopping)
                || !before.lanes.keySet().equals(now.lanes.keySet()))
            throw new Violation(
                    Invariant.ALL_OR_NOTHING, what + " failed, and has changed the file");
    }

    void after(Op<?> op, Object result, Instant at) {
        calls++;
        if (op instanceof Op.Forfeit(var worker)) forfeited.add(worker);
        Picture before = now;
        boolean changed = look();
        answered(op, result, before, at.toEpochMilli());
        if (!changed) return;
        remember(op, result);
        var moves = new Moves(this, op, before, now, at.toEpochMilli());
        moves.judge();
        leases(op, before, at.toEpochMilli());
        if (op instanceof Op.Discard(var id) && !now.lanes.containsKey(id)) ledger.discarded(id);
        new Standing(ledger, now).judge();
        try {
            replay.judge(now);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private boolean look() {
        try {
            try (ResultSet row = version.executeQuery()) {
                row.next();
                long seen = row.getLong(1);
                if (seen == seenVersion) return false;
                seenVersion = seen;
            }
            ground.settle();
            now = Picture.read(everything);
            return true;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void remember(Op<?> op, Object result) {
        if (op instanceof Op.Submit(var jobs))
            for (NewJob job : jobs)
                if (now.lanes.containsKey(job.id()) && !ledger.jobs.containsKey(job.id()))
                    ledger.stored(job);
        if (op instanceof Op.Ends(var ends)) {
            var answers = (List<?>) result;
            for (int i = 0; i < ends.size(); i++)
                if (answers.get(i) instanceof Written.Done) left(ends.get(i));
        }
        if (op instanceof Op.Answer(var hits))
            for (Hit hit : hits)
                if (((List<?>) result).contains(hit.job())) {
                    Ledger.Left left = ledger.left(hit.job());
                    left.add(hit.kept().artifacts());
                    left.output = hit.kept().output();
                }
        if (op instanceof Op.SetQueue(var queue)) {
            if (queue.paused()) ledger.paused.add(queue.name());
            else ledger.paused.remove(queue.name());
        }
    }

    private void left(End end) {
        ledger.ended.add(end.token());
        Ledger.Left left = ledger.left(end.token().job());
        left.add(end.artifacts());
        left.output = end.error().map(e -> e.message()).orElse(end.output());
    }

    // ---- Answers

    private void answered(Op<?> op, Object result, Picture before, long at) {
        switch (op) {
            case Op.Submit(var jobs) -> submitted(jobs, (List<?>) result, before);
            case Op.Take(var claim) -> claimed((Claimed) result, claim.worker());
            case Op.Ends(var ends) -> ended(ends, (List<?>) result, before);
            case Op.AddLog(var token, var _) -> written(token, (Written) result, before);
            case Op.SetProgress(var token, var _) -> written(token, (Written) result, before);
            case Op.Renew(var renewal) -> {
                for (var lease : ((Renewed) result).leases()) {
                    Picture.LeaseRow row = now.leases.get(lease.value());
                    if (!renewal.held().contains(lease)
                            || row == null
                            || !row.worker().equals(renewal.worker())
                            || row.until() != at + renewal.ttl().toMillis())
                        throw new Violation(
                                Invariant.LEASES_BY_NAME,
                                "lease %s of %s is called renewed; it is %s"
                                        .formatted(lease, renewal.worker(), row));
                }
            }
            default -> {}
        }
    }

    private void submitted(List<NewJob> jobs, List<?> answers, Picture before) {
        var keyedNow = new HashMap<String, JobId>();
        for (int i = 0; i < jobs.size(); i++) {
            NewJob job = jobs.get(i);
            Submission s = job.submission();
            Ledger.Keyed known = ledger.keyed(s);
            JobId inBatch = Ledger.key(s).map(keyedNow::get).orElse(null);
            requireFenced(s, before, answers.get(i));
            switch (answers.get(i)) {
                case Submitted.Accepted(var id, var _) -> {
                    if (!now.lanes.containsKey(id))
                        throw new Violation(
                                Invariant.NO_JOB_LOST, id + " was accepted, and is not there");
                    if ((known != null && !known.job().equals(id)) || inBatch != null)
                        throw new Violation(
                                Invariant.IDEMPOTENT,
                                "key %s is job %s; %s was accepted"
                                        .formatted(s.idempotencyKey(), known, id));
                    if (!before.lanes.containsKey(id))
                        Ledger.key(s).ifPresent(key -> keyedNow.put(key, id));
                }
                case Submitted.Existing(var id) -> {
                    boolean right =
                            known != null
                                    ? known.job().equals(id) && known.body().equals(Ledger.body(s))
                                    : id.equals(inBatch);
                    if (!right && !id.equals(job.id()))
                        throw new Violation(
                                Invariant.IDEMPOTENT,
                                "key %s is job %s; answered %s"
                                        .formatted(s.idempotencyKey(), known, id));
                    if (!now.lanes.containsKey(id) && !ledger.discarded.contains(id))
                        throw new Violation(
                                Invariant.NO_JOB_LOST, id + " is said to exist, and does not");
                }
                default -> {}
            }
        }
    }

    /** What an attempt submits is stored while it holds its job, and only then. */
    private static void requireFenced(Submission s, Picture before, Object answer) {
        if (s.by() == null) return;
        boolean held = holds(before, s.by());
        boolean wrong =
                switch (answer) {
                    case Submitted.Accepted _ -> !held;
                    case Submitted.Refused(var code, var _) ->
                            held == (code == ErrorCode.LEASE_LOST);
                    default -> false;
                };
        if (wrong)
            throw new Violation(
                    Invariant.FENCED,
                    "%s %s its job, submits, and was answered %s"
                            .formatted(s.by(), held ? "holds" : "doesn't hold", answer));
    }

    private void claimed(Claimed claimed, String worker) {
        for (ClaimedJob job : claimed.jobs()) {
            Token token = job.token();
            if (!now.holds(token.job(), token.attempt(), token.lease().value()))
                throw new Violation(
                        Invariant.NO_FINISH_WITHOUT_CLAIM,
                        "%s was told to run %s, which it doesn't hold".formatted(worker, token));
        }
    }

    private void ended(List<End> ends, List<?> answers, Picture before) {
        var used = new HashSet<Token>();
        for (int i = 0; i < ends.size(); i++) {
            Token token = ends.get(i).token();
            boolean held = holds(before, token) && used.add(token);
            requireFenced(token, held, answers.get(i));
        }
    }

    private void written(Token token, Written answer, Picture before) {
        requireFenced(token, holds(before, token), answer);
    }

    private static void requireFenced(Token token, boolean held, Object answer) {
        if (held == answer instanceof Written.Done) return;
        throw new Violation(
                Invariant.FENCED,
                "%s %s the job, and was answered %s"
                        .formatted(token, held ? "holds" : "doesn't hold", answer));
    }

    static boolean holds(Picture picture, Token token) {
        return picture.holds(token.job(), token.attempt(), token.lease().value());
    }

    // ---- Leases

    private void leases(Op<?> op, Picture before, long at) {
        var all = new HashSet<>(before.leases.keySet());
        all.addAll(now.leases.keySet());
        for (UUID id : all) {
            Picture.LeaseRow was = before.leases.get(id);
            Picture.LeaseRow is = now.leases.get(id);
            if (Objects.equals(was, is)) continue;
            boolean right =
                    switch (op) {
                        case Op.Take(var claim) ->
                                was == null
                                        ? claim.lease().value().equals(id)
                                        : is == null
                                                && was.worker().equals(claim.worker())
                                                && claim.spent().stream()
                                                        .anyMatch(s -> s.value().equals(id));
                        case Op.Renew(var renewal) ->
                                was != null
                                        && is != null
                                        && was.worker().equals(renewal.worker())
                                        && renewal.held().stream()
                                                .anyMatch(h -> h.value().equals(id));
                        case Op.Forfeit(var worker) ->
                                was != null
                                        && is != null
                                        && was.worker().equals(worker)
                                        && is.until() <= was.until();
                        case Op.Reclaim(var seen, var _) ->
                                is == null && seen.id().value().equals(id);
                        default -> false;
                    };
            if (!right)
                throw new Violation(
                        Invariant.LEASES_BY_NAME,
                        "lease %s was %s, is %s after %s".formatted(id, was, is, Telling.of(op)));
            if (op instanceof Op.Reclaim(var seen, var _))
                reclaimed(id, Objects.requireNonNull(was), seen.until().toEpochMilli(), at);
            touched.put(id, world.nanos());
        }
    }

    private void reclaimed(UUID id, Picture.LeaseRow was, long seenUntil, long at) {
        if (was.until() > at || was.until() != seenUntil)
            throw new Violation(
                    Invariant.ONLY_LOST_LEASES,
                    "lease %s, %s, was taken back at %d, seen until %d"
                            .formatted(id, was, at, seenUntil));
        ledger.lostLeases.add(id);
        if (forfeited.contains(was.worker())) {
            if (world.alive(was.worker()))
                throw new Violation(
                        Invariant.TWO_CLOCKS, "lease " + id + " of a living worker was forfeited");
            return;
        }
        long unchanged = world.nanos() - touched.getOrDefault(id, 0L);
        if (unchanged < World.LEASE.toNanos() * 95 / 100)
            throw new Violation(
                    Invariant.TWO_CLOCKS,
                    "lease %s was taken back %d ms after it was last renewed"
                            .formatted(id, unchanged / 1_000_000));
    }

    // ---- What jobs have left

    /** Whether the job's output and artifacts in the file are what it should have left. */
    void requireWhole(JobId id) {
        Ledger.Left want = ledger.left(id);
        var found = new Ledger.Left();
        try {
            ground.bind(output, id.value());
            try (ResultSet row = output.executeQuery()) {
                if (row.next() && row.getString(1) != null) found.output = row.getString(1);
            }
            ground.bind(artifacts, id.value());
            try (ResultSet row = artifacts.executeQuery()) {
                while (row.next()) found.artifacts.put(row.getString(1), row.getString(2));
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        if (!want.output.equals(found.output) || !want.artifacts.equals(found.artifacts))
            throw new Violation(
                    Invariant.KEPT_WHOLE,
                    "job %s should have left %s %s, and has %s %s"
                            .formatted(
                                    id,
                                    want.output,
                                    want.artifacts,
                                    found.output,
                                    found.artifacts));
    }

    @Override
    public void close() throws SQLException {
        version.close();
        replay.close();
        everything.close();
        output.close();
        artifacts.close();
        connection.close();
    }
}
