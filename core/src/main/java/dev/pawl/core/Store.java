package dev.pawl.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Keeps jobs durably. Each call is one transaction: when it returns, all of it is on disk, and when
 * it throws, none of it is, except that after {@link ErrorCode#STORE_UNAVAILABLE} nobody knows.
 * Thread-safe; every method blocks for its I/O. Only the store's clock decides times.
 *
 * <p>What every store must do is written down as tests in {@code StoreContract}.
 */
public interface Store extends AutoCloseable {
    /** The store's clock, to the millisecond. */
    Instant now();

    // ---- Submit

    /**
     * Stores jobs, each with its place in its life: answered, a follower, waiting, queued, or
     * cancelled because a parent has not succeeded. A bad one is refused alone. Answers are in the
     * order of {@code jobs}.
     *
     * <p>What is there already is answered before anything is refused: a job with that id, or with
     * that idempotency key, which outlives its job. A parent may come earlier in {@code jobs}. A
     * kept answer takes no place in the queue, so a full one doesn't refuse it. What an attempt
     * submits is fenced by its token: {@link ErrorCode#LEASE_LOST}.
     */
    List<Submitted> submit(List<NewJob> jobs);

    /** The result that would answer a job with this input hash now. */
    Optional<Kept> kept(String tenant, String hash);

    /**
     * The results that would answer jobs now, by the job that ran, the newest first.
     *
     * @param tool only of this tool, as in {@link JobFilter}; empty text for all
     * @param after the last job of the page before; empty text for the first page
     * @param limit 1 to 1,000
     */
    List<KeptEntry> keptResults(String tool, String after, int limit);

    /** Forgets the result kept under this hash if it is that job's. */
    void dropKept(String tenant, String hash, JobId job);

    /** Forgets kept results that end before {@code until}; answers how many. */
    int pruneKept(Instant until);

    // ---- Claim and run

    /**
     * Leases due jobs: priority (larger first), run_at, id; never those of a paused queue or over a
     * limit, whose size is what the latest submit said. Jobs whose time to live has ended become
     * dead instead.
     *
     * <p>A job that is {@linkplain Submission#comparedAtClaim compared now} and has not run follows
     * the one that runs the same input, or, when a kept result would answer it, is named instead of
     * leased; else it leads: equal ones follow it from now on.
     */
    Claimed claim(Claim claim);

    /**
     * What runs under this lease of this worker, by id: what a claim got whose answer was lost.
     * Empty when that claim did not take place; it doesn't afterwards either.
     */
    List<ClaimedJob> claimed(LeaseId lease, String worker);

    /**
     * Ends queued jobs that have not run with the kept result of their input, as {@link #submit}
     * would have, and frees their children. One that has moved on, or whose result is not kept any
     * more, stays as it is. Answers those that ended.
     */
    List<JobId> answer(List<Hit> hits);

    /** Prolongs the named leases that still stand, and says which attempts must stop. */
    Renewed renew(Renewal renewal);

    /** Keeps an attempt's latest progress. */
    Written progress(Token token, Progress progress);

    /**
     * Adds to an attempt's log. The sequence numbers are the caller's and grow; a line whose number
     * is there already is not added again.
     */
    Written log(Token token, List<LogLine> lines);

    /**
     * Ends attempts, in order, each fenced by its token. A final state also answers or promotes
     * followers, and frees or cancels children, in the same transaction.
     */
    List<Written> end(List<End> ends);

    /** Says that the handler of a cancelled attempt is gone. */
    Written stopped(Token token);

    // ---- Time passes

    /**
     * What there is to do, at one glance: for who would find nothing most of the time. It says
     * nothing of limits, paused queues, or tools.
     */
    Upcoming upcoming();

    /**
     * Takes the lead of a duty for this time, or keeps it: when nobody has it, when its holder has
     * not said so again in time, or when nothing has been said since {@code stale} was answered.
     * Answers who leads then.
     *
     * <p>It saves work that one can do for all, and guards nothing: two who both believe that they
     * lead have to be harmless.
     *
     * @param holder a name that no other process has
     * @param stale what the caller has seen unchanged for {@code ttl} by a clock of its own, which
     *     no step of the store's can mislead
     */
    Lead lead(String duty, String holder, Duration ttl, Optional<Lead> stale);

    /** Gives up all that this holder leads. */
    void resign(String holder);

    /** Makes up to {@code max} jobs whose time has come claimable; answers how many. */
    int promote(int max);

    /** Ends up to {@code max} jobs whose time to live ended before they started. */
    int expire(int max);

    /** Every lease that stands, the oldest end first. */
    List<Lease> leases();

    /** Ends at this moment every lease of a worker that is known to be dead. */
    void forfeit(String worker);

    /**
     * Takes a lease back if it is still as {@code seen} and its time is over: every job under it
     * goes where {@code decide} says, as an attempt whose lease was lost; one that it leaves
     * running stays, and its lease with it. What was stopping under the lease is over. Answers how
     * many jobs moved.
     *
     * @param decide has no effect but its answer; may be called more than once, and the last answer
     *     counts. When it throws, nothing has changed
     */
    int reclaim(Lease seen, Function<Reclaimed, JobState> decide);

    /** Frees up to {@code max} children and followers that nobody told; answers how many. */
    int sweep(int max);

    // ---- From outside

    /**
     * Cancels an unfinished job; of a running one every later write is refused, and its lease stays
     * until {@link #stopped}. Answers the state before, or empty when there is no such job.
     */
    Optional<JobState> cancel(JobId id);

    /**
     * Sends a dead or cancelled job back to its queue, its attempt number kept, its time to live
     * begun anew when it may start, and what was kept of it forgotten. Answers the state before, or
     * empty when there is no such job; a job that is still stopping, or not dead or cancelled,
     * stays as it is.
     *
     * @param notBefore when it may start at the earliest; in the past for now
     */
    Optional<JobState> redrive(JobId id, Instant notBefore);

    /** The same, to start now. */
    default Optional<JobState> redrive(JobId id) {
        return redrive(id, Instant.EPOCH);
    }

    /** Removes a dead or cancelled job; answers the state before, as {@link #redrive}. */
    Optional<JobState> discard(JobId id);

    /**
     * Looks at the next finished jobs in the order of their ids, and removes those that ended
     * before their state's moment, but for one that has an unfinished child, whose handler may
     * still run, or whose result is kept.
     *
     * @param until by the state they ended in; a state that is not named stays
     * @param after {@link Pruned#next} of the look before; empty text to begin
     * @param max looked at
     */
    Pruned prune(Map<JobState.Name, Instant> until, String after, int max);

    /**
     * Looks after history where it is kept in stretches of time, which are made ahead and dropped
     * as a whole once {@code retention} is over for all that was submitted in them; but for what
     * {@link #prune} would leave, which stays. That makes no event. Blocks while what was submitted
     * long ago is read; what can't be had at the moment is left for the next call, which may be any
     * process's.
     */
    default void keepHistory(Retention retention) {}

    /**
     * Stores jobs that have ended elsewhere, as they ended there, and counts them; answers those
     * that weren't here. One whose id is here already stays as it is. It is history, no news: it
     * makes no event.
     */
    Set<JobId> adopt(List<PastJob> jobs);

    // ---- Look

    /** The job, or empty when there is none. */
    Optional<Job> find(JobId id);

    /** The states of those of the jobs that exist. */
    Map<JobId, JobState> states(Collection<JobId> ids);

    /**
     * Jobs that match, newest first.
     *
     * @param after the last job of the page before; empty text for the first page
     * @param limit 1 to 1,000
     */
    List<Job> list(JobFilter filter, String after, int limit);

    /**
     * Looks for jobs that match, newest first, and gives up after {@code lookMax} jobs: it costs a
     * bounded read whatever the filter. Which jobs it need not look at is the store's affair.
     *
     * @param after as in {@link #list}; or where the page before had looked to
     * @param limit 1 to 1,000
     * @param lookMax 1 to 100,000
     */
    Found search(JobFilter filter, String after, int limit, int lookMax);

    /**
     * Counts jobs that match, and gives up after {@code max} of them, or after {@code lookMax} that
     * it looked at, as {@link #search}.
     *
     * @param max 1 to 100,000
     */
    Tally count(JobFilter filter, int max, int lookMax);

    /** The attempts that ended without success, oldest first. */
    List<AttemptEnd> history(JobId id);

    /**
     * Log lines after the given one, oldest first.
     *
     * @param afterAttempt and {@code afterSeq}: 0 and -1 for the beginning
     */
    List<LogLine> logs(JobId id, int afterAttempt, long afterSeq, int limit);

    /** What the job left, by name. */
    List<Artifact> artifacts(JobId id);

    /**
     * Those of these SHA-256 hashes that no stored job names: not as an artifact, nor anywhere in
     * its input or output. Reads every job, page by page: one that is stored meanwhile may be
     * missed.
     */
    Set<String> unreferenced(Set<String> sha256s);

    /** The jobs that name this one as a parent. */
    Set<JobId> children(JobId id);

    /** Kept counters, by queue, tool and state; those above zero. */
    List<Count> counts();

    // ---- Events

    /**
     * Events with greater numbers, each written in the transaction that it tells of. Whoever asks
     * again from where a page ended misses none.
     *
     * @param limit at least 1
     */
    Events events(long after, int limit);

    /**
     * Those of one job. Reads all that is kept after that number: for who has not listened for a
     * while.
     */
    Events events(JobId id, long after, int limit);

    /** The number of the last event; 0 when there never was one. */
    long latestEvent();

    /** Where the job stands, and as of which event; empty when there is none. */
    Optional<Standing> standing(JobId id);

    /**
     * Forgets a bite of the oldest events: those from before {@code until}, and those beyond the
     * newest {@code most}. What one commit wrote goes together, and the newest commit's stays.
     *
     * @param max commits in one bite
     * @return whether more are to be forgotten
     */
    boolean pruneEvents(Instant until, long most, int max);

    // ---- Queues and workers

    /** Every queue that has a switch set or had a job. */
    List<QueueEntry> queues();

    /**
     * Since when the job of each queue that could be claimed longest has been due; queues without
     * such a job are missing. Read from an index, at most 100 priorities of each lane.
     */
    Map<String, Instant> oldestDue();

    void setQueue(QueueEntry queue);

    /**
     * Every limit that holds jobs of this store back, by its name: those of tools and of queues,
     * and each key's that has a place or due jobs, of these at most {@link LimitEntry#KEYS_MAX} of
     * each line.
     */
    List<LimitEntry> limits();

    /** Stores a worker, or what has changed about it; that it was told to drain stays. */
    void register(WorkerEntry worker);

    /** Tells a worker to drain, with its next heartbeat; answers whether there is such a worker. */
    boolean drain(String worker);

    /** Removes a worker that has stopped; its leases stay. */
    void unregister(String worker);

    List<WorkerEntry> workers();

    /** The other processes on this store; nobody where it carries no hints. */
    default Neighbours neighbours() {
        return Neighbours.NONE;
    }

    @Override
    void close();

    /** What it does in transactions of others; empty where nobody else can have tables. */
    default Optional<Transactions> transactions() {
        return Optional.empty();
    }

    /** How busy its connections are now; empty where it has none. Doesn't block. */
    default Optional<StorePool> pool() {
        return Optional.empty();
    }
}
