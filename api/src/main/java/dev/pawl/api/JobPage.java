package dev.pawl.api;

import java.util.List;

/**
 * Jobs of a list, newest first.
 *
 * @param nextCursor for the next page; empty on the last
 */
public record JobPage(List<JobView> jobs, String nextCursor) {
    public JobPage {
        jobs = List.copyOf(jobs);
    }
}
