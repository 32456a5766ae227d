package dev.pawl.store;

import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.Count;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.InputKey;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Kept;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.LogLine;
import dev.pawl.core.Progress;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Ran;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Reuse;
import dev.pawl.core.Standing;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.core.Upcoming;
import dev.pawl.core.WorkerEntry;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns rows into what the port speaks of. Every method is one statement. */
final class Reading {
    /** Columns of a job after those of its state. */
    private static final int JOB = 17;

    /** How many priorities of a lane are looked at for its longest due job. */
    private static final int PRIORITIES_MAX = 100;

    private Reading() {}

    static Optional<JobState> state(Db db, JobId id) throws SQLException {
        try (Rows rows = db.stmt(StoreSql.STATE).set("id", id.value()).query()) {
            return rows.next() ? Optional.of(state(rows, id)) : Optional.empty();
        }
    }

    static Map<JobId, JobState> states(Db db, Collection<JobId> ids) throws SQLException {
        var states = new HashMap<JobId, JobState>();
        if (db.dialect().batches().isEmpty()) {
            for (JobId id : ids) state(db, id).ifPresent(state -> states.put(id, state));
            return states;
        }
        List<UUID> values = ids.stream().map(JobId::value).toList();
        try (Rows rows = db.stmt(StoreSql.STATES_OF).ids(values).query()) {
            while (rows.next()) {
                var id = new JobId(rows.uuid(17));
                states.put(id, state(rows, id));
            }
        }
        return states;
    }

    /** Those of the jobs that exist, in this order, without input and output. */
    static List<Job> jobs(Db db, List<UUID> ids) throws SQLException {
        var jobs = new ArrayList<Job>(ids.size());
        if (db.dialect().batches().isEmpty()) {
            for (UUID id : ids)
                try (Rows rows = db.stmt(StoreSql.LIST + StoreSql.ONE).set("id", id).query()) {
                    if (rows.next()) jobs.add(job(rows));
                }
            return jobs;
        }
        var found = new HashMap<UUID, Job>();
        try (Rows rows = db.stmt(StoreSql.LIST + ListSql.SOME).ids(ids).query()) {
            while (rows.next()) {
                Job job = job(rows);
                found.put(job.id().value(), job);
            }
        }
        for (UUID id : ids) {
            Job job = found.get(id);
            if (job != null) jobs.add(job);
        }
        return jobs;
    }

    /**
     * Where the job stands and as of which event; the caller sees to it that it is one snapshot.
     */
    static Optional<Standing> standing(Db db, JobId id) throws SQLException {
        Optional<JobState> state = state(db, id);
        if (state.isEmpty()) return Optional.empty();
        Progress progress = null;
        if (state.get() instanceof JobState.Running running)
            try (Rows rows =
                    db.stmt(StoreSql.PROGRESS_OF)
                            .set("id", id.value())
                            .set("attempt", running.attempt())
                            .query()) {
                if (rows.next())
                    progress = new Progress(rows.real(1), rows.text(2), rows.instant(3));
            }
        return Optional.of(new Standing(state.get(), progress, EventLog.latest(db)));
    }

    static Optional<Job> find(Db db, JobId id) throws SQLException {
        try (Rows rows = db.stmt(StoreSql.FIND + StoreSql.ONE).set("id", id.value()).query()) {
            return rows.next() ? Optional.of(job(rows)) : Optional.empty();
        }
    }

    private static JobState state(Rows rows, JobId id) throws SQLException {
        if (!rows.isNull(1)) {
            UUID leader = rows.uuidOrNull(2);
            return leader == null
                    ? new JobState.Waiting(parents(rows, 16), false)
                    : new JobState.Waiting(Set.of(new JobId(leader)), true);
        }
        if (!rows.isNull(3))
            return new JobState.Queued(rows.instant(3), rows.integer(4), rows.integer(5));
        if (!rows.isNull(6)) {
            var lease = new Lease(new LeaseId(rows.uuid(8)), worker(rows), rows.instant(11));
            return new JobState.Running(lease, rows.integer(6), rows.integer(7));
        }
        int attempt = rows.integer(13);
        Instant at = rows.instant(14);
        return switch (rows.integer(12)) {
            case 1 -> new JobState.Succeeded(at, attempt);
            case 2 -> new JobState.Dead(at, attempt, ErrorClass.ofWire(rows.text(15)));
            case 3 -> new JobState.Cancelled(at, attempt);
            default -> throw new IllegalStateException("job " + id + " is nowhere");
        };
    }

    /** A lease's row is older than the rows that name it, and outlives them. */
    private static String worker(Rows rows) throws SQLException {
        String worker = rows.text(10);
        return worker.isEmpty() ? "unknown" : worker;
    }

