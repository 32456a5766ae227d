package dev.pawl.store.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import dev.pawl.core.Count;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Events;
import dev.pawl.core.Found;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.Neighbours;
import dev.pawl.core.NewJob;
import dev.pawl.core.PawlException;
import dev.pawl.core.Retention;
import dev.pawl.core.Standing;
import dev.pawl.core.StorePool;
import dev.pawl.core.Submitted;
import dev.pawl.core.Tally;
import dev.pawl.core.Transactions;
import dev.pawl.store.Db;
import dev.pawl.store.IdRange;
import dev.pawl.store.Joined;
import dev.pawl.store.Moved;
import dev.pawl.store.Names;
import dev.pawl.store.Rows;
import dev.pawl.store.SchemaPlan;
import dev.pawl.store.SqlStore;
import dev.pawl.store.StoreInvariants;
import dev.pawl.store.Tx;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Jobs in a PostgreSQL database, which many processes share.
 *
 * <p>Why it is safe:
 *
 * <ul>
 *   <li>A job's state is where its row is. Each move deletes one row and inserts the next in one
 *       transaction; PostgreSQL lets one transaction delete a row, and whoever did owns the move.
 *   <li>What one statement read and the next relies on is locked in between, or seen to have moved:
 *       then the transaction is rolled back and done again ({@link Moved}).
 *   <li>A running attempt's write deletes, or locks, its row by (job, attempt, lease). A lost lease
 *       has no such row, so the write does nothing and says so.
 *   <li>Only the database's clock is asked.
 *   <li>Nothing is kept on a connection between transactions, so that a pooler may stand in front.
 * </ul>
 *
 * <p>Thread-safe.
 */
public final class PostgresStore extends SqlStore {
    /** Each time another transaction has got on; more than this is a bug. */
    private static final int TRIES_MAX = 1_000;

    /** How long a writer of single submits waits for more: a fifth of what few take it. */
    private static final Duration MOMENT = Duration.ofNanos(150_000);

    private final PostgresOptions options;
    private final DataSource source;

    /** The source, unless it is somebody else's. */
    private final @Nullable HikariDataSource pool;

    private final Names names;
    private final PostgresSql dialect = new PostgresSql();

    /** Of jobs that wait for nobody. */
    private final SharedSubmits submits = new SharedSubmits(1, MOMENT, this::submitAll);

    /** Of those that may: for who has the same key, or ends a parent, in a long transaction. */
    private final SharedSubmits waitingSubmits = new SharedSubmits(2, MOMENT, this::submitAll);

    private final PostgresSignals signals;
    private final PostgresTransactions transactions;
    private final AtomicInteger writing = new AtomicInteger();
    private final History history = new History(this);

    private PostgresStore(
            PostgresOptions options,
            DataSource source,
            @Nullable HikariDataSource pool,
            Names names) {
        super(names);
        this.options = options;
        this.source = source;
        this.pool = pool;
        this.names = names;
        this.signals = new PostgresSignals(options, source, pool != null);
        this.transactions = new PostgresTransactions(this, options, dialect, names);
    }

    /**
     * Connects to the database, and makes or migrates Pawl's schema first where that is needed.
     *
     * @throws PawlException {@link ErrorCode#SCHEMA_NEWER}, {@link ErrorCode#STORE_UNAVAILABLE}
     */
    public static PostgresStore open(PostgresOptions options) {
        HikariDataSource source = source(options);
        try {
            var schema = new PostgresSchema(source, options);
            schema.migrate();
            schema.requireFull();
            return new PostgresStore(options, source, source, new Names());
        } catch (SQLException e) {
            source.close();
            throw PostgresErrors.of(e, options);
        } catch (RuntimeException | Error e) {
            source.close();
            throw e;
        }
    }

    /**
     * What {@link #open} would do to the schema; changes nothing.
     *
     * @throws PawlException as {@link #open}
     */
    public static SchemaPlan plan(PostgresOptions options) {
        try (var source = source(options.withConnections(1))) {
            return new PostgresSchema(source, options).plan();
        } catch (SQLException e) {
            throw PostgresErrors.of(e, options);
        }
    }

    /**
     * As {@link #open}, on connections that somebody else gives and closes, as a program that has a
     * pool for tables of its own in that database.
     *
     * @param connections how many of them there are at least; handlers hold half of them at most
     * @throws PawlException also {@link ErrorCode#CONFIGURATION_INVALID} when they are of no use
     */
    public static PostgresStore on(DataSource source, int connections) {
        PostgresOptions options = PostgresOptions.of("jdbc:postgresql:");
        try {
            options = options(source).withConnections(connections);
            var schema = new PostgresSchema(source, options);
            schema.migrate();
            schema.requireFull();
            return new PostgresStore(options, source, null, new Names());
        } catch (SQLException e) {
            throw PostgresErrors.of(e, options);
        }
    }

