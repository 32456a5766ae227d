package dev.pawl.store;

import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Pruned;
import dev.pawl.core.Ran;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The removal of jobs whose time after their end is over.
 *
 * <p>Whoever takes the row in outcome removes the job. The rows are locked before anybody asks what
 * still needs them: a child's submit locks its parent's, so that it is seen, or sees the parent
 * gone.
 */
final class PruneWrites {
    private static final UUID FIRST = new UUID(0, 0);

    /** In the order of the ids, which is that of their submits. Primary key. */
    private static final String PAGE =
            """
            SELECT id, state, at FROM pawl.outcome
             WHERE id > :after AND id < :before ORDER BY id LIMIT :max
            """;

    /** Index outcome_unsuccessful: what has succeeded isn't read. */
    private static final String PAGE_UNSUCCESSFUL =
            """
            SELECT id, state, at FROM pawl.outcome INDEXED BY outcome_unsuccessful
             WHERE state <> 1 AND state = :state AND id > :after AND id < :before
             ORDER BY id LIMIT :max
            """;

    private static final String LOCK =
            "SELECT id FROM pawl.outcome WHERE id = :id FOR UPDATE SKIP LOCKED";

    /** Not one that an unfinished child has, whose handler may run, or whose result is kept. */
    private static final String TAKE =
            """
            DELETE FROM pawl.outcome
             WHERE id = :id
               AND at < CASE state WHEN 1 THEN :succeeded WHEN 2 THEN :dead ELSE :cancelled END
               AND NOT EXISTS (SELECT 1 FROM pawl.stopping s WHERE s.id = outcome.id)
               AND NOT EXISTS (SELECT 1 FROM pawl.kept k
                                WHERE k.job_id = outcome.id AND k.valid_until > :now)
               AND NOT EXISTS (SELECT 1 FROM pawl.flow_edge e JOIN pawl.job c ON c.id = e.child
                                WHERE e.parent = outcome.id
                                  AND NOT EXISTS (SELECT 1 FROM pawl.outcome o WHERE o.id = c.id))
            RETURNING id, lane, state, attempt, started_at, at
            """;

    private static final Pattern ONE = Pattern.compile("(\\w+) = :id\\b");

    private static final String SOME =
            "$1 = ANY(CAST(:ids AS uuid[])) AND $1 >= :least AND $1 <= :greatest";

    private PruneWrites() {}

    /** A finished job that may have to go. */
    private record Old(UUID id, boolean due) {}

    /** The page's last id, and those of it that are due. */
    record Look(String next, List<UUID> due) {}

    /**
     * Looks at the next {@code max} finished jobs; locks nothing. Those that have succeeded are
     * passed over where they stay for ever, or go all at once.
     */
    static Look look(Db db, Map<JobState.Name, Instant> until, String after, int max, IdRange whole)
            throws SQLException {
        Optional<Instant> latest = until.values().stream().max(Instant::compareTo);
        if (latest.isEmpty()) return new Look("", List.of());
        UUID from = JobId.parse(after).map(JobId::value).orElse(FIRST);
        Instant end = latest.get().plusMillis(1);
        if (!until.containsKey(JobState.Name.SUCCEEDED))
            return look(max, unsuccessful(db, until, until.keySet(), from, end, max));
        if (whole.isEmpty() || !isBefore(from, IdRange.lastBefore(whole.until())))
            return look(max, all(db, until, from, end, max));
        boolean before = isBefore(from, IdRange.lastBefore(whole.from()));
        Instant last = before ? whole.from() : whole.until();
        Instant to = end.isBefore(last) ? end : last;
        List<Old> found =
                before
                        ? all(db, until, from, to, max)
                        : unsuccessful(db, until, sooner(until), from, to, max);
        Look look = look(max, found);
        return look.next().isEmpty() && last.isBefore(end)
                ? new Look(IdRange.lastBefore(last).toString(), look.due())
                : look;
    }

    private static Look look(int max, List<Old> found) {
        List<Old> page = found.subList(0, Math.min(max, found.size()));
        String next = page.size() < max ? "" : page.getLast().id().toString();
        return new Look(next, page.stream().filter(Old::due).map(Old::id).toList());
    }

    private static boolean isBefore(UUID one, UUID other) {
        return new JobId(one).compareTo(new JobId(other)) < 0;
    }