    private static Set<JobId> parents(Rows rows, int column) throws SQLException {
        var parents = new LinkedHashSet<JobId>();
        String joined = rows.text(column);
        if (joined.isEmpty()) return parents;
        for (String hex : joined.split(",", -1)) {
            var bytes = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
            parents.add(new JobId(new UUID(bytes.getLong(), bytes.getLong())));
        }
        return parents;
    }

    static Job job(Rows rows) throws SQLException {
        var id = new JobId(rows.uuid(JOB));
        JobState state = state(rows, id);
        Instant started = null;
        if (state instanceof JobState.Running) started = rows.instant(9);
        else if (!rows.isNull(JOB + 21)) started = rows.instant(JOB + 21);
        UUID source = rows.uuidOrNull(JOB + 22);
        return new Job(
                id,
                submission(rows),
                rows.instant(JOB + 9),
                state,
                started,
                rows.text(JOB + 30),
                source == null ? null : new JobId(source),
                progress(rows, state),
                rows.flag(JOB + 27));
    }

    private static @Nullable Progress progress(Rows rows, JobState state) throws SQLException {
        if (!(state instanceof JobState.Running running)) return null;
        if (rows.isNull(JOB + 23) || rows.integer(JOB + 23) != running.attempt()) return null;
        return new Progress(rows.real(JOB + 24), rows.text(JOB + 25), rows.instant(JOB + 26));
    }

    private static Submission submission(Rows rows) throws SQLException {
        String tags = rows.text(JOB + 17);
        return new Submission(
                new ToolId(rows.text(JOB + 1), rows.text(JOB + 2)),
                rows.text(JOB + 29),
                rows.text(JOB + 3),
                rows.integer(JOB + 7),
                rows.instant(JOB + 8),
                Duration.ofMillis(rows.number(JOB + 11)),
                parents(rows, JOB + 28),
                rows.flag(JOB + 12),
                tags.isEmpty() ? Set.of() : new LinkedHashSet<>(List.of(tags.split(" "))),
                rows.text(JOB + 18),
                rows.text(JOB + 19),
                null,
                rows.text(JOB + 10),
                rows.text(JOB + 32),
                rows.text(JOB + 20),
                RetryPolicy.parse(rows.text(JOB + 6)),
                Names.limit(
                        rows.text(JOB + 4),
                        rows.integer(JOB + 5),
                        rows.text(JOB + 33),
                        rows,
                        JOB + 34),
                new InputKey(rows.hex(JOB + 15), rows.text(JOB + 16)),
                new Reuse(Duration.ofMillis(rows.number(JOB + 13)), rows.flag(JOB + 14)),
                rows.text(JOB + 31));
    }

    static Optional<Kept> kept(Db db, String tenant, byte[] hash, Instant now) throws SQLException {
        JobId id;
        JobState state;
        String output;
        Instant until;
        try (Rows rows =
                db.stmt(StoreSql.KEPT_FIND)
                        .set("tenant", tenant)
                        .set("hash", hash)
                        .set("now", now)
                        .query()) {
            if (!rows.next()) return Optional.empty();
            id = new JobId(rows.uuid(1));
            until = rows.instant(2);
            state =
                    rows.integer(3) == 1
                            ? new JobState.Succeeded(rows.instant(4), rows.integer(5))
                            : new JobState.Dead(
                                    rows.instant(4),
                                    rows.integer(5),
                                    ErrorClass.ofWire(rows.text(6)));
            output = rows.text(7);
        }
        return Optional.of(new Kept(id, state, output, artifacts(db, id), until));
    }

    static List<AttemptEnd> history(Db db, JobId id) throws SQLException {
        var history = new ArrayList<AttemptEnd>();
        try (Rows rows = db.stmt(StoreSql.HISTORY).set("id", id.value()).query()) {
            while (rows.next())
                history.add(
                        new AttemptEnd(
                                rows.integer(1),
                                AttemptEnd.How.valueOf(rows.text(2).toUpperCase(Locale.ROOT)),
                                rows.text(3),
                                rows.instant(4),
                                rows.instant(5),
                                rows.text(6).isEmpty() ? null : ErrorClass.ofWire(rows.text(6)),
                                rows.text(7)));
        }
        return history;
    }

    static List<LogLine> logs(Db db, JobId id, int afterAttempt, long afterSeq, int limit)
            throws SQLException {
        var lines = new ArrayList<LogLine>();
        try (Rows rows =
                db.stmt(StoreSql.LOGS)
                        .set("id", id.value())
                        .set("attempt", afterAttempt)
                        .set("seq", afterSeq)
                        .set("limit", limit)
                        .query()) {
            while (rows.next())
                lines.add(
                        new LogLine(
                                rows.integer(1),
                                rows.number(2),
                                rows.instant(3),
                                Codes.stream(rows.integer(4)),
                                rows.text(5)));
        }
        return lines;
    }

