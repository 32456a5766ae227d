package dev.pawl.store.postgres;

import static dev.pawl.store.postgres.PostgresArrays.column;

import dev.pawl.core.JobId;
import dev.pawl.core.Submission;
import dev.pawl.store.Batches.Arrivals;
import dev.pawl.store.Batches.Fresh;
import dev.pawl.store.Db;
import dev.pawl.store.Rows;
import dev.pawl.store.Stmt;
import dev.pawl.store.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;

/** New jobs: many as arrays of their columns, a single one as a row. */
final class PostgresSubmits {
    private PostgresSubmits() {}

    static Set<JobId> add(Tx tx, List<Fresh> jobs) throws SQLException {
        Stmt stmt = tx.stmt(SubmitSql.JOBS_ADD).set("now", tx.now);
        columns(stmt, jobs);
        var added = new HashSet<JobId>();
        try (Rows rows = stmt.query()) {
            while (rows.next()) added.add(new JobId(rows.uuid(1)));
        }
        List<Fresh> fresh = firsts(jobs, added);
        enqueue(tx, SubmitSql.READY_ADD, fresh, job -> !job.queued().runAt().isAfter(tx.now));
        enqueue(tx, SubmitSql.LATER_ADD, fresh, job -> job.queued().runAt().isAfter(tx.now));
        addTags(tx, fresh);
        addExpiries(tx, fresh);
        return added;
    }

    /** An id that is there already is told as a broken rule of the table. */
    static Optional<Instant> add(Db db, Arrivals arrivals) throws SQLException {
        List<Fresh> jobs = arrivals.jobs();
        if (areAlike(jobs)) return addAlike(db, arrivals);
        Stmt stmt = db.stmt(SubmitSql.ARRIVE);
        columns(stmt, jobs);
        var queues = new TreeSet<>(submitted(jobs, Submission::queue));
        stmt.set("queues", "text", List.copyOf(queues));
        tags(stmt, jobs);
        stmt.set("moves", arrivals.moves().array()).set("counts", arrivals.counts().array());
        try (Rows rows = stmt.query()) {
            rows.next();
            return rows.flag(2) ? Optional.of(rows.instant(1)) : Optional.empty();
        }
    }

    /**
     * Whether they are due at once, and differ only in what {@link #own} gives each. Those of one
     * lane are of one queue and tool.
     */
    private static boolean areAlike(List<Fresh> jobs) {
        Fresh first = jobs.getFirst();
        Submission s = first.job().submission();
        return jobs.stream()
                .allMatch(job -> {
                    Submission other = job.job().submission();
                    return isSimple(other)
                            && job.lane() == first.lane()
                            && job.policy() == first.policy()
                            && other.priority() == s.priority()
                            && other.goOn() == s.goOn()
                            && other.reuse().equals(s.reuse())
                            && other.tenant().equals(s.tenant())
                            && other.limit().equals(s.limit());
                });
    }

    private static boolean isSimple(Submission s) {
        return s.runAt().equals(Instant.EPOCH) && s.tags().isEmpty() && s.ttl().isZero();
    }

    private static Optional<Instant> addAlike(Db db, Arrivals arrivals) throws SQLException {
        List<Fresh> jobs = arrivals.jobs();
        Fresh first = jobs.getFirst();
        Submission s = first.job().submission();
        Stmt stmt =
                jobs.size() == 1
                        ? own(db.stmt(SubmitSql.ARRIVE_ONE), first)
                        : own(db.stmt(SubmitSql.ARRIVE_ALIKE), jobs);
        stmt.set("lane", first.lane())
                .set("policy", first.policy())
                .set("priority", s.priority())
                .set("reuse_ttl", s.reuse().ttl().toMillis())
                .set("go_on", s.goOn() ? 1 : 0)
                .set("reuse_errors", s.reuse().userErrors() ? 1 : 0)
                .text("tenant", s.tenant())
                .set("limit_value", s.limit().key().value())
                .text("queue", s.queue())
                .set("moves", arrivals.moves().array())
                .set("counts", arrivals.counts().array());
        long key = s.limit().keyNumber();
        if (key == 0) stmt.setNull("limit_key");
        else stmt.set("limit_key", key);
        try (Rows rows = stmt.query()) {
            return rows.next() ? Optional.of(rows.instant(1)) : Optional.empty();
        }
    }

    private static Stmt own(Stmt stmt, Fresh job) throws SQLException {
        Submission s = job.job().submission();
        return stmt.set("id", job.job().id().value())
                .text("input", s.input())
                .set("hash", s.key().hash())
                .set("key_parts", s.key().parts())
                .set("correlation_id", s.correlationId())
                .set("causation", s.causation())
                .set("traceparent", s.traceparent())
                .set("owner", s.owner());
    }

