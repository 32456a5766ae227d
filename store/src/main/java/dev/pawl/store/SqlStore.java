package dev.pawl.store;

import dev.pawl.core.ApiKey;
import dev.pawl.core.ApiKeys;
import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.Claim;
import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Count;
import dev.pawl.core.End;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Events;
import dev.pawl.core.Found;
import dev.pawl.core.Hit;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Kept;
import dev.pawl.core.KeptEntry;
import dev.pawl.core.Lead;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.LimitEntry;
import dev.pawl.core.LogLine;
import dev.pawl.core.NewJob;
import dev.pawl.core.PastJob;
import dev.pawl.core.PawlException;
import dev.pawl.core.Progress;
import dev.pawl.core.Pruned;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Reclaimed;
import dev.pawl.core.Renewal;
import dev.pawl.core.Renewed;
import dev.pawl.core.Standing;
import dev.pawl.core.Store;
import dev.pawl.core.Submitted;
import dev.pawl.core.Tally;
import dev.pawl.core.Token;
import dev.pawl.core.ToolId;
import dev.pawl.core.Upcoming;
import dev.pawl.core.Users;
import dev.pawl.core.Webhooks;
import dev.pawl.core.WorkerEntry;
import dev.pawl.core.Written;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Jobs in an SQL database. A job's state is where its row is: each move deletes one row and inserts
 * the next in one transaction, and whoever deletes the row owns the move. A subclass says how a
 * transaction is made: {@link #write}, {@link #read}.
 */
public abstract class SqlStore implements Store {
    private final Names names;

    /**
     * @param names what reads know of lanes; a store's writers have it too, or one of their own
     */
    protected SqlStore(Names names) {
        this.names = names;
    }

    /** What one caller wants read from one connection. */
    public interface Read<T> {
        T from(Db db) throws SQLException;
    }

    /**
     * Does the work in a transaction and blocks until it is committed. It may be done more than
     * once.
     *
     * @throws PawlException when it is not stored, unless the code is {@link
     *     ErrorCode#STORE_UNAVAILABLE}: then nobody knows
     */
    protected abstract <T> T write(Tx.Work<T> work);

    /** The same for what is harmless when the machine loses it with everything after it. */
    protected abstract <T> T writeUnsynced(Tx.Work<T> work);

    /** Reads, on a connection that nobody else uses meanwhile. */
    protected abstract <T> T read(Read<T> read);

    /** The same of a few rows, which are found by their keys however full the tables are. */
    protected <T> T readRows(Read<T> read) {
        return read(read);
    }

    @Override
    public List<Submitted> submit(List<NewJob> jobs) {
        return write(tx -> SubmitWrites.submit(tx, jobs));
    }

    /** Whether its submit has nothing to look for that others may be about to write. */
    protected static boolean waitsForNobody(NewJob job) {
        return SubmitWrites.plain(job);
    }

    /**
     * Stores the jobs by one statement outside of any transaction, where that can be done; empty
     * when nothing was stored.
     */
    protected Optional<List<Submitted>> submitAtOnce(Batches batches, List<NewJob> jobs) {
        Optional<Batches.Arrivals> arrivals = SubmitWrites.arrivals(names, jobs);
        if (arrivals.isEmpty()) return Optional.empty();
        return read(db -> batches.add(db, arrivals.get()))
                .map(now -> SubmitWrites.accepted(jobs, now));
    }

    @Override
    public Optional<Kept> kept(String tenant, String hash) {
        byte[] bytes = HexFormat.of().parseHex(hash);
        Instant now = now();
        return read(db -> Reading.kept(db, tenant, bytes, now));
    }

    @Override
    public List<KeptEntry> keptResults(String tool, String after, int limit) {
        requirePage(limit);
        Instant now = now();
        return read(db -> KeptList.page(db, tool, after, limit, now));
    }

    @Override
    public void dropKept(String tenant, String hash, JobId job) {
        write(tx ->
                tx.stmt(StoreSql.KEPT_DROP)
                        .set("tenant", tenant)
                        .set("hash", HexFormat.of().parseHex(hash))
                        .set("id", job.value())
                        .update());
    }

    @Override
    public int pruneKept(Instant until) {
        return write(tx -> tx.stmt(StoreSql.KEPT_PRUNE).set("until", until).update());
    }

    @Override
    public Claimed claim(Claim claim) {
        return writeUnsynced(tx -> ClaimWrites.claim(tx, claim));
    }

    /** Asks as a write does, so that it comes after a claim that is still in line. */
    @Override
    public List<ClaimedJob> claimed(LeaseId lease, String worker) {
        return write(tx -> ClaimWrites.claimed(tx, lease, worker));
    }

    @Override
    public List<JobId> answer(List<Hit> hits) {
        return write(tx -> ClaimWrites.answer(tx, hits));
    }

    @Override
    public Renewed renew(Renewal renewal) {
        return writeUnsynced(tx -> TimeWrites.renew(tx, renewal));
    }

    @Override
    public Written progress(Token token, Progress progress) {
        return writeUnsynced(tx -> EndWrites.progress(tx, token, progress));
    }

    @Override
    public Written log(Token token, List<LogLine> lines) {
        return writeUnsynced(tx -> EndWrites.log(tx, token, lines));
    }

    @Override
    public List<Written> end(List<End> ends) {
        return write(tx -> EndWrites.end(tx, ends));
    }

    @Override
    public Written stopped(Token token) {
        return write(tx -> EndWrites.stopped(tx, token));
    }

    @Override
    public Upcoming upcoming() {
        return read(db -> Reading.upcoming(db, this::now));
    }

    /** Looks before it writes: most often another one leads. */
    @Override
    public Lead lead(String duty, String holder, Duration ttl, Optional<Lead> stale) {
        Optional<Lead> found = read(db -> LeadWrites.find(db, duty, this::now));
        return found.isPresent() && !LeadWrites.free(found.get(), holder, stale)
                ? found.get()
                : writeUnsynced(tx -> LeadWrites.take(tx, duty, holder, ttl, stale));
    }

    @Override
    public void resign(String holder) {
        writeUnsynced(tx -> LeadWrites.resign(tx, holder));
    }

    @Override
    public int promote(int max) {
        return writeUnsynced(tx -> TimeWrites.promote(tx, max));
    }

    @Override
    public int expire(int max) {
        return write(tx -> TimeWrites.expire(tx, max));
    }

    @Override
    public List<Lease> leases() {
        return read(Reading::leases);
    }

    @Override
    public void forfeit(String worker) {
        write(tx -> {
            TimeWrites.forfeit(tx, worker);
            return true;
        });
    }

    @Override
    public int reclaim(Lease seen, Function<Reclaimed, JobState> decide) {
        return write(tx -> TimeWrites.reclaim(tx, seen, decide));
    }

    /**
     * Nothing to sweep: where writers are alone, writes come one after another, so no end misses a
     * child or a follower.
     */
    @Override
    public int sweep(int max) {
        return 0;
    }

    @Override
    public Optional<JobState> cancel(JobId id) {
        return write(tx -> OutsideWrites.cancel(tx, id));
    }

    @Override
    public Optional<JobState> redrive(JobId id, Instant notBefore) {
        return write(tx -> OutsideWrites.redrive(tx, id, notBefore));
    }

    @Override
    public Optional<JobState> discard(JobId id) {
        return write(tx -> OutsideWrites.discard(tx, id));
    }

    /** Looks before it writes: most often there is nothing to remove. */
    @Override
    public Pruned prune(Map<JobState.Name, Instant> until, String after, int max) {
        IdRange whole = goesWhole();
        PruneWrites.Look look = read(db -> PruneWrites.look(db, until, after, max, whole));
        return look.due().isEmpty()
                ? new Pruned(0, look.next())
                : write(tx -> PruneWrites.prune(tx, until, look));
    }

    /** Jobs that aren't removed one by one when their success is over, but all at once. */
    protected IdRange goesWhole() {
        return IdRange.NONE;
    }

    @Override
    public Set<JobId> adopt(List<PastJob> jobs) {
        return write(tx -> PastWrites.adopt(tx, jobs));
    }

    @Override
    public Optional<Job> find(JobId id) {
        return readRows(db -> Reading.find(db, id));
    }

    @Override
    public Map<JobId, JobState> states(Collection<JobId> ids) {
        return readRows(db -> Reading.states(db, ids));
    }

    @Override
    public List<Job> list(JobFilter filter, String after, int limit) {
        requirePage(limit);
        return read(db -> JobList.page(db, filter, after, limit));
    }

    @Override
    public Found search(JobFilter filter, String after, int limit, int lookMax) {
        requirePage(limit);
        requireLook(lookMax);
        return read(db -> JobSearch.page(db, filter, after, limit, lookMax));
    }

    @Override
    public Tally count(JobFilter filter, int max, int lookMax) {
        requireLook(max);
        requireLook(lookMax);
        return read(db -> JobSearch.count(db, filter, max, lookMax));
    }

    private static void requirePage(int limit) {
        if (limit < 1 || limit > 1_000)
            throw new IllegalArgumentException("limit is " + limit + ", want 1 to 1000");
    }

    private static void requireLook(int jobs) {
        if (jobs < 1 || jobs > 100_000)
            throw new IllegalArgumentException("bound is " + jobs + ", want 1 to 100000");
    }

    /** One page at a time, so that no reader is kept from others and no snapshot grows old. */
    @Override
    public Set<String> unreferenced(Set<String> sha256s) {
        var left = new HashSet<>(sha256s);
        for (String sql : StoreSql.MENTIONS) {
            Optional<UUID> after = Optional.of(Mentions.FIRST);
            while (after.isPresent() && !left.isEmpty()) {
                UUID from = after.get();
                after = read(db -> Mentions.page(db, sql, from, left));
            }
        }
        return left;
    }

    @Override
    public List<AttemptEnd> history(JobId id) {
        return readRows(db -> Reading.history(db, id));
    }

    @Override
    public List<LogLine> logs(JobId id, int afterAttempt, long afterSeq, int limit) {
        return readRows(db -> Reading.logs(db, id, afterAttempt, afterSeq, limit));
    }

    @Override
    public List<Artifact> artifacts(JobId id) {
        return readRows(db -> Reading.artifacts(db, id));
    }

    @Override
    public Set<JobId> children(JobId id) {
        return readRows(db -> Reading.children(db, id));
    }

    @Override
    public List<Count> counts() {
        return read(Reading::counts);
    }

    @Override
    public Events events(long after, int limit) {
        return read(db -> EventLog.page(db, names, after, limit));
    }

    @Override
    public Events events(JobId id, long after, int limit) {
        return read(db -> EventLog.page(db, names, id, after, limit));
    }

    @Override
    public long latestEvent() {
        return read(EventLog::latest);
    }

    @Override
    public Optional<Standing> standing(JobId id) {
        return read(db -> {
            db.beginRead();
            try {
                return standing(db, id);
            } finally {
                db.commit();
            }
        });
    }

    /** The same inside a transaction, which sees one snapshot. */
    protected static Optional<Standing> standing(Db db, JobId id) throws SQLException {
        return Reading.standing(db, id);
    }

    /** Looks before it takes the write lock: most often there is nothing to forget. */
    @Override
    public boolean pruneEvents(Instant until, long most, int max) {
        return read(db -> EventLog.bite(db, until, most, max)).isPresent()
                && writeUnsynced(tx -> EventLog.prune(tx, until, most, max));
    }

    @Override
    public List<QueueEntry> queues() {
        return read(Reading::queues);
    }

    @Override
    public Map<String, Instant> oldestDue() {
        return read(Reading::oldestDue);
    }

    @Override
    public List<LimitEntry> limits() {
        Instant now = now();
        return read(db -> LimitReading.limits(db, now));
    }

    @Override
    public void setQueue(QueueEntry queue) {
        write(tx -> {
            tx.depths.remove(queue.name());
            return tx.stmt(StoreSql.QUEUE_SET)
                    .set("queue", queue.name())
                    .set("paused", queue.paused() ? 1 : 0)
                    .set("depth_max", queue.depthMax())
                    .set("running_max", queue.runningMax())
                    .set("rate_max", queue.rate().max())
                    .set("rate_ms", queue.rate().period().toMillis())
                    .update();
        });
    }

    @Override
    public void register(WorkerEntry worker) {
        String tools =
                worker.tools().stream()
                        .map(ToolId::toString)
                        .sorted()
                        .collect(Collectors.joining(" "));
        write(tx ->
                tx.stmt(StoreSql.WORKER_SET)
                        .text("worker", worker.id())
                        .text("host", worker.host())
                        .set("pid", worker.pid())
                        .set("pid_started_at", worker.pidStartedAt())
                        .text("tools", tools)
                        .set("slots", worker.slots())
                        .text(
                                "can",
                                worker.can().stream().sorted().collect(Collectors.joining(" ")))
                        .set("started_at", worker.startedAt())
                        .set("now", tx.now)
                        .update());
    }

    @Override
    public boolean drain(String worker) {
        return write(tx ->
                tx.stmt(LeadWrites.WORKER_DRAIN).set("now", tx.now).set("worker", worker).update()
                        > 0);
    }

    @Override
    public void unregister(String worker) {
        write(tx -> tx.stmt(StoreSql.WORKER_DROP).set("worker", worker).update());
    }

    @Override
    public List<WorkerEntry> workers() {
        return read(Reading::workers);
    }

    /** The keys that callers of this store's servers show; usable for as long as the store is. */
    public ApiKeys keys() {
        return new Keys();
    }

    /** Who wants to be told of events; usable for as long as the store is. */
    public Webhooks webhooks() {
        return new StoredWebhooks(this);
    }

    /** Who signs in, and the sessions; usable for as long as the store is. */
    public Users users() {
        return new StoredUsers(this);
    }

    private final class Keys implements ApiKeys {
        @Override
        public void add(ApiKey key, String sha256) {
            byte[] hash = HexFormat.of().parseHex(sha256);
            write(tx -> StoredKeys.add(tx, key, hash));
        }

        @Override
        public Optional<ApiKey> find(String sha256) {
            return read(db -> StoredKeys.find(db, sha256));
        }

        @Override
        public List<ApiKey> all() {
            return read(StoredKeys::all);
        }

        @Override
        public boolean revoke(String id) {
            return write(tx ->
                    tx.stmt(UserSql.API_KEY_REVOKE).set("id", id).set("now", tx.now).update())
                    > 0;
        }

        @Override
        public void used(String id, Instant at) {
            write(tx -> tx.stmt(UserSql.API_KEY_USED).set("id", id).set("at", at).update());
        }
    }
}
