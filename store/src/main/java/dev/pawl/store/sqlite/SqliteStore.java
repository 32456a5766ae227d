package dev.pawl.store.sqlite;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.StorePool;
import dev.pawl.core.Time;
import dev.pawl.store.Db;
import dev.pawl.store.Names;
import dev.pawl.store.SchemaPlan;
import dev.pawl.store.SqlStore;
import dev.pawl.store.Tx;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.sqlite.BusyHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
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
public final class SqliteStore extends SqlStore {
    private final SqliteOptions options;
    private final Time time;
    private final Db writing;
    private final SqliteWriter writer;
    private final SqliteCheckpoints checkpoints;
    private final ArrayBlockingQueue<Db> readers;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SqliteStore(
            SqliteOptions options,
            Time time,
            SQLiteDataSource source,
            UnaryOperator<Connection> wire)
            throws SQLException {
        super(new Names());
        this.options = options;
        this.time = time;
        this.writing = new Db(wire.apply(source.getConnection()), SqliteSql.DIALECT);
        writing.execute(SqliteSql.AUTOCHECKPOINT + SqliteCheckpoints.LOG_MAX);
        this.checkpoints =
                new SqliteCheckpoints(() -> new Db(source.getConnection(), SqliteSql.DIALECT));
        this.writer = new SqliteWriter(writing, time, options, checkpoints);
        this.readers = new ArrayBlockingQueue<>(options.readers());
        for (int i = 0; i < options.readers(); i++)
            readers.add(new Db(wire.apply(source.getConnection()), SqliteSql.DIALECT));
    }

    /**
     * Opens the file, and makes or migrates it first where that is needed.
     *
     * @throws PawlException {@link ErrorCode#SCHEMA_NEWER}, {@link ErrorCode#STORE_CORRUPT}, {@link
     *     ErrorCode#STORE_MOVED} or {@link ErrorCode#STORE_UNAVAILABLE}
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
            try (var db = new Db(source.getConnection(), SqliteSql.DIALECT)) {
                SqliteMove.requireHere(db, options);
            }
            return new SqliteStore(options, time, source, wire);
        } catch (SQLException e) {
            throw SqliteErrors.of(e, options.file());
        }
    }

    /**
     * What {@link #open} would do to the schema; changes nothing, and makes no file.
     *
     * @throws PawlException as {@link #open}
     */
    public static SchemaPlan plan(SqliteOptions options) {
        var config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout((int) options.busy().toMillis());
        var source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + options.file());
        try {
            return SqliteSchema.plan(source, options.file());
        } catch (SQLException e) {
            throw SqliteErrors.of(e, options.file());
        }
    }

    static SQLiteDataSource source(SqliteOptions options) {
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
        var source = new Patient(config, options.busy());
        source.setUrl("jdbc:sqlite:" + options.file());
        return source;
    }

    /** Its connections wait as {@link SqlitePatience} says, once they are open. */
    private static final class Patient extends SQLiteDataSource {
        private final Duration busy;

        Patient(SQLiteConfig config, Duration busy) {
            super(config);
            this.busy = busy;
        }

        @Override
        public SQLiteConnection getConnection(@Nullable String user, @Nullable String password)
                throws SQLException {
            SQLiteConnection connection = super.getConnection(user, password);
            BusyHandler.setHandler(connection, new SqlitePatience(busy));
            return connection;
        }
    }

    @Override
    public Instant now() {
        return time.instant().truncatedTo(ChronoUnit.MILLIS);
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

    @Override
    protected <T> T write(Tx.Work<T> work) {
        return writer.write(work);
    }

    @Override
    protected <T> T writeUnsynced(Tx.Work<T> work) {
        return writer.writeUnsynced(work);
    }

    @Override
    protected <T> T read(Read<T> read) {
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
