package dev.pawl.store;

import dev.pawl.core.Found;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Tally;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Looks for jobs at a bounded cost. The index that fits the filter best gives candidates, newest
 * first, a chunk at a time; each is looked at by its key. So the cost is that of the jobs looked
 * at, whatever the filter, and it is known how far the look went. For one search.
 */
final class JobSearch {
    private static final int CHUNK = 500;

    /** These have an index of their own; looking for other states goes by all jobs. */
    private static final Set<JobState.Name> INDEXED =
            Set.of(JobState.Name.DEAD, JobState.Name.CANCELLED);

    private final Db db;
    private final JobFilter filter;
    private final int lookMax;
    private final String matches;
    private final List<Integer> lanes;
    private int lookedAt;
    private @Nullable UUID last;
    private boolean ended;

    private JobSearch(Db db, JobFilter filter, int lookMax) throws SQLException {
        this.db = db;
        this.filter = filter;
        this.lookMax = lookMax;
        this.matches = ListSql.MATCHES + JobList.conditions(db.dialect(), filter);
        this.lanes = Newest.lanes(db, filter.tool(), filter.queue());
    }

    static Found page(Db db, JobFilter filter, String after, int limit, int lookMax)
            throws SQLException {
        // One snapshot: no job moves between the look for it and the look at it.
        db.beginRead();
        try {
            var search = new JobSearch(db, filter, lookMax);
            UUID from = after.isEmpty() ? Newest.LAST : UUID.fromString(after);
            List<Job> page = Reading.jobs(db, search.matching(from, limit));
            Optional<JobId> to = Optional.ofNullable(search.last).map(JobId::new);
            return new Found(page, search.lookedAt, to, search.ended);
        } finally {
            db.commit();
        }
    }

    static Tally count(Db db, JobFilter filter, int max, int lookMax) throws SQLException {
        db.beginRead();
        try {
            var search = new JobSearch(db, filter, lookMax);
            int jobs = search.matching(Newest.LAST, max).size();
            return new Tally(jobs, search.lookedAt, search.ended);
        } finally {
            db.commit();
        }
    }

    private List<UUID> matching(UUID after, int max) throws SQLException {
        var matching = new ArrayList<UUID>();
        UUID at = after;
        if (!filter.before().equals(Instant.MAX))
            at = older(at, JobList.endBefore(filter.before()));
        boolean bounded = !filter.since().equals(Instant.EPOCH);
        UUID first = bounded ? JobList.firstSince(filter.since()) : new UUID(0, 0);
        while (lookedAt < lookMax) {
            int chunk = Math.min(CHUNK, lookMax - lookedAt);
            List<UUID> candidates = candidates(at, chunk);
            for (UUID id : candidates) {
                if (Newest.BY_BYTES.compare(id, first) < 0) {
                    ended = true;
                    return matching;
                }
                lookedAt++;
                last = id;
                at = id;
                if (matches(id)) matching.add(id);
                if (matching.size() == max) return matching;
            }
            if (candidates.size() < chunk) {
                ended = true;
                return matching;
            }
        }
        return matching;
    }

    private static UUID older(UUID a, UUID b) {
        return Newest.BY_BYTES.compare(a, b) < 0 ? a : b;
    }

    private boolean matches(UUID id) throws SQLException {
        Stmt stmt = db.stmt(matches).set("id", id);
        JobList.bind(db.dialect(), stmt, filter);
        try (Rows rows = stmt.query()) {
            return rows.next();
        }
    }

    private List<UUID> candidates(UUID after, int limit) throws SQLException {
        var newest = new Newest(db, after, limit);
        if (!filter.idempotencyKey().isEmpty())
            newest.add(JobList.bindKey(newest.stmt(ListSql.OF_KEY), filter));
        else if (!filter.correlationId().isEmpty())
            newest.add(
                    newest.stmt(ListSql.NEWEST_OF_FLOW)
                            .set("correlation_id", filter.correlationId()));
        else if (!filter.causation().isEmpty())
            newest.add(newest.stmt(ListSql.NEWEST_CAUSED_BY).set("causation", filter.causation()));
        else if (!filter.owner().isEmpty())
            newest.add(newest.stmt(ListSql.NEWEST_OWNED_BY).set("owner", filter.owner()));
        else if (!filter.tag().isEmpty())
            newest.add(newest.stmt(ListSql.NEWEST_WITH_TAG).set("tag", filter.tag()));
        else addPlaces(newest);
        return newest.ids();
    }

    private void addPlaces(Newest newest) throws SQLException {
        boolean everywhere = filter.tool().isEmpty() && filter.queue().isEmpty();
        if (!filter.states().isEmpty() && INDEXED.containsAll(filter.states())) {
            for (JobState.Name state : filter.states())
                if (everywhere) newest.addAll(state, lanes);
                else newest.add(state, lanes);
        } else if (everywhere) newest.add(newest.stmt(ListSql.NEWEST_OF_ALL));
        else
            for (int lane : lanes)
                newest.add(newest.stmt(ListSql.NEWEST_OF_LANE).set("lane", lane));
    }
}
