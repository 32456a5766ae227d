package dev.pawl.store;

import dev.pawl.core.Claim;
import dev.pawl.core.End;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.NewJob;
import dev.pawl.core.Submission;
import dev.pawl.core.Token;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Moves of many jobs in a statement or two, where each statement costs a way over the network. Only
 * the plain cases go this way; what else hangs on a job is done row by row, as without it.
 */
public interface Batches {
    /** A new job that nothing keeps from its queue. */
    record Fresh(NewJob job, int lane, int policy, JobState.Queued queued) {}

    /**
     * New jobs that are stored by one statement, without a transaction around it.
     *
     * @param jobs when each is due is not known before: {@link Fresh#queued} says what was asked
     * @param moves their events, packed
     * @param counts what they add to the counters, packed
     */
    record Arrivals(List<Fresh> jobs, ByteBuffer moves, ByteBuffer counts) {}

    /** Stores them and answers when; empty, and nothing is stored, when a queue has a cap. */
    Optional<Instant> add(Db db, Arrivals arrivals) throws SQLException;

    /**
     * An attempt that begins.
     *
     * @param limitId 0 for none
     * @param reuse whether followers or a kept result hang on its end
     */
    record Begun(Head head, int limitId, boolean reuse) {}

    /** A head whose attempt has begun. */
    record Started(Head head, Submission submission) {}

    /**
     * What a claim got at once.
     *
     * @param all whether nothing is left that it looks for now
     */
    record Taken(List<Started> jobs, boolean all) {}

    /** What the row of a running job said. */
    record Held(int lane, boolean reuse, Instant startedAt) {}

    /** Stores jobs with their place in ready or later; answers those that were not there before. */
    Set<JobId> add(Tx tx, List<Fresh> jobs) throws SQLException;

    /**
     * Moves up to {@code max} heads of these lanes, which no limit holds back, to running under the
     * claim's lease, in claim order as far as others don't take the same at this moment. Moves none
     * when one of them has to be compared with others first.
     */
    Taken begin(Tx tx, Claim claim, List<Integer> lanes, int max) throws SQLException;

    /**
     * A line of jobs of which a claim wants the first ones.
     *
     * @param key 0 for all of a lane
     */
    record Wanted(int lane, long key, int max) {}

    /** The first heads of these lines; nobody is kept from them, and each line is in its order. */
    List<Head> heads(Tx tx, Claim claim, List<Wanted> lines) throws SQLException;

    /** The first heads of these lanes together, in claim order; nobody is kept from them. */
    List<Head> peek(Tx tx, Claim claim, List<Integer> lanes, int max) throws SQLException;

    /**
     * Keys of a lane whose lines a claim goes on in, in their order; each had as many due jobs as a
     * claim could start, or more, when it was looked at.
     */
    List<Long> keys(Tx tx, Claim claim, int lane, long after, long upTo);

    /**
     * Moves heads that this transaction keeps from others to running under the claim's lease. Moves
     * none, and answers none, when one of them has to be compared with others first.
     *
     * @param limits each one's limit, 0 for none
     */
    List<Started> begin(Tx tx, Claim claim, List<Head> heads, List<Integer> limits)
            throws SQLException;

    /** The same of heads that need not be compared any more; the lease is the caller's to store. */
    void begin(Tx tx, Claim claim, List<Begun> attempts) throws SQLException;

    /**
     * Moves running jobs to their outcome, a success without artifacts each; those whose token
     * doesn't hold them any more are missing in the answer.
     */
    Map<Token, Held> succeed(Tx tx, List<End> ends) throws SQLException;
}
