package dev.pawl.store;

import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Pruned;
import dev.pawl.core.Ran;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

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

    private PruneWrites() {}

    /** A finished job that may have to go. */
    private record Old(UUID id, boolean due) {}

    /** The page's last id, and those of it that are due. */
    record Look(String next, List<UUID> due) {}

    /** Looks at the next {@code max} finished jobs; locks nothing. */
    static Look look(Db db, Map<JobState.Name, Instant> until, String after, int max)
            throws SQLException {
        Optional<Instant> latest = until.values().stream().max(Instant::compareTo);
        if (latest.isEmpty()) return new Look("", List.of());
        var found = new ArrayList<Old>();
        try (Rows rows =
                db.stmt(PAGE)
                        .set("after", JobId.parse(after).map(JobId::value).orElse(FIRST))
                        .set("before", firstOf(latest.get().plusMillis(1)))
                        .set("max", max)
                        .query()) {
            while (rows.next()) {
                Instant end = until.getOrDefault(ended(rows.integer(2)), Instant.MIN);
                found.add(new Old(rows.uuid(1), rows.instant(3).isBefore(end)));
            }
        }
        String next = found.size() < max ? "" : found.getLast().id().toString();
        return new Look(next, found.stream().filter(Old::due).map(Old::id).toList());
    }

    /** The least id of a job that was submitted then: who ended before was submitted before. */
    private static UUID firstOf(Instant moment) {
        return new UUID(Math.max(0, moment.toEpochMilli()) << 16, 0);
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
        return many(tx)
                ? tx.stmt(sql.replace("= :id", "= ANY(:ids)")).set("ids", "uuid", ids)
                : tx.stmt(sql).set("id", ids.getFirst());
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