    /** The states whose jobs go before what has succeeded as long ago. */
    private static Set<JobState.Name> sooner(Map<JobState.Name, Instant> until) {
        Instant succeeded = until.getOrDefault(JobState.Name.SUCCEEDED, Instant.MIN);
        return until.keySet().stream()
                .filter(state -> until.getOrDefault(state, Instant.MIN).isAfter(succeeded))
                .collect(Collectors.toSet());
    }

    private static List<Old> all(
            Db db, Map<JobState.Name, Instant> until, UUID after, Instant before, int max)
            throws SQLException {
        return olds(until, page(db.stmt(PAGE), after, before, max));
    }

    /** The first {@code max} of each state; in their order the first {@code max} of all. */
    private static List<Old> unsuccessful(
            Db db,
            Map<JobState.Name, Instant> until,
            Set<JobState.Name> states,
            UUID after,
            Instant before,
            int max)
            throws SQLException {
        var found = new ArrayList<Old>();
        for (JobState.Name state : states)
            if (state != JobState.Name.SUCCEEDED)
                found.addAll(
                        olds(
                                until,
                                page(db.stmt(PAGE_UNSUCCESSFUL), after, before, max)
                                        .set("state", Codes.of(state) - 2)));
        found.sort(Comparator.comparing(old -> new JobId(old.id())));
        return found;
    }

    private static Stmt page(Stmt stmt, UUID after, Instant before, int max) throws SQLException {
        return stmt.set("after", after).set("before", IdRange.firstOf(before)).set("max", max);
    }

    private static List<Old> olds(Map<JobState.Name, Instant> until, Stmt page)
            throws SQLException {
        var found = new ArrayList<Old>();
        try (Rows rows = page.query()) {
            while (rows.next()) {
                Instant end = until.getOrDefault(ended(rows.integer(2)), Instant.MIN);
                found.add(new Old(rows.uuid(1), rows.instant(3).isBefore(end)));
            }
        }
        return found;
    }

    /** Removes those of these that may still go. */
    static Pruned prune(Tx tx, Map<JobState.Name, Instant> until, Look look) throws SQLException {
        var locked = new ArrayList<UUID>();
        for (List<UUID> some : parts(tx, look.due()))
            try (Rows rows = stmt(tx, LOCK, some).query()) {
                while (rows.next()) locked.add(rows.uuid(1));
            }
        var taken = new ArrayList<UUID>();
        for (List<UUID> some : parts(tx, locked)) {
            Stmt take =
                    stmt(tx, TAKE, some)
                            .set("succeeded", before(until, JobState.Name.SUCCEEDED))
                            .set("dead", before(until, JobState.Name.DEAD))
                            .set("cancelled", before(until, JobState.Name.CANCELLED))
                            .set("now", tx.now);
            try (Rows rows = take.query()) {
                while (rows.next()) taken.add(gone(tx, rows));
            }
        }
        for (String sql : StoreSql.DISCARD)
            for (List<UUID> some : parts(tx, taken)) stmt(tx, sql, some).update();
        return new Pruned(taken.size(), look.next());
    }

    private static UUID gone(Tx tx, Rows rows) throws SQLException {
        UUID id = rows.uuid(1);
        Ran ran = rows.isNull(5) ? Ran.NONE : Ran.once(rows.instant(5), rows.instant(6));
        tx.moved(
                new JobId(id), rows.integer(2), ended(rows.integer(3)), null, rows.integer(4), ran);
        return id;
    }

    /** All at once where the database knows arrays, else one by one. */
    private static List<List<UUID>> parts(Tx tx, List<UUID> ids) {
        if (ids.isEmpty()) return List.of();
        return many(tx) ? List.of(ids) : ids.stream().map(List::of).toList();
    }

    private static Stmt stmt(Tx tx, String sql, List<UUID> ids) throws SQLException {
        if (!many(tx)) return tx.stmt(sql).set("id", ids.getFirst());
        return tx.stmt(ONE.matcher(sql).replaceAll(SOME)).ids(ids);
    }

    private static boolean many(Tx tx) {
        return tx.db().dialect().batches().isPresent();
    }

    /** Nothing has ended before 0. */
    private static long before(Map<JobState.Name, Instant> until, JobState.Name state) {
        Instant moment = until.get(state);
        return moment == null ? 0 : moment.toEpochMilli();
    }

    /** As outcome has it. */
    private static JobState.Name ended(int state) {
        return Codes.state(state + 2);
    }
}
