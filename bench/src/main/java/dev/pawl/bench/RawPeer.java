package dev.pawl.bench;

import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The raw limit: JDBC loops that write the rows that Pawl writes, in Pawl's own tables with all
 * their indexes, with nothing around them. A claim moves a batch from {@code ready} to {@code
 * running} under a lease, with a low-water mark; jobs end one by one in random order and are moved
 * to {@code outcome} in batches; the job's row stays, and each commit has a row of events. Two
 * connections work.
 */
final class RawPeer implements Desk.Peer {
    private static final int BATCH = 500;
    private static final int LOADED = 5_000;
    private static final int CONNECTIONS = 2;

    /** As long as Pawl's: of an input, of an event, of what it adds to two counters. */
    private static final byte[] HASH = new byte[32];

    private static final int EVENT = 24;
    private static final byte[] COUNTS = new byte[50];

    private final String url;
    private final BlockingQueue<PreparedStatement> idle = new LinkedBlockingQueue<>();
    private final AtomicLong made = new AtomicLong();
    private final Random random = new Random();

    private RawPeer(String url) {
        this.url = url;
    }

    /** Serves the database whose URL is the first argument. */
    public static void main(String[] arguments) throws Exception {
        Desk.serve(new RawPeer(arguments[0]));
    }

    @Override
    public void migrate() throws SQLException {
        PostgresStore.open(PostgresOptions.of(url)).close();
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute(RawSql.NAMES);
        }
    }

    @Override
    public void connect(int clients) throws SQLException {
        for (int i = 0; i < clients; i++) idle.add(connection().prepareStatement(RawSql.SUBMIT));
    }

    @Override
    public void bulk(int jobs) throws SQLException {
        try (Connection connection = connection();
                PreparedStatement load = connection.prepareStatement(RawSql.LOAD)) {
            for (int done = 0; done < jobs; done += LOADED) {
                int some = Math.min(LOADED, jobs - done);
                var ids = new UUID[some];
                var inputs = new String[some];
                for (int i = 0; i < some; i++) {
                    ids[i] = nextId();
                    inputs[i] = Desk.input(done + i);
                }
                load.setBytes(1, HASH);
                load.setArray(2, connection.createArrayOf("uuid", ids));
                load.setArray(3, connection.createArrayOf("text", inputs));
                load.setBytes(4, events(some));
                load.setBytes(5, COUNTS);
                load.execute();
            }
        }
    }

    @Override
    public void submit(int number) throws SQLException, InterruptedException {
        PreparedStatement statement = idle.take();
        statement.setObject(1, nextId());
        statement.setString(2, Desk.input(number));
        statement.setBytes(3, HASH);
        statement.setBytes(4, events(1));
        statement.setBytes(5, COUNTS);
        statement.executeUpdate();
        idle.put(statement);
    }

    @Override
    public void work(boolean latency, Desk.Handler handler) {
        if (latency) throw new IllegalArgumentException("a raw loop is woken by nobody");
        for (int i = 0; i < CONNECTIONS; i++) {
            var loop = new Loop(handler);
            Thread.ofPlatform().daemon().name("raw-" + i).start(loop::run);
        }
    }

    /** Time-ordered, as those of jobs are. */
    private UUID nextId() {
        long number = made.getAndIncrement();
        long millis = 1_790_000_000_000L + number / 4_000;
        synchronized (random) {
            return new UUID(
                    millis << 16 | 0x7000L | number % 4_000,
                    random.nextLong() >>> 2 | Long.MIN_VALUE);
        }
    }

    private Connection connection() throws SQLException {
        return DriverManager.getConnection(url);
    }

    private byte[] events(int jobs) {
        var bytes = new byte[EVENT * jobs];
        synchronized (random) {
            random.nextBytes(bytes);
        }
        return bytes;
    }

    private record Job(UUID id, UUID lease) {}

    /** One connection's work. */
    private final class Loop {
        private final Desk.Handler handler;
        private final Random order = new Random();
        private final List<Job> open = new ArrayList<>();
        private long lowRun;
        private UUID low = new UUID(0, 0);

        private Loop(Desk.Handler handler) {
            this.handler = handler;
        }

        private void run() {
            try (Connection connection = connection();
                    PreparedStatement claim = connection.prepareStatement(RawSql.CLAIM);
                    PreparedStatement claimed = connection.prepareStatement(RawSql.CLAIMED);
                    PreparedStatement finish = connection.prepareStatement(RawSql.FINISH)) {
                connection.setAutoCommit(false);
                while (true) {
                    int jobs = claim(claim);
                    if (jobs > 0) tell(claimed, 1, jobs).executeUpdate();
                    connection.commit();
                    // Stays connected, so that the server's process is there to be counted.
                    if (jobs == 0 && open.isEmpty()) new CountDownLatch(1).await();
                    Collections.shuffle(open, order);
                    // A claim's worth stays open meanwhile, so that a batch has jobs of several.
                    if (jobs == 0 || open.size() > BATCH)
                        finish(connection, finish, open.subList(0, Math.min(BATCH, open.size())));
                    connection.commit();
                }
            } catch (SQLException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private PreparedStatement tell(PreparedStatement statement, int from, int jobs)
                throws SQLException {
            statement.setBytes(from, events(jobs));
            statement.setBytes(from + 1, COUNTS);
            return statement;
        }

        private int claim(PreparedStatement claim) throws SQLException {
            var lease = new UUID(order.nextLong(), order.nextLong());
            claim.setLong(1, lowRun);
            claim.setObject(2, low);
            claim.setInt(3, BATCH);
            claim.setObject(4, lease);
            claim.setObject(5, lease);
            UUID first = null;
            int claimed = 0;
            try (ResultSet rows = claim.executeQuery()) {
                for (; rows.next(); claimed++) {
                    UUID id = rows.getObject(1, UUID.class);
                    lowRun = rows.getLong(2);
                    rows.getString(3);
                    open.add(new Job(id, lease));
                    if (first == null || id.compareTo(first) < 0) first = id;
                    handler.started(0);
                }
            }
            if (first != null) low = first;
            return claimed;
        }

        private void finish(Connection connection, PreparedStatement finish, List<Job> jobs)
                throws SQLException {
            Array ids = array(connection, jobs.stream().map(Job::id).toArray());
            Array leases = array(connection, jobs.stream().map(Job::lease).toArray());
            finish.setArray(1, ids);
            finish.setArray(2, leases);
            int done = tell(finish, 3, jobs.size()).executeUpdate();
            if (done != jobs.size()) throw new IllegalStateException("lost " + jobs.size());
            jobs.clear();
        }

        private Array array(Connection connection, Object[] ids) throws SQLException {
            return connection.createArrayOf("uuid", ids);
        }
    }
}
