package dev.pawl.store.postgres;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.End;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Limit;
import dev.pawl.core.LimitKey;
import dev.pawl.core.NewJob;
import dev.pawl.core.PawlException;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Rate;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.core.Written;
import dev.pawl.testkit.PostgresOptions;
import dev.pawl.testkit.PostgresServer;
import dev.pawl.testkit.PostgresVersion;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What has slowed down or broken queues in a database before; each is looked for here. */
@Timeout(300)
final class PostgresTrapsTest {
    private static final ToolId MAIL = new ToolId("mail", "1");
    private static final ToolId OTHER = new ToolId("other", "1");
    private static final int MANY = 20_000;

    /**
     * Rows of a table that were read one after another, since the server counts. A session tells
     * what it has read when it ends.
     */
    private static final String ROWS_SCANNED =
            "SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_user_tables"
                    + " WHERE schemaname = 'pawl'"
                    + " AND relname IN ('job', 'ready', 'later', 'outcome', 'attempt_end')";

    /** Entries of the indexes of ready and later that were read. */
    private static final String ENTRIES_READ =
            "SELECT coalesce(sum(idx_tup_read), 0) FROM pg_stat_user_indexes"
                    + " WHERE schemaname = 'pawl' AND relname IN ('ready', 'later')";

    private static final String SCANS_OF_RUNNING =
            "SELECT seq_scan FROM pg_stat_user_tables"
                    + " WHERE schemaname = 'pawl' AND relname = 'running'";

    private final PostgresDatabase database = PostgresDatabase.empty(PostgresVersion.NEWEST);
    private final AtomicInteger ids = new AtomicInteger();

    @AfterEach
    void nothingIsBroken() {
        assertThat(database.violations()).isEmpty();
    }

    @Test
    void plansMadeOnEmptyTablesAreGoodOnFullOnes() throws SQLException {
        long before;
        database.execute("VACUUM (ANALYZE)");
        // One connection, whose statements are planned once, before there is a row.
        try (var pool = pool(1, "plan_cache_mode=force_generic_plan");
                var store = PostgresStore.on(pool, 1)) {
            for (int round = 0; round < 10; round++) live(store, 2);
            fill(MAIL, Instant.EPOCH);
            before = ask(ROWS_SCANNED);

            for (int round = 0; round < 20; round++) live(store, 10);
        }
        database.awaitSessions(0);
        assertThat(ask(ROWS_SCANNED) - before).as("rows scanned").isLessThan(MANY);
    }

    @Test
    void aQueuesLimitIsCountedPastJobsThatDontRunOrRunNoMore() throws SQLException {
        long before;
        long scans;
        database.execute("VACUUM (ANALYZE)");
        try (var pool = pool(1, "plan_cache_mode=force_generic_plan");
                var store = PostgresStore.on(pool, 1)) {
            store.setQueue(QueueEntry.of(Submission.DEFAULT_QUEUE).withLimits(1_000, Rate.NONE));
            for (int round = 0; round < 10; round++) live(store, 2);
            fill(MAIL, Instant.ofEpochMilli(9_000_000_000_000L));
            before = ask(ROWS_SCANNED);
            scans = ask(SCANS_OF_RUNNING);

            for (int round = 0; round < 20; round++) live(store, 10);
        }
        database.awaitSessions(0);
        assertThat(ask(ROWS_SCANNED) - before).as("rows scanned").isLessThan(MANY);
        // Of what has gone since a snapshot that is held a scan would read all.
        assertThat(ask(SCANS_OF_RUNNING) - scans).as("scans of running").isZero();
    }

    @Test
    void aLimitedLaneWithoutJobsCostsAClaimNothing() throws SQLException {
        long before;
        try (var pool = pool(1, "plan_cache_mode=force_generic_plan");
                var store = PostgresStore.on(pool, 1)) {
            submit(store, job -> job.limit(new Limit("one", 1)));
            assertThat(end(store, claim(store, "w", 10))).isOne();
            database.execute("VACUUM (ANALYZE)");
            // Planned while nothing is ready.
            assertThat(claim(store, "w", 10)).isEmpty();
            fill(MAIL, Instant.EPOCH);
            before = ask(ENTRIES_READ);

            for (int round = 0; round < 20; round++) assertThat(claim(store, "w", 10)).hasSize(10);
        }
        database.awaitSessions(0);
        // Not all of them in each round.
        assertThat(ask(ENTRIES_READ) - before).as("index entries read").isLessThan(MANY * 3);
    }

