package dev.pawl.store;

import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobState;
import dev.pawl.core.Submission;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** One page of jobs: constant fragments put together, one for each part of the filter in use. */
final class JobList {
    /** How far an id's time may be from the moment its job was stored. */
    private static final Duration SLACK = Duration.ofMinutes(10);

    private JobList() {}

    static List<Job> page(Db db, JobFilter filter, String after, int limit) throws SQLException {
        return filter.isPlain() && !filter.equals(JobFilter.ALL)
                ? merged(db, filter, after, limit)
                : scanned(db, filter, after, limit);
    }

    /** States, tool and queue alone: indexes have the newest of each place and lane. */
    private static List<Job> merged(Db db, JobFilter filter, String after, int limit)
            throws SQLException {
        // One snapshot: no job moves between the look for it and the look at it.
        db.beginRead();
        try {
            var newest = new Newest(db, after, limit);
            List<Integer> lanes = Newest.lanes(db, filter.tool(), filter.queue());
            boolean all = filter.tool().isEmpty() && filter.queue().isEmpty();
            if (filter.states().isEmpty())
                for (int lane : lanes)
                    newest.add(newest.stmt(ListSql.NEWEST_OF_LANE).set("lane", lane));
            for (JobState.Name state : filter.states())
                if (all) newest.addAll(state, lanes);
                else newest.add(state, lanes);
            return Reading.jobs(db, newest.ids());
        } finally {
            db.commit();
        }
    }

    private static List<Job> scanned(Db db, JobFilter filter, String after, int limit)
            throws SQLException {
        UUID last = after.isEmpty() ? Newest.LAST : UUID.fromString(after);
        Stmt stmt = db.stmt(sql(db.dialect(), filter)).set("after", last).set("limit", limit);
        bind(db.dialect(), stmt, filter);
        var page = new ArrayList<Job>();
        try (Rows rows = stmt.query()) {
            while (rows.next()) page.add(Reading.job(rows));
        }
        return page;
    }

    private static String sql(Dialect dialect, JobFilter f) {
        return StoreSql.LIST
                + " WHERE 1 = 1"
                + ListSql.AFTER
                + conditions(dialect, f)
                + StoreSql.PAGE;
    }

    /** To be put after a WHERE, and bound by {@link #bind}. */
    static String conditions(Dialect dialect, JobFilter f) {
        var where = new StringBuilder();
        if (!f.tool().isEmpty()) where.append(ListSql.WITH_TOOL);
        if (f.tool().indexOf('@') >= 0) where.append(ListSql.WITH_VERSION);
        if (!f.queue().isEmpty()) where.append(ListSql.WITH_QUEUE);
        if (!f.tag().isEmpty()) where.append(ListSql.WITH_TAG);
        if (!f.correlationId().isEmpty()) where.append(ListSql.WITH_CORRELATION);
        if (!f.causation().isEmpty()) where.append(ListSql.WITH_CAUSATION);
        if (!f.tenant().isEmpty()) where.append(ListSql.WITH_TENANT);
        if (!f.owner().isEmpty()) where.append(ListSql.WITH_OWNER);
        if (!f.since().equals(Instant.EPOCH)) where.append(ListSql.SINCE);
        if (!f.before().equals(Instant.MAX)) where.append(ListSql.BEFORE);
        if (!f.idempotencyKey().isEmpty()) where.append(ListSql.WITH_KEY);
        if (!f.error().isEmpty()) where.append(ListSql.WITH_ERROR);
        for (int i = 0; i < f.inputs().size(); i++) where.append(dialect.withInput(i));
        return where + states(f);
    }

    private static String states(JobFilter f) {
        if (f.states().isEmpty()) return "";
        return f.states().stream()
                .sorted()
                .map(JobList::is)
                .collect(Collectors.joining(" OR ", " AND (", ")"));
    }

    private static String is(JobState.Name state) {
        return switch (state) {
            case WAITING -> ListSql.IS_WAITING;
            case QUEUED -> ListSql.IS_QUEUED;
            case RUNNING -> ListSql.IS_RUNNING;
            case SUCCEEDED -> ListSql.IS_SUCCEEDED;
            case DEAD -> ListSql.IS_DEAD;
            case CANCELLED -> ListSql.IS_CANCELLED;
        };
    }

    static void bind(Dialect dialect, Stmt stmt, JobFilter f) throws SQLException {
        int at = f.tool().indexOf('@');
        if (!f.tool().isEmpty()) stmt.set("tool", at < 0 ? f.tool() : f.tool().substring(0, at));
        if (at >= 0) stmt.set("version", f.tool().substring(at + 1));
        if (!f.queue().isEmpty()) stmt.set("queue", f.queue());
        if (!f.tag().isEmpty()) stmt.set("tag", f.tag());
        if (!f.correlationId().isEmpty()) stmt.set("correlation_id", f.correlationId());
        if (!f.causation().isEmpty()) stmt.set("causation", f.causation());
        if (!f.tenant().isEmpty()) stmt.set("tenant", f.tenant());
        if (!f.owner().isEmpty()) stmt.set("owner", f.owner());
        if (!f.since().equals(Instant.EPOCH))
            stmt.set("since", f.since()).set("since_id", firstSince(f.since()));
        if (!f.before().equals(Instant.MAX))
            stmt.set("before", f.before()).set("before_id", endBefore(f.before()));
        if (!f.idempotencyKey().isEmpty()) bindKey(stmt, f);
        if (!f.error().isEmpty()) stmt.set("error", f.error());
        for (int i = 0; i < f.inputs().size(); i++)
            stmt.set("path" + i, dialect.path(f.inputs().get(i).steps()))
                    .text("value" + i, f.inputs().get(i).value());
    }

    static Stmt bindKey(Stmt stmt, JobFilter f) throws SQLException {
        String tenant = f.tenant().isEmpty() ? Submission.DEFAULT_TENANT : f.tenant();
        return stmt.set("of", tenant).set("key", f.idempotencyKey());
    }

    /** No job submitted since then has a smaller id. */
    static UUID firstSince(Instant since) {
        return firstId(since.minus(SLACK));
    }

    /** No job submitted before then has this id or a larger one. */
    static UUID endBefore(Instant before) {
        return firstId(before.plus(SLACK));
    }

    /** The smallest id of that moment. */
    private static UUID firstId(Instant at) {
        return new UUID(Math.max(0, at.toEpochMilli()) << 16, 0);
    }
}
