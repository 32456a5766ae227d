package dev.pawl.server.toolrunner;

import dev.pawl.core.JobState;
import dev.pawl.core.Submission;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often a kept result answered a call, and how often none did, since this process began. Calls
 * of tools that keep no results are neither. Thread-safe.
 */
final class Hits {
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    void count(Submission submission, JobState state) {
        if (submission.reuse().never()) return;
        if (state instanceof JobState.Succeeded) hits.increment();
        else misses.increment();
    }

    /** In Prometheus' text form. */
    String text() {
        return """
        # HELP cache_hits_total Calls that a kept result answered
        # TYPE cache_hits_total counter
        cache_hits_total %d
        # HELP cache_misses_total Calls that none was kept for
        # TYPE cache_misses_total counter
        cache_misses_total %d
        """
                .formatted(hits.sum(), misses.sum());
    }
}
