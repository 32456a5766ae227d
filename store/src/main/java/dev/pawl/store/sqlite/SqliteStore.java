package dev.pawl.store.sqlite;

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
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.LogLine;
import dev.pawl.core.NewJob;
import dev.pawl.core.PawlException;
import dev.pawl.core.Progress;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Reclaimed;
import dev.pawl.core.Renewal;
import dev.pawl.core.Renewed;
import dev.pawl.core.Standing;
import dev.pawl.core.Store;
import dev.pawl.core.StorePool;
import dev.pawl.core.Submitted;
import dev.pawl.core.Tally;
import dev.pawl.core.Time;
import dev.pawl.core.Token;
import dev.pawl.core.ToolId;
import dev.pawl.core.Users;
import dev.pawl.core.Webhooks;
import dev.pawl.core.WorkerEntry;
import dev.pawl.core.Written;
import dev.pawl.store.Db;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * Jobs in one SQLite file, which several processes may have open.
 *
 * <p>Why it is safe:
 *
 * <ul>
 *   <li>A job's state is where its row is. Each move deletes one row and inserts the next inside
 *       one transaction, so a job is never in two places and never in none.
 *   <li>Writes of all processes come one after another: each begins with BEGIN IMMEDIATE, which
 *       takes the file's write lock before anything is read, so what a write saw is still so when
 *       it commits. No write reads on one snapshot and writes on another.
 *   <li>A running attempt's write deletes or finds its row by (job, attempt, lease). A lost lease
 *       has no such row, so the write does nothing and says so.
 *   <li>With {@code synchronous=FULL} the log is synced before a commit returns, and nobody is
 *       answered before. Claims, renewals, progress and log lines don't wait for a sync of their
 *       own: a power failure that takes a claim takes its random lease id too, so that nothing
 *       written under it is lost or counted, and it ends the handler as well.
 * </ul>
 *
 * <p>Reads have connections of their own and never wait for the writer. Thread-safe.
 */
public final class SqliteStore implements Store {
    private final SqliteOptions options;
    private final Time time;
    private final Db writing;
    private final SqliteWriter writer;
    private final SqliteCheckpoints checkpoints;
    private final ArrayBlockingQueue<Db> readers;
    private final Names names = new Names();
    private final AtomicBoolean closed = new AtomicBoolean();

    private SqliteStore(
            SqliteOptions options,
            Time time,
            SQLiteDataSource source,
            UnaryOperator<Connection> wire)
            throws SQLException {
        this.options = options;
        this.time = time;
        this.writing = new Db(wire.apply(source.getConnection()));
        writing.execute(SqliteSql.AUTOCHECKPOINT + SqliteCheckpoints.LOG_MAX);
        this.checkpoints = new SqliteCheckpoints(() -> new Db(source.getConnection()));
        this.writer = new SqliteWriter(writing, time, options, checkpoints);
        this.readers = new ArrayBlockingQueue<>(options.readers());
        for (int i = 0; i < options.readers(); i++)
            readers.add(new Db(wire.apply(source.getConnection())));
    }

    /**
     * Opens the file, and makes or migrates it first where that is needed.
     *
     * @throws PawlException {@link ErrorCode#SCHEMA_NEWER}, {@link ErrorCode#STORE_CORRUPT} or
     *     {@link ErrorCode#STORE_UNAVAILABLE}
     */
    public static SqliteStore open(SqliteOptions options, Time time) {
        return open(options, time, UnaryOperator.identity());
    }

    /**
     * As {@link #open(SqliteOptions, Time)}; every connection that reads or writes jobs passes
     * through {@code wire} first, so that a test can cut it between two statements.
     */
    public static SqliteStore open(
            SqliteOptions options, Time time, UnaryOperator<Connection> wire) {
        SQLiteDataSource source = source(options);
        try {
            SqliteSchema.migrate(source, options.file(), time);
            return new SqliteStore(options, time, source, wire);
        } catch (SQLException e) {
            throw SqliteErrors.of(e, options.file());
        }
    }

