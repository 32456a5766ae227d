package dev.pawl.store;

import dev.pawl.core.JobState;
import dev.pawl.core.Ran;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What a transaction adds to one counter; less than nothing where jobs leave a state.
 *
 * @param jobs how many jobs are in the state
 * @param runs how many attempts ended them
 * @param millis how long those ran in total
 */
public record Delta(int lane, JobState.Name state, int jobs, long runs, long millis) {
    /** 4 bytes of lane, 1 of state, 4 of jobs, 8 of runs, 8 of millis. */
    private static final int BYTES = 25;

    static Delta none(int lane, JobState.Name state) {
        return new Delta(lane, state, 0, 0, 0);
    }

    /**
     * What ended jobs are counted as.
     *
     * @param outcome their state, as a row in outcome has it
     * @param runs those of them that an attempt ended
     */
    public static Delta ended(int lane, int outcome, int jobs, long runs, long millis) {
        return new Delta(lane, Codes.state(outcome + 2), jobs, runs, millis);
    }

    /** Takes away what this one adds. */
    public Delta negated() {
        return new Delta(lane, state, -jobs, -runs, -millis);
    }

    Delta and(int sign, Ran ran) {
        return new Delta(
                lane,
                state,
                jobs + sign,
                runs + sign * ran.attempts(),
                millis + sign * ran.total().toMillis());
    }

    /** Both together, of the same counter. */
    public Delta plus(Delta other) {
        return new Delta(lane, state, jobs + other.jobs, runs + other.runs, millis + other.millis);
    }

    /** The state as rows have it. */
    public int stateCode() {
        return Codes.of(state);
    }

    boolean nothing() {
        return jobs == 0 && runs == 0 && millis == 0;
    }

    /** How many unfinished jobs these add to a lane. */
    static int unfinished(Collection<Delta> deltas, int lane) {
        return deltas.stream()
                .filter(delta -> delta.lane == lane && !delta.state.ended())
                .mapToInt(Delta::jobs)
                .sum();
    }

    /** For a row. */
    public static byte[] pack(List<Delta> deltas) {
        var bytes = ByteBuffer.allocate(deltas.size() * BYTES);
        for (Delta delta : deltas)
            bytes.putInt(delta.lane)
                    .put((byte) Codes.of(delta.state))
                    .putInt(delta.jobs)
                    .putLong(delta.runs)
                    .putLong(delta.millis);
        return bytes.array();
    }

    /** What {@link #pack} made the bytes of. */
    public static List<Delta> unpack(byte[] packed) {
        var deltas = new ArrayList<Delta>();
        var bytes = ByteBuffer.wrap(packed);
        while (bytes.hasRemaining())
            deltas.add(
                    new Delta(
                            bytes.getInt(),
                            Codes.state(bytes.get()),
                            bytes.getInt(),
                            bytes.getLong(),
                            bytes.getLong()));
        return deltas;
    }
}