    @Test
    void futureAndUnservedJobsCostAClaimNothing() throws SQLException {
        fill(MAIL, Instant.ofEpochMilli(9_000_000_000_000L));
        fill(OTHER, Instant.EPOCH);
        long entries = ask(ENTRIES_READ);
        long rows = ask(ROWS_SCANNED);
        try (var store = PostgresStore.open(database.options())) {
            submit(store, 200);

            for (int round = 0; round < 20; round++) assertThat(claim(store, "w", 10)).hasSize(10);
        }
        database.awaitSessions(0);
        assertThat(ask(ENTRIES_READ) - entries).as("index entries read").isLessThan(MANY / 4);
        assertThat(ask(ROWS_SCANNED) - rows).as("rows scanned").isLessThan(MANY / 4);
    }

    @Test
    void underAHeldSnapshotEveryJobRunsOnce() throws SQLException {
        try (var store = PostgresStore.open(database.options());
                Connection held = DriverManager.getConnection(database.url())) {
            submit(store, 1);
            held.setAutoCommit(false);
            held.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            assertThat(ask(held, "SELECT count(*) FROM pawl.ready")).isEqualTo(1);

            var ran = new HashSet<JobId>();
            for (int round = 0; round < 50; round++) {
                submit(store, 100);
                for (ClaimedJob job : claim(store, "w", 100)) {
                    assertThat(ran.add(job.id())).isTrue();
                    assertThat(end(store, List.of(job))).isEqualTo(1);
                }
            }
            ran.addAll(claim(store, "w", 10).stream().map(ClaimedJob::id).toList());

            assertThat(ran).hasSize(50 * 100 + 1);
            assertThat(ask(held, "SELECT count(*) FROM pawl.ready")).isEqualTo(1);
        }
    }

    @Test
    void underAHeldSnapshotAClaimThatFindsFewGoesOnBehindThemForAWhile() throws SQLException {
        try (var store = PostgresStore.open(database.options());
                Connection held = DriverManager.getConnection(database.url())) {
            claimTwiceBehindMany(store, held);

            // Who is behind is found, and who has another priority.
            submit(store, job -> job.priority(-1));
            submit(store, 2);
            submit(store, job -> job.priority(1));
            assertThat(priorities(claim(store, "w", 100))).containsExactly(1, 0, 0, -1);
            assertThat(claim(store, "w", 100)).isEmpty();
            submit(store, 1);
            assertThat(claim(store, "w", 100)).hasSize(1);

            // Who is before them waits until the whole line is looked at again.
            setClock(999_999);
            submit(store, 1);
            setClock(1_000_000);
            assertThat(claim(store, "w", 100)).isEmpty();
            submit(store, 1);
            assertThat(claim(store, "w", 100)).hasSize(1);
            setClock(1_005_000);
            assertThat(claim(store, "w", 100)).hasSize(1);
        }
    }

    @Test
    void aClaimThatCameToNothingForgetsWhereItWas() throws SQLException {
        try (var store = PostgresStore.open(database.options());
                Connection held = DriverManager.getConnection(database.url())) {
            claimTwiceBehindMany(store, held);

            submit(store, 1);
            // Its event, which is written with the commit, has no place.
            database.execute("ALTER TABLE pawl.event RENAME TO gone");
            assertThatThrownBy(() -> claim(store, "w", 100)).isInstanceOf(PawlException.class);
            database.execute("ALTER TABLE pawl.gone RENAME TO event");

            assertThat(claim(store, "w", 100)).hasSize(1);
        }
    }