    private static Stmt own(Stmt stmt, List<Fresh> jobs) throws SQLException {
        stmt.set("ids", "uuid", ids(jobs));
        stmt.set("inputs", "text", submitted(jobs, Submission::input));
        optionalTexts(stmt, "hashes", jobs, s -> s.key().hash());
        optionalTexts(stmt, "key_parts", jobs, s -> s.key().parts());
        optionalTexts(stmt, "correlation_ids", jobs, Submission::correlationId);
        optionalTexts(stmt, "causations", jobs, Submission::causation);
        optionalTexts(stmt, "traceparents", jobs, Submission::traceparent);
        optionalTexts(stmt, "owners", jobs, Submission::owner);
        return stmt;
    }

    /**
     * Of a column that may be null: where it is empty in all rows its array is empty, which unnest
     * fills up with nulls.
     */
    private static void optionalTexts(
            Stmt stmt, String name, List<Fresh> jobs, Function<Submission, String> value)
            throws SQLException {
        List<String> texts = submitted(jobs, value);
        boolean empty = texts.stream().allMatch(String::isEmpty);
        stmt.set(name, "text", empty ? List.of() : texts);
    }

    private static void columns(Stmt stmt, List<Fresh> jobs) throws SQLException {
        own(stmt, jobs).set("lanes", "int4", column(jobs, Fresh::lane));
        stmt.set("priorities", "int4", submitted(jobs, Submission::priority));
        stmt.set("run_ats", "int8", submitted(jobs, s -> s.runAt().toEpochMilli()));
        stmt.set("policies", "int4", column(jobs, Fresh::policy));
        stmt.set("ttls", "int8", submitted(jobs, s -> s.ttl().toMillis()));
        stmt.set("reuse_ttls", "int8", submitted(jobs, s -> s.reuse().ttl().toMillis()));
        stmt.set("go_ons", "int2", submitted(jobs, s -> s.goOn() ? 1 : 0));
        stmt.set("reuse_errors", "int2", submitted(jobs, s -> s.reuse().userErrors() ? 1 : 0));
        stmt.set("tenants", "text", submitted(jobs, Submission::tenant));
        optionalTexts(stmt, "tags", jobs, s -> String.join(" ", s.tags()));
        optionalTexts(stmt, "limit_values", jobs, s -> s.limit().key().value());
        keys(stmt, jobs);
    }

    /** Those that were added; of several with the same id the first. */
    private static List<Fresh> firsts(List<Fresh> jobs, Set<JobId> added) {
        var seen = new HashSet<JobId>();
        return jobs.stream()
                .filter(job -> added.contains(job.job().id()) && seen.add(job.job().id()))
                .toList();
    }

    private static void keys(Stmt stmt, List<Fresh> jobs) throws SQLException {
        stmt.set("limit_keys", "int8", submitted(jobs, s -> s.limit().keyNumber()));
    }

    private static void enqueue(Tx tx, String sql, List<Fresh> jobs, Predicate<Fresh> here)
            throws SQLException {
        List<Fresh> some = jobs.stream().filter(here).toList();
        if (some.isEmpty()) return;
        Stmt stmt = tx.stmt(sql);
        stmt.set("ids", "uuid", ids(some));
        stmt.set("lanes", "int4", column(some, Fresh::lane));
        stmt.set("priorities", "int4", submitted(some, Submission::priority));
        if (sql.equals(SubmitSql.READY_ADD)) keys(stmt, some);
        stmt.set("run_ats", "int8", column(some, job -> job.queued().runAt().toEpochMilli()));
        stmt.update();
    }

    private record Tags(List<String> tags, List<UUID> ids) {}

    private static void addTags(Tx tx, List<Fresh> jobs) throws SQLException {
        if (tagged(jobs).tags.isEmpty()) return;
        tags(tx.stmt(SubmitSql.TAGS_ADD), jobs).update();
    }

    private static Stmt tags(Stmt stmt, List<Fresh> jobs) throws SQLException {
        Tags all = tagged(jobs);
        return stmt.set("each_tag", "text", all.tags).set("tagged", "uuid", all.ids);
    }

    private static Tags tagged(List<Fresh> jobs) {
        var tags = new ArrayList<String>();
        var ids = new ArrayList<UUID>();
        for (Fresh job : jobs)
            for (String tag : job.job().submission().tags()) {
                tags.add(tag);
                ids.add(job.job().id().value());
            }
        return new Tags(tags, ids);
    }

    private static void addExpiries(Tx tx, List<Fresh> jobs) throws SQLException {
        List<Fresh> mortal =
                jobs.stream().filter(job -> !job.job().submission().ttl().isZero()).toList();
        if (mortal.isEmpty()) return;
        tx.stmt(SubmitSql.EXPIRIES_ADD)
                .set("ids", "uuid", ids(mortal))
                .set("ats", "int8", submitted(mortal, s -> tx.now.plus(s.ttl()).toEpochMilli()))
                .update();
    }

    private static List<UUID> ids(List<Fresh> jobs) {
        return column(jobs, job -> job.job().id().value());
    }

    private static <T> List<T> submitted(List<Fresh> jobs, Function<Submission, T> value) {
        return column(jobs, job -> value.apply(job.job().submission()));
    }
}