    static List<Artifact> artifacts(Db db, JobId id) throws SQLException {
        var artifacts = new ArrayList<Artifact>();
        try (Rows rows = db.stmt(StoreSql.ARTIFACTS).set("id", id.value()).query()) {
            while (rows.next())
                artifacts.add(
                        new Artifact(rows.text(1), rows.number(2), rows.text(3), rows.text(4)));
        }
        return artifacts;
    }

    static Set<JobId> children(Db db, JobId id) throws SQLException {
        var children = new LinkedHashSet<JobId>();
        try (Rows rows = db.stmt(StoreSql.CHILDREN).set("id", id.value()).query()) {
            while (rows.next()) children.add(new JobId(rows.uuid(1)));
        }
        return children;
    }

    private static final String UPCOMING =
            """
            SELECT pawl.now_ms(), EXISTS (SELECT 1 FROM pawl.ready),
                   (SELECT min(due) FROM pawl.later), (SELECT min(at) FROM pawl.expiry)
            """;

    static Upcoming upcoming(Db db, Supplier<Instant> clock) throws SQLException {
        try (Rows rows = db.stmt(UPCOMING).clock(clock).query()) {
            rows.next();
            return new Upcoming(
                    rows.instant(1),
                    rows.flag(2),
                    rows.isNull(3) ? Instant.MAX : rows.instant(3),
                    rows.isNull(4) ? Instant.MAX : rows.instant(4));
        }
    }

    static List<Lease> leases(Db db) throws SQLException {
        var leases = new ArrayList<Lease>();
        try (Rows rows = db.stmt(StoreSql.LEASES).query()) {
            while (rows.next())
                leases.add(new Lease(new LeaseId(rows.uuid(1)), rows.text(2), rows.instant(3)));
        }
        return leases;
    }

    static List<Count> counts(Db db) throws SQLException {
        var counts = new ArrayList<Count>();
        try (Rows rows = db.stmt(StoreSql.COUNTS).query()) {
            while (rows.next())
                counts.add(
                        new Count(
                                rows.text(1),
                                new ToolId(rows.text(2), rows.text(3)),
                                Codes.state(rows.integer(4)),
                                rows.number(5),
                                new Ran(rows.number(6), Duration.ofMillis(rows.number(7)))));
        }
        return counts;
    }

    static List<QueueEntry> queues(Db db) throws SQLException {
        var queues = new ArrayList<QueueEntry>();
        try (Rows rows = db.stmt(StoreSql.QUEUES).query()) {
            while (rows.next())
                queues.add(
                        new QueueEntry(
                                rows.text(1),
                                rows.flag(2),
                                rows.integer(3),
                                rows.integer(4),
                                Names.rate(rows, 5)));
        }
        return queues;
    }

    static Map<String, Instant> oldestDue(Db db) throws SQLException {
        var queues = new HashMap<Integer, String>();
        try (Rows rows = db.stmt(ListSql.LANES).query()) {
            while (rows.next()) queues.put(rows.integer(1), rows.text(2));
        }
        var oldest = new TreeMap<String, Instant>();
        for (var lane : queues.entrySet()) {
            long priority = Long.MAX_VALUE;
            for (int i = 0; i < PRIORITIES_MAX; i++)
                try (Rows rows =
                        db.stmt(ListSql.LONGEST_DUE)
                                .set("lane", lane.getKey())
                                .set("priority", priority)
                                .query()) {
                    if (!rows.next()) break;
                    priority = rows.number(1);
                    oldest.merge(lane.getValue(), rows.instant(2), (a, b) -> a.isBefore(b) ? a : b);
                }
        }
        return oldest;
    }

    private static Set<String> words(String text) {
        return text.isEmpty() ? Set.of() : Set.of(text.split(" ", -1));
    }

    static List<WorkerEntry> workers(Db db) throws SQLException {
        var workers = new ArrayList<WorkerEntry>();
        try (Rows rows = db.stmt(StoreSql.WORKERS).query()) {
            while (rows.next()) {
                var tools = new LinkedHashSet<ToolId>();
                for (String tool : rows.text(5).split(" ", -1))
                    if (!tool.isEmpty()) tools.add(ToolId.parse(tool));
                workers.add(
                        new WorkerEntry(
                                rows.text(1),
                                rows.text(2),
                                rows.number(3),
                                rows.instant(4),
                                tools,
                                rows.integer(6),
                                rows.instant(7),
                                rows.instant(8),
                                words(rows.text(9)),
                                rows.flag(10)));
            }
        }
        return workers;
    }
}