    @Test
    void claimersOfOneLimitNeverOverlap() throws Exception {
        int jobs = 200;
        var running = new AtomicInteger();
        var ran = new AtomicInteger();
        try (var store = PostgresStore.open(database.options());
                var claimers = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < jobs; i++) submit(store, job -> job.limit(new Limit("one", 1)));
            var ends = new ArrayList<Future<Void>>();
            for (int i = 0; i < 8; i++) {
                String worker = "w" + i;
                Callable<Void> claimer =
                        () -> {
                            while (ran.get() < jobs)
                                for (ClaimedJob job : claim(store, worker, 5)) {
                                    assertThat(running.incrementAndGet()).isEqualTo(1);
                                    assertThat(running.decrementAndGet()).isZero();
                                    assertThat(end(store, List.of(job))).isEqualTo(1);
                                    ran.incrementAndGet();
                                }
                            return null;
                        };
                ends.add(claimers.submit(claimer));
            }
            for (Future<Void> end : ends) end.get();
        }
        assertThat(ran).hasValue(jobs);
    }

    @Test
    void claimsOfManyToolsKeepTheOrderOfTheirJobs() {
        var random = new Random(11);
        var jobs = new ArrayList<NewJob>();
        for (int i = 0; i < 900; i++) {
            ToolId tool = tool(random.nextBoolean() ? 0 : random.nextInt(12));
            int priority = i < 100 ? 5 : random.nextInt(3);
            jobs.add(new NewJob(nextId(), Submission.of(tool, "{}").priority(priority).build()));
        }
        Set<ToolId> tools = IntStream.range(0, 12).mapToObj(this::tool).collect(toSet());
        try (var store = PostgresStore.open(database.options())) {
            for (int from = 0; from < jobs.size(); from += 100) {
                setClock(1_000_000 + from);
                store.submit(jobs.subList(from, from + 100));
            }
            var claimed = new ArrayList<JobId>();
            for (int max = 1; claimed.size() < jobs.size(); max = max % 60 + 7) {
                List<ClaimedJob> some = claim(store, "w", Claim.Want.of(tools, max));
                assertThat(some).hasSize(Math.min(max, jobs.size() - claimed.size()));
                for (ClaimedJob job : some) claimed.add(job.id());
            }
            // They became due in the order of their ids.
            jobs.sort(
                    Comparator.<NewJob>comparingInt(job -> -job.submission().priority())
                            .thenComparing(job -> job.id().toString()));
            assertThat(claimed).containsExactlyElementsOf(jobs.stream().map(NewJob::id).toList());
        }
    }

    private ToolId tool(int number) {
        return new ToolId("t" + number, "1");
    }

    /** They lock keys, and a server's room for locks has an end. */
    @Test
    void claimsOfManyToolsWithManyKeysHaveRoomForTheirLocks() throws SQLException {
        var little =
                PostgresOptions.defaults()
                        .withSetting("max_connections", "10")
                        .withSetting("max_locks_per_transaction", "10");
        try (var server = PostgresServer.start(little);
                var store =
                        PostgresStore.open(
                                dev.pawl.store.postgres.PostgresOptions.of(server.url()))) {
            Set<ToolId> tools = new HashSet<>();
            for (int tool = 0; tool < 100; tool++) {
                var id = new ToolId("t" + tool, "1");
                tools.add(id);
                var limit =
                        new Limit("tool:" + id, Integer.MAX_VALUE)
                                .per("site", new LimitKey("", 1, Rate.NONE));
                var jobs = new ArrayList<NewJob>();
                for (int key = 0; key < 30; key++)
                    jobs.add(
                            new NewJob(
                                    nextId(),
                                    Submission.of(id, "{}").limit(limit.of("k" + key)).build()));
                store.submit(jobs);
            }

            var ran = new HashSet<JobId>();
            while (ran.size() < 100 * 30) {
                List<ClaimedJob> jobs = claim(store, "w", Claim.Want.of(tools, 500));
                assertThat(jobs).isNotEmpty();
                for (ClaimedJob job : jobs) assertThat(ran.add(job.id())).isTrue();
                assertThat(end(store, jobs)).isEqualTo(jobs.size());
            }
        }
    }

    private HikariDataSource pool(int connections, String setting) {
        var config = new HikariConfig();
        config.setJdbcUrl(
                database.url() + "&prepareThreshold=1&options=-c%20" + setting.replace("=", "%3D"));
        config.setMaximumPoolSize(connections);
        return new HikariDataSource(config);
    }

    /** Jobs that come, run and end; answers how many ended. */
    private int live(PostgresStore store, int jobs) {
        submit(store, jobs);
        List<ClaimedJob> claimed = claim(store, "w", jobs);
        store.find(claimed.getFirst().id());
        store.states(claimed.stream().map(ClaimedJob::id).toList());
        store.promote(10);
        store.expire(10);
        return end(store, claimed);
    }

    private void fill(ToolId tool, Instant runAt) {
        int others = database.sessions();
        try (var store = PostgresStore.open(database.options())) {
            for (int batch = 0; batch < MANY / 1_000; batch++) {
                var jobs = new ArrayList<NewJob>();
                for (int i = 0; i < 1_000; i++) {
                    var job = Submission.of(tool, "{}").runAt(runAt).priority(9);
                    jobs.add(new NewJob(nextId(), job.build()));
                }
                store.submit(jobs);
            }
        }
        database.awaitSessions(others);
    }

    private void submit(PostgresStore store, int jobs) {
        for (int i = 0; i < jobs; i++) submit(store, job -> job);
    }

    private void submit(PostgresStore store, UnaryOperator<Submission.Builder> change) {
        var job = change.apply(Submission.of(MAIL, "{}")).build();
        store.submit(List.of(new NewJob(nextId(), job)));
    }

    private List<ClaimedJob> claim(PostgresStore store, String worker, int max) {
        return claim(store, worker, Claim.Want.of(Set.of(MAIL), max));
    }

    private List<ClaimedJob> claim(PostgresStore store, String worker, Claim.Want want) {
        var lease = new LeaseId(new UUID(0x4000L, nextId().value().getLeastSignificantBits()));
        var claim = new Claim(lease, worker, Duration.ofMinutes(1), List.of(want), Set.of());
        return store.claim(claim).jobs();
    }

    /** Finds few, and takes long: very many rows have left the ready jobs that a snapshot sees. */
    private void claimTwiceBehindMany(PostgresStore store, Connection held) throws SQLException {
        setClock(1_000_000);
        submit(store, 1);
        database.execute(
                "INSERT INTO pawl.ready (id, lane, priority, run_at, attempt, failures)"
                        + " SELECT gen_random_uuid(), y.lane, y.priority, 0, 0, 0"
                        + " FROM pawl.ready y, generate_series(1, 400000)");
        held.setAutoCommit(false);
        held.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        assertThat(ask(held, "SELECT count(*) FROM pawl.ready")).isGreaterThan(400_000);
        database.execute("DELETE FROM pawl.ready WHERE run_at = 0");
        assertThat(claim(store, "w", 100)).hasSize(1);
        submit(store, 1);
        assertThat(claim(store, "w", 100)).hasSize(1);
    }

    private void setClock(long millis) {
        database.execute("UPDATE test_clock SET ms = " + millis);
    }

    private static List<Integer> priorities(List<ClaimedJob> jobs) {
        return jobs.stream().map(job -> job.submission().priority()).toList();
    }

    private static int end(PostgresStore store, List<ClaimedJob> jobs) {
        List<Written> written = store.end(jobs.stream().map(PostgresTrapsTest::success).toList());
        return (int) written.stream().filter(Written.Done.class::isInstance).count();
    }

    private static End success(ClaimedJob job) {
        var to = new JobState.Succeeded(job.startedAt(), job.token().attempt());
        return new End(job.token(), AttemptEnd.How.COMPLETED, to, "w", null, "{}", List.of());
    }

    private JobId nextId() {
        return new JobId(new UUID(0x7000L, 0x8000000000000000L | ids.incrementAndGet()));
    }

    private long ask(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url())) {
            return ask(connection, sql);
        }
    }

    private static long ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
