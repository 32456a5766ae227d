package dev.pawl.store;

import dev.pawl.core.JobState;
import dev.pawl.core.Ran;

/**
 * What a transaction adds to one counter; less than nothing where jobs leave a state.
 *
 * @param jobs how many jobs are in the state
 * @param runs how many attempts ended them
 * @param millis how long those ran in total
 */
public record Delta(int lane, JobState.Name state, int jobs, long runs, long millis) {
    static Delta none(int lane, JobState.Name state) {
        return new Delta(lane, state, 0, 0, 0);
    }

    Delta and(int sign, Ran ran) {
        return new Delta(
                lane,
                state,
                jobs + sign,
                runs + sign * ran.attempts(),
                millis + sign * ran.total().toMillis());
    }

    boolean nothing() {
        return jobs == 0 && runs == 0 && millis == 0;
    }
}