    private static SQLiteDataSource source(SqliteOptions options) {
        var config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(
                switch (options.synchronous()) {
                    case FULL -> SQLiteConfig.SynchronousMode.FULL;
                    case NORMAL -> SQLiteConfig.SynchronousMode.NORMAL;
                });
        config.setBusyTimeout((int) options.busy().toMillis());
        config.setCacheSize(-32_000);
        config.setPragma(SQLiteConfig.Pragma.TEMP_STORE, "memory");
        var source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + options.file());
        return source;
    }

    @Override
    public Instant now() {
        return time.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public List<Submitted> submit(List<NewJob> jobs) {
        return writer.write(tx -> SubmitWrites.submit(tx, jobs));
    }

    @Override
    public Optional<Kept> kept(String tenant, String hash) {
        byte[] bytes = HexFormat.of().parseHex(hash);
        return read(db -> Reading.kept(db, tenant, bytes, now()));
    }

    @Override
    public List<KeptEntry> keptResults(String tool, String after, int limit) {
        requirePage(limit);
        return read(db -> KeptList.page(db, tool, after, limit, now()));
    }

    @Override
    public void dropKept(String tenant, String hash, JobId job) {
        writer.write(tx ->
                tx.stmt(SqliteSql.KEPT_DROP)
                        .set("tenant", tenant)
                        .set("hash", HexFormat.of().parseHex(hash))
                        .set("id", job.value())
                        .update());
    }

    @Override
    public int pruneKept(Instant until) {
        return writer.write(tx -> tx.stmt(SqliteSql.KEPT_PRUNE).set("until", until).update());
    }

    @Override
    public Claimed claim(Claim claim) {
        return writer.writeUnsynced(tx -> ClaimWrites.claim(tx, claim));
    }

    /** Asks as a write does, so that it comes after a claim that is still in line. */
    @Override
    public List<ClaimedJob> claimed(LeaseId lease, String worker) {
        return writer.write(tx -> ClaimWrites.claimed(tx, lease, worker));
    }

    @Override
    public List<JobId> answer(List<Hit> hits) {
        return writer.write(tx -> ClaimWrites.answer(tx, hits));
    }

    @Override
    public Renewed renew(Renewal renewal) {
        return writer.writeUnsynced(tx -> TimeWrites.renew(tx, renewal));
    }

    @Override
    public Written progress(Token token, Progress progress) {
        return writer.writeUnsynced(tx -> EndWrites.progress(tx, token, progress));
    }

    @Override
    public Written log(Token token, List<LogLine> lines) {
        return writer.writeUnsynced(tx -> EndWrites.log(tx, token, lines));
    }

    @Override
    public List<Written> end(List<End> ends) {
        return writer.write(tx -> EndWrites.end(tx, ends));
    }

    @Override
    public Written stopped(Token token) {
        return writer.write(tx -> EndWrites.stopped(tx, token));
    }

    @Override
    public int promote(int max) {
        return writer.writeUnsynced(tx -> TimeWrites.promote(tx, max));
    }

    @Override
    public int expire(int max) {
        return writer.write(tx -> TimeWrites.expire(tx, max));
    }

    @Override
    public List<Lease> leases() {
        return read(Reading::leases);
    }

    @Override
    public void forfeit(String worker) {
        writer.write(tx -> {
            TimeWrites.forfeit(tx, worker);
            return true;
        });
    }

    @Override
    public int reclaim(Lease seen, Function<Reclaimed, JobState> decide) {
        return writer.write(tx -> TimeWrites.reclaim(tx, seen, decide));
    }

    /** Nothing to sweep: writes come one after another, so no end misses a child or a follower. */
    @Override
    public int sweep(int max) {
        return 0;
    }

    @Override
    public Optional<JobState> cancel(JobId id) {
        return writer.write(tx -> OutsideWrites.cancel(tx, id));
    }

    @Override
    public Optional<JobState> redrive(JobId id, Instant notBefore) {
        return writer.write(tx -> OutsideWrites.redrive(tx, id, notBefore));
    }

    @Override
    public Optional<JobState> discard(JobId id) {
        return writer.write(tx -> OutsideWrites.discard(tx, id));
    }

    @Override
    public Optional<Job> find(JobId id) {
        return read(db -> Reading.find(db, id));
    }

    @Override
    public Map<JobId, JobState> states(Collection<JobId> ids) {
        return read(db -> {
            var states = new HashMap<JobId, JobState>();
            for (JobId id : ids) Reading.state(db, id).ifPresent(state -> states.put(id, state));
            return states;
        });
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
        for (String sql : SqliteSql.MENTIONS) {
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
        return read(db -> Reading.history(db, id));
    }

    @Override
    public List<LogLine> logs(JobId id, int afterAttempt, long afterSeq, int limit) {
        return read(db -> Reading.logs(db, id, afterAttempt, afterSeq, limit));
    }

    @Override
    public List<Artifact> artifacts(JobId id) {
        return read(db -> Reading.artifacts(db, id));
    }

    @Override
    public Set<JobId> children(JobId id) {
        return read(db -> Reading.children(db, id));
    }

    @Override
    public List<Count> counts() {
        return read(Reading::counts);
    }

    @Override
    public Events events(long after, int limit) {
        return read(db -> SqliteEvents.page(db, names, after, limit));
    }

    @Override
    public Events events(JobId id, long after, int limit) {
        return read(db -> SqliteEvents.page(db, names, id, after, limit));
    }

    @Override
    public long latestEvent() {
        return read(SqliteEvents::latest);
    }

    @Override
    public Optional<Standing> standing(JobId id) {
        return read(db -> Reading.standing(db, id));
    }

    /** Looks before it takes the write lock: most often there is nothing to forget. */
    @Override
    public boolean pruneEvents(Instant until, long most, int max) {
        return read(db -> SqliteEvents.bite(db, until, most, max)).isPresent()
                && writer.writeUnsynced(tx -> SqliteEvents.prune(tx, until, most, max));
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
    public void setQueue(QueueEntry queue) {
        writer.write(tx ->
                tx.stmt(SqliteSql.QUEUE_SET)
                        .set("queue", queue.name())
                        .set("paused", queue.paused() ? 1 : 0)
                        .set("depth_max", queue.depthMax())
                        .update());
    }

    @Override
    public void register(WorkerEntry worker) {
        String tools =
                worker.tools().stream()
                        .map(ToolId::toString)
                        .sorted()
                        .collect(Collectors.joining(" "));
        writer.write(tx ->
                tx.stmt(SqliteSql.WORKER_SET)
                        .text("worker", worker.id())
                        .text("host", worker.host())
                        .set("pid", worker.pid())
                        .set("pid_started_at", worker.pidStartedAt())
                        .text("tools", tools)
                        .set("slots", worker.slots())
                        .set("started_at", worker.startedAt())
                        .set("now", tx.now)
                        .update());
    }

    @Override
    public void unregister(String worker) {
        writer.write(tx -> tx.stmt(SqliteSql.WORKER_DROP).set("worker", worker).update());
    }

    @Override
    public List<WorkerEntry> workers() {
        return read(Reading::workers);
    }

    /**
     * What in the file breaks a rule that should always hold, in words; empty when all is well.
     * Reads every job: for tests and for a person who doubts.
     */
    public List<String> violations() {
        return read(SqliteInvariants::in);
    }

    @Override
    public Optional<StorePool> pool() {
        int free = Math.min(options.readers(), readers.size());
        return Optional.of(
                new StorePool(options.readers(), options.readers() - free, writer.waiting()));
    }

    /** The keys that callers of this store's servers show; usable for as long as the store is. */
    public ApiKeys keys() {
        return new Keys();
    }

    /** Who wants to be told of events; usable for as long as the store is. */
    public Webhooks webhooks() {
        return new SqliteWebhooks(this);
    }

    /** Who signs in, and the sessions; usable for as long as the store is. */
    public Users users() {
        return new SqliteUsers(this, writer);
    }

    private final class Keys implements ApiKeys {
        @Override
        public void add(ApiKey key, String sha256) {
            byte[] hash = HexFormat.of().parseHex(sha256);
            writer.write(tx -> SqliteKeys.add(tx, key, hash));
        }

        @Override
        public Optional<ApiKey> find(String sha256) {
            return read(db -> SqliteKeys.find(db, sha256));
        }

        @Override
        public List<ApiKey> all() {
            return read(SqliteKeys::all);
        }

        @Override
        public boolean revoke(String id) {
            return writer.write(tx ->
                    tx.stmt(SqliteSql.API_KEY_REVOKE).set("id", id).set("now", tx.now).update())
                    > 0;
        }

        @Override
        public void used(String id, Instant at) {
            writer.write(
                    tx -> tx.stmt(SqliteSql.API_KEY_USED).set("id", id).set("at", at).update());
        }
    }

    /** Waits for the running commit and the running reads; then the file is closed. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) return;
        writer.close();
        checkpoints.close();
        try {
            for (int i = 0; i < options.readers(); i++) readers.take().close();
            writing.close();
        } catch (SQLException e) {
            throw SqliteErrors.of(e, options.file());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    interface Read<T> {
        T from(Db db) throws SQLException;
    }

    <T> T write(Tx.Work<T> work) {
        return writer.write(work);
    }

    <T> T writeUnsynced(Tx.Work<T> work) {
        return writer.writeUnsynced(work);
    }

    <T> T read(Read<T> read) {
        Db db = reader();
        try {
            return read.from(db);
        } catch (SQLException e) {
            throw SqliteErrors.of(e, options.file());
        } finally {
            readers.add(db);
        }
    }

    private Db reader() {
        try {
            while (!closed.get()) {
                Db free = readers.poll(1, TimeUnit.SECONDS);
                if (free != null) return free;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PawlException(ErrorCode.NOT_POSSIBLE_NOW, "interrupted before the read", e);
        }
        throw new PawlException(ErrorCode.STORE_UNAVAILABLE, "the store is closed");
    }
}