    private static PostgresOptions options(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            String url = connection.getMetaData().getURL();
            if (!url.startsWith("jdbc:postgresql:"))
                throw new PawlException(
                        ErrorCode.CONFIGURATION_INVALID,
                        "the data source leads to %s; want PostgreSQL"
                                .formatted(connection.getMetaData().getDatabaseProductName()));
            if (connection.getTransactionIsolation() != Connection.TRANSACTION_READ_COMMITTED)
                throw new PawlException(
                        ErrorCode.CONFIGURATION_INVALID,
                        "the data source's connections are not at READ COMMITTED, as Pawl's"
                                + " have to be; give it a data source of its own");
            return PostgresOptions.of(url);
        }
    }

    static HikariDataSource source(PostgresOptions options) {
        var config = new HikariConfig();
        config.setJdbcUrl(options.url());
        if (!options.user().isEmpty()) config.setUsername(options.user());
        if (!options.password().isEmpty()) config.setPassword(options.password());
        config.setPoolName("postgres");
        config.setMaximumPoolSize(options.connections());
        config.setMinimumIdle(1);
        config.setConnectionTimeout(options.connectWait().toMillis());
        config.addDataSourceProperty("ApplicationName", "pawl");
        // As PostgresArrays writes them.
        config.addDataSourceProperty("binaryTransferEnable", "UUID_ARRAY");
        try {
            return new HikariDataSource(config);
        } catch (HikariPool.PoolInitializationException e) {
            if (e.getCause() instanceof SQLException sql) throw PostgresErrors.of(sql, options);
            throw e;
        }
    }

    @Override
    public Instant now() {
        return read(PostgresStore::now);
    }

    static Instant now(Db db) throws SQLException {
        return now(db, PostgresSql.NOW);
    }

    private static Instant now(Db db, String sql) throws SQLException {
        try (Rows rows = db.stmt(sql).query()) {
            rows.next();
            return rows.instant(1);
        }
    }

    @Override
    protected <T> T write(Tx.Work<T> work) {
        return write(work, PostgresSql.NOW_WRITING, false);
    }

    @Override
    protected <T> T writeUnsynced(Tx.Work<T> work) {
        return write(work, PostgresSql.NOW_UNSYNCED, false);
    }

    private <T> T write(Tx.Work<T> work, String now, boolean oneSnapshot) {
        writing.incrementAndGet();
        try (var db = open()) {
            for (int tries = 1; ; tries++)
                try {
                    return attempt(db, work, now, oneSnapshot);
                } catch (Moved e) {
                    if (tries == TRIES_MAX) throw e;
                } catch (SQLException e) {
                    if (tries == TRIES_MAX || !PostgresErrors.metAnother(e)) throw e;
                }
        } catch (SQLException e) {
            throw PostgresErrors.of(e, options);
        } finally {
            writing.decrementAndGet();
        }
    }

    private <T> T attempt(Db db, Tx.Work<T> work, String now, boolean oneSnapshot)
            throws SQLException {
        if (oneSnapshot) db.beginRead();
        else db.begin();
        boolean done = false;
        try {
            var tx = new Tx(db, names, now(db, now));
            T answer = work.in(tx);
            tx.commit();
            done = true;
            return answer;
        } finally {
            if (!done) rollBack(db);
        }
    }

    private void rollBack(Db db) {
        try {
            db.rollback();
        } catch (SQLException e) {
            // The connection is gone, and the transaction with it: what failed says so itself.
        }
        // Not before: until then another claim goes by what this one has locked.
        dialect.plainBatches().rolledBack();
    }

    @Override
    protected <T> T read(Read<T> read) {
        try (var db = open()) {
            return read.from(db);
        } catch (SQLException e) {
            throw PostgresErrors.of(e, options);
        }
    }

    @Override
    protected <T> T readRows(Read<T> read) {
        return read(db -> {
            db.beginRead();
            try {
                return read.from(db);
            } finally {
                db.commit();
            }
        });
    }

    private Db open() throws SQLException {
        return new Db(connect(), dialect);
    }

    /** A connection that commits each statement by itself, whatever somebody else's pool gives. */
    Connection connect() throws SQLException {
        Connection connection = source.getConnection();
        if (!connection.getAutoCommit()) connection.setAutoCommit(true);
        return connection;
    }

    @Override
    public Optional<Transactions> transactions() {
        return Optional.of(transactions);
    }

    /** Makes known what these jobs name. */
    void know(List<NewJob> jobs) {
        if (!Joined.known(names, jobs)) write(tx -> Joined.name(tx, jobs));
    }

    // ---- Submits

    /** Those of many callers share statements and commits; one of many jobs has its own. */
    @Override
    public List<Submitted> submit(List<NewJob> jobs) {
        if (jobs.size() != 1) return submitAll(jobs);
        NewJob job = jobs.getFirst();
        return (waitsForNobody(job) ? submits : waitingSubmits).submit(job);
    }

    /** At once where nothing has to be looked at first, else in a transaction. */
    private List<Submitted> submitAll(List<NewJob> jobs) {
        try {
            Optional<List<Submitted>> stored = submitAtOnce(dialect.plainBatches(), jobs);
            if (stored.isPresent()) return stored.get();
        } catch (PawlException e) {
            // Its id is there already: the first answer was lost.
            if (!PostgresErrors.exists(e)) throw e;
        }
        return super.submit(jobs);
    }

    // ---- History's periods

    @Override
    public void keepHistory(Retention retention) {
        history.keep(retention);
    }

    @Override
    protected IdRange goesWhole() {
        return history.whole();
    }

    // ---- What is numbered, or counted, when somebody asks

    @Override
    public Events events(long after, int limit) {
        number();
        return super.events(after, limit);
    }

    @Override
    public Events events(JobId id, long after, int limit) {
        number();
        return super.events(id, after, limit);
    }

    @Override
    public long latestEvent() {
        number();
        return super.latestEvent();
    }

    /** The job's place and the numbers of all events that led there, from one snapshot. */
    @Override
    public Optional<Standing> standing(JobId id) {
        return write(
                tx -> {
                    while (EventNumbers.give(tx)) {}
                    return standing(tx.db(), id);
                },
                PostgresSql.NOW,
                true);
    }

    /** One look, for that is all there is to do most of the time. */
    @Override
    public boolean pruneEvents(Instant until, long most, int max) {
        EventNumbers.Glance glance = read(EventNumbers::glance);
        if (glance.unnumbered()) number();
        return (glance.unnumbered() || glance.mayPrune(until, most))
                && super.pruneEvents(until, most, max);
    }

    @Override
    public List<Count> counts() {
        number();
        return super.counts();
    }

    @Override
    public List<Job> list(JobFilter filter, String after, int limit) {
        number();
        return super.list(filter, after, limit);
    }

    @Override
    public Found search(JobFilter filter, String after, int limit, int lookMax) {
        number();
        return super.search(filter, after, limit, lookMax);
    }

    @Override
    public Tally count(JobFilter filter, int max, int lookMax) {
        number();
        return super.count(filter, max, lookMax);
    }

    private void number() {
        while (read(PostgresStore::unnumbered) && write(EventNumbers::give)) {}
    }

    private static boolean unnumbered(Db db) throws SQLException {
        try (Rows rows = db.stmt(EventSql.EVENT_UNNUMBERED).query()) {
            return rows.next() && rows.flag(1);
        }
    }

    /**
     * What in the database breaks a rule that should always hold, in words; empty when all is well.
     * Reads every job: for tests and for a person who doubts.
     */
    public List<String> violations() {
        return faults(true);
    }

    /**
     * What is wrong with a database that may be in use, a sentence each; empty when all is well.
     *
     * @throws PawlException when it can't be read
     */
    public static List<String> faults(PostgresOptions options) {
        try (var store = open(options.withConnections(1))) {
            return store.faults(false);
        }
    }

    private List<String> faults(boolean unchanged) {
        number();
        return read(db -> {
            db.beginRead();
            try {
                return StoreInvariants.faults(db, unchanged);
            } finally {
                db.commit();
            }
        });
    }

    @Override
    public Neighbours neighbours() {
        return signals;
    }

    @Override
    public Optional<StorePool> pool() {
        if (pool == null) return Optional.empty();
        int active = pool.getHikariPoolMXBean().getActiveConnections();
        return Optional.of(new StorePool(options.connections(), active, writing.get()));
    }

    /**
     * Waits for nobody: what is under way ends with an error, and nobody knows whether it took
     * place. Somebody else's connections stay open.
     */
    @Override
    public void close() {
        signals.close();
        if (pool != null) pool.close();
    }
}
