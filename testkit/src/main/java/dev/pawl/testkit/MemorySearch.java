package dev.pawl.testkit;

import dev.pawl.core.Found;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.Tally;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks at jobs one by one, at most so many. For one search. */
final class MemorySearch {
    private final Iterator<MemoryJob> candidates;
    private final JobFilter filter;
    private final int lookMax;
    private int lookedAt;
    private @Nullable JobId last;

    MemorySearch(Stream<MemoryJob> newestFirst, JobFilter filter, int lookMax) {
        if (lookMax < 1 || lookMax > 100_000)
            throw new IllegalArgumentException("bound is " + lookMax + ", want 1 to 100,000");
        this.candidates = newestFirst.iterator();
        this.filter = filter;
        this.lookMax = lookMax;
    }

    static void requirePage(int limit) {
        if (limit < 1 || limit > 1_000)
            throw new IllegalArgumentException("limit is " + limit + ", want 1 to 1,000");
    }

    Found found(int limit, MemoryJobs jobs) {
        requirePage(limit);
        List<Job> page = matching(limit).stream().map(j -> j.brief(jobs.seen(j))).toList();
        return new Found(page, lookedAt, Optional.ofNullable(last), !candidates.hasNext());
    }

    Tally counted(int max) {
        if (max < 1 || max > 100_000)
            throw new IllegalArgumentException("bound is " + max + ", want 1 to 100,000");
        return new Tally(matching(max).size(), lookedAt, !candidates.hasNext());
    }

    private List<MemoryJob> matching(int max) {
        var matching = new ArrayList<MemoryJob>();
        while (candidates.hasNext() && lookedAt < lookMax && matching.size() < max) {
            MemoryJob next = candidates.next();
            lookedAt++;
            last = next.id;
            if (next.matches(filter)) matching.add(next);
        }
        return matching;
    }
}
