package dev.pawl.worker;

import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * How a set of jobs stands.
 *
 * @param states of those that were seen, in the order they were asked for
 * @param vanished those that are not there (any more) and were not seen to end
 */
public record Tally(Map<JobId, JobState> states, Set<JobId> vanished) {
    public Tally {
        states = Collections.unmodifiableMap(new LinkedHashMap<>(states));
        vanished = Collections.unmodifiableSet(new LinkedHashSet<>(vanished));
    }

    /** How many jobs there are, vanished ones included. */
    public int size() {
        return states.size() + vanished.size();
    }

    /** How many are over, well or not. */
    public int over() {
        return (int) states.values().stream().filter(JobState::ended).count() + vanished.size();
    }

    /** Whether every job has succeeded. */
    public boolean succeeded() {
        return vanished.isEmpty()
                && states.values().stream().allMatch(s -> s instanceof JobState.Succeeded);
    }
}
