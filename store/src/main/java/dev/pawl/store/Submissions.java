package dev.pawl.store;

import dev.pawl.core.InputKey;
import dev.pawl.core.JobId;
import dev.pawl.core.Reuse;
import dev.pawl.core.Submission;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What a job was submitted as, read for whoever is about to run it. */
public final class Submissions {
    /** What {@link #of(Tx, Rows, JobId)} reads, of the table job as {@code j}. */
    public static final String COLUMNS =
            """
            j.policy, j.priority, j.run_at, j.tenant, j.ttl, j.go_on, j.parents, j.reuse_ttl,
            j.reuse_errors, j.hash, j.key_parts, j.tags, j.correlation_id, j.causation,
            j.idempotency_key, j.input, j.traceparent, j.owner, j.id, j.lane,
            j.limit_value
            """;

    private Submissions() {}

    static Submission of(Tx tx, JobId id, Names.Lane lane) throws SQLException {
        try (Rows rows = tx.stmt(StoreSql.JOB_CLAIMED).set("id", id.value()).query()) {
            if (!rows.next()) throw new IllegalStateException("no job " + id);
            return of(tx, rows, id, lane);
        }
    }

    /** Those of many, in one statement. */
    static Map<JobId, Submission> of(Tx tx, List<Head> heads) throws SQLException {
        List<UUID> ids = heads.stream().map(head -> head.id().value()).toList();
        var found = new HashMap<JobId, Submission>();
        try (Rows rows = tx.stmt(StoreSql.JOBS_CLAIMED).ids(ids).query()) {
            while (rows.next()) {
                var id = new JobId(rows.uuid(19));
                found.put(id, of(tx, rows, id));
            }
        }
        return found;
    }

    /** What the row says of this job; its first columns are {@link #COLUMNS}. */
    public static Submission of(Tx tx, Rows rows, JobId id) throws SQLException {
        return of(tx, rows, id, tx.names.lane(tx.db(), tx.fresh, rows.integer(20)));
    }

    private static Submission of(Tx tx, Rows rows, JobId id, Names.Lane lane) throws SQLException {
        String tags = rows.text(12);
        return new Submission(
                lane.tool(),
                rows.text(16),
                lane.queue(),
                rows.integer(2),
                rows.instant(3),
                Duration.ofMillis(rows.number(5)),
                rows.integer(7) == 0 ? Set.of() : parents(tx, id),
                rows.flag(6),
                tags.isEmpty() ? Set.of() : new LinkedHashSet<>(List.of(tags.split(" "))),
                rows.text(13),
                rows.text(14),
                null,
                rows.text(4),
                rows.text(18),
                rows.text(15),
                tx.names.policy(tx.db(), tx.fresh, rows.integer(1)),
                lane.limit().of(rows.text(21)),
                new InputKey(rows.hex(10), rows.text(11)),
                new Reuse(Duration.ofMillis(rows.number(8)), rows.flag(9)),
                rows.text(17));
    }

    private static Set<JobId> parents(Tx tx, JobId id) throws SQLException {
        var parents = new LinkedHashSet<JobId>();
        try (Rows rows = tx.stmt(StoreSql.PARENTS_OF).set("id", id.value()).query()) {
            while (rows.next()) parents.add(new JobId(rows.uuid(1)));
        }
        return parents;
    }
}
