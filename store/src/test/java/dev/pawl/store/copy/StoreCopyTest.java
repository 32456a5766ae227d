package dev.pawl.store.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.pawl.core.AttemptEnd;
import dev.pawl.core.Claim;
import dev.pawl.core.Claim.Want;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.End;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.NewJob;
import dev.pawl.core.PawlException;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.core.SystemTime;
import dev.pawl.core.Time;
import dev.pawl.core.ToolId;
import dev.pawl.core.Written;
import dev.pawl.store.CopiedTable;
import dev.pawl.store.CopiedTables;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.store.sqlite.CutWire;
import dev.pawl.store.sqlite.SqliteMove;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.store.sqlite.SqliteStore;
import dev.pawl.testkit.DurableStoreContract;
import dev.pawl.testkit.DurableStoreContract.Shown;
import dev.pawl.testkit.PostgresServer;
import dev.pawl.testkit.RandomCalls;
import dev.pawl.testkit.StoreSubject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A SQLite file's jobs go to PostgreSQL. */
@Timeout(300)
final class StoreCopyTest {
    private static final ToolId ECHO = new ToolId("echo", "1");

    /** What other tests leave in a store has no people; one of each. */
    private static final List<String> PEOPLE =
            List.of(
                    "INSERT INTO api_key VALUES ('k', x'00ff', 'ann', 'admin', NULL, 1, NULL, NULL,"
                            + " 2)",
                    "INSERT INTO user_account VALUES ('bob', 'u1', NULL, 'Bob', 'user', 't',"
                            + " 'hash', 1, NULL, NULL)",
                    "INSERT INTO session VALUES (x'0001', 'bob', 'browser', 1, 2)",
                    "INSERT INTO secret VALUES ('links', 'geheim')",
                    "INSERT INTO webhook VALUES ('w', 'http://x', 's', '', 'dead', '', '', 1, 1, 3,"
                            + " 0, NULL, NULL, NULL)",
                    "INSERT INTO webhook_delivery VALUES (7, 'w', 3,"
                            + " x'00112233445566778899aabbccddeeff', 1, 1, 200, 5, 'ok')",
                    "INSERT INTO expiry VALUES (x'00112233445566778899aabbccddeeff', 5)");

    @TempDir Path folder;
    private final Time time = new SystemTime();
    private String database = "";
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicLong leases = new AtomicLong();

    @BeforeEach
    void database() {
        database = PostgresServer.shared().freshDatabase();
    }

    @AfterEach
    void drop() {
        PostgresServer.shared().drop(database);
    }

    @Test
    void everyTableOfBothIsCopiedWithAllItsColumns() throws Exception {
        open().close();
        PostgresStore.open(target()).close();
        var copied = new HashMap<String, Set<String>>();
        for (CopiedTable table : CopiedTables.ALL)
            copied.put(
                    table.name(),
                    new TreeSet<>(table.columns().stream().map(c -> c.name()).toList()));

        Map<String, Set<String>> here =
                columns(
                        "jdbc:sqlite:" + file(),
                        "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c"
                                + " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'");
        here.keySet()
                .removeAll(
                        Set.of("flyway_schema_history", "meta", "moving", "moving_change", "lead"));
        Map<String, Set<String>> there =
                columns(
                        database,
                        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON"
                            + " a.attrelid = c.oid WHERE c.relnamespace = 'pawl'::regnamespace AND"
                            + " c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0"
                            + " AND NOT a.attisdropped");
        there.keySet().removeAll(Set.of("flyway_schema_history", "meta", "event_head", "lead"));
        there.getOrDefault("event", Set.of()).removeAll(Set.of("seq", "counts"));

        assertThat(here).isEqualTo(copied);
        assertThat(there).isEqualTo(copied);
    }

    private static Map<String, Set<String>> columns(String url, String sql) throws SQLException {
        var found = new HashMap<String, Set<String>>();
        try (var connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next())
                found.computeIfAbsent(rows.getString(1), _ -> new TreeSet<>())
                        .add(rows.getString(2));
        }
        return found;
    }

    @Test
    void aStoreWithOneOfEverythingShowsTheSameAfterwards() throws Exception {
        DurableStoreContract.filled(subject());
        // Kept by a copy, whether they belong to a job or not.
        sqlite(PEOPLE.toArray(String[]::new));
        Shown before;
        try (var store = open()) {
            before = Shown.by(store);
        }

        StoreCopy.Done done = copy(UnaryOperator.identity()).orElseThrow();

        assertThat(done.tables())
                .filteredOn(table -> table.rows() == 0)
                .extracting(StoreCopy.Compared::table)
                .as("tables that nothing was in")
                .isEmpty();
        assertThat(done.pause()).isLessThan(StoreCopy.PAUSE_MAX);
        try (var store = PostgresStore.open(target())) {
            assertThat(Shown.by(store)).isEqualTo(before);
            assertThat(store.keys().all()).hasSize(1);
            assertThat(store.users().all()).hasSize(1);
            assertThat(store.webhooks().all()).hasSize(1);
            assertThat(store.violations()).isEmpty();
            submit(store);
            assertThat(store.violations()).isEmpty();
        }
        assertThat(copy(UnaryOperator.identity())).as("once more").isEmpty();
    }

    @Test
    void whatRandomCallsLeaveIsTheSameAfterwards() throws Exception {
        RandomCalls.make(subject(), 5, 400);
        Shown before;
        try (var store = open()) {
            before = Shown.by(store);
            assertThat(before.jobs()).hasSizeGreaterThan(20);
        }

        assertThat(copy(UnaryOperator.identity())).isPresent();

        try (var store = PostgresStore.open(target())) {
            assertThat(Shown.by(store)).isEqualTo(before);
            assertThat(store.violations()).isEmpty();
        }
    }

    @Test
    void aCopyThatIsCutAnywhereGoesOnWhenItIsRunAgain() throws Exception {
        DurableStoreContract.filled(subject());
        Shown before;
        try (var store = open()) {
            before = Shown.by(store);
        }
        Path whole = folder.resolve("whole.db");
        Files.copy(file(), whole);
        PostgresStore.open(target()).close();
        String empty = PostgresServer.shared().copyOf(database);

        var cuts = new ArrayList<CutWire>();
        for (int after : List.of(1, 20, 60, 150)) cuts.add(cutAfter(after));
        // As it begins to note what changes; as the rest is copied; as the file's end is written;
        // between its commit and the target's.
        for (String part : List.of("moving_pause", "setval", "store_moved", "LIKE 'given"))
            cuts.add(cutBefore(part));

        for (CutWire wire : cuts) {
            PostgresServer.shared().drop(database);
            database = PostgresServer.shared().copyOf(empty);
            for (String end : List.of("", "-wal", "-shm"))
                Files.deleteIfExists(Path.of(file() + end));
            Files.copy(whole, file());

            assertThatThrownBy(() -> copy(wire)).isInstanceOf(PawlException.class);

            assertThat(wire.cut()).isTrue();
            assertOneServes();
            var _ = copy(UnaryOperator.identity());
            try (var store = PostgresStore.open(target())) {
                assertThat(Shown.by(store)).as("cut %d", cuts.indexOf(wire)).isEqualTo(before);
                assertThat(store.violations()).isEmpty();
            }
            assertMoved(() -> open().close());
        }
        PostgresServer.shared().drop(empty);
    }

    private static CutWire cutAfter(int statements) {
        var wire = new CutWire();
        wire.cutAfter(statements);
        return wire;
    }

    private static CutWire cutBefore(String part) {
        var wire = new CutWire();
        wire.cutBefore(part);
        return wire;
    }

    /** As long as the file serves, the target doesn't. */
    private void assertOneServes() {
        try {
            open().close();
        } catch (PawlException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.STORE_MOVED);
            return;
        }
        try (var _ = PostgresStore.open(target())) {
            // Nothing of it has come there yet, then.
            assertThat(PostgresServer.shared().port()).isPositive();
        } catch (PawlException e) {
            assertThat(e).hasMessageContaining("is being filled");
        }
    }

    @Test
    void theFileServesWhileItIsCopiedAndEachAnsweredJobIsInTheTarget() throws Exception {
        var submitted = Collections.synchronizedList(new ArrayList<JobId>());
        var ended = Collections.synchronizedList(new ArrayList<JobId>());
        try (var store = open()) {
            for (int i = 0; i < 300; i++) submitted.add(submit(store));
            var begun = new CountDownLatch(3);
            Thread submits =
                    Thread.ofPlatform()
                            .start(() -> untilMoved(begun, () -> submitted.add(submit(store))));
            Thread work =
                    Thread.ofPlatform()
                            .start(() -> untilMoved(begun, () -> ended.addAll(work(store))));
            Thread more =
                    Thread.ofPlatform()
                            .start(() -> untilMoved(begun, () -> ended.addAll(work(store))));
            begun.await();

            assertThat(copy(UnaryOperator.identity())).isPresent();

            for (Thread thread : List.of(submits, work, more)) thread.join();
        }
        try (var store = PostgresStore.open(target())) {
            assertThat(store.violations()).isEmpty();
            Map<JobId, JobState> states = store.states(List.copyOf(submitted));
            assertThat(states).hasSize(submitted.size()).hasSizeGreaterThan(300);
            assertThat(ended).isNotEmpty().doesNotHaveDuplicates();
            for (JobId id : ended)
                assertThat(states.get(id)).isInstanceOf(JobState.Succeeded.class);
            assertThat(states.values().stream().filter(JobState::ended)).hasSameSizeAs(ended);
            assertThat(work(store)).isNotNull();
            assertThat(store.violations()).isEmpty();
        }
    }

    /** Does it until the store has moved; that claims rest for a while is no fault. */
    private static void untilMoved(CountDownLatch begun, Runnable action) {
        for (boolean first = true; ; first = false)
            try {
                action.run();
                if (first) begun.countDown();
            } catch (PawlException e) {
                if (e.code() == ErrorCode.STORE_MOVED) return;
                assertThat(e).hasMessageContaining("are about to move");
            }
    }

    /** Runs up to three jobs to their end; answers those whose end was stored. */
    private List<JobId> work(Store store) {
        var done = new ArrayList<JobId>();
        for (ClaimedJob job : claim(store)) {
            var to = new JobState.Succeeded(store.now(), job.token().attempt());
            var end =
                    new End(job.token(), AttemptEnd.How.COMPLETED, to, "w", null, "{}", List.of());
            if (store.end(List.of(end)).getFirst() instanceof Written.Done) done.add(job.id());
        }
        return done;
    }

    private List<ClaimedJob> claim(Store store) {
        var lease = new LeaseId(new UUID(7, leases.incrementAndGet()));
        Want want = Want.of(Set.of(ECHO), 3);
        var claim = new Claim(lease, "w", Duration.ofSeconds(60), List.of(want), Set.of());
        return store.claim(claim).jobs();
    }

    @Test
    void theMovedFileRefusesEveryWriteAndNamesTheTargetWithoutItsPassword() throws Exception {
        PostgresOptions to = PostgresOptions.of(database).withPassword("geheim").withConnections(2);
        try (var store = open()) {
            JobId id = submit(store);

            assertThat(StoreCopy.run(SqliteOptions.of(file()), to, time, _ -> {})).isPresent();

            assertMoved(() -> submit(store));
            assertMoved(() -> store.cancel(id));
            assertMoved(() -> work(store));
            assertMoved(() -> store.setQueue(new QueueEntry("q", true, 1)));
            assertThat(store.find(id)).as("reading goes on").isPresent();
        }
        assertMoved(() -> open().close());
        assertMoved(() -> StoreCopy.abandon(SqliteOptions.of(file()), time));
    }

    @Test
    void anEmptyDatabaseIsNotTakenForTheOneTheJobsWentTo() throws Exception {
        try (var store = open()) {
            submit(store);
        }
        assertThat(copy(UnaryOperator.identity())).isPresent();
        try (var connection = DriverManager.getConnection(database);
                Statement statement = connection.createStatement()) {
            boolean _ = statement.execute("DROP SCHEMA pawl CASCADE");
        }

        assertThatThrownBy(() -> copy(UnaryOperator.identity()))
                .hasMessageContaining("is not the one that the jobs went to")
                .asInstanceOf(type(PawlException.class))
                .extracting(PawlException::code)
                .isEqualTo(ErrorCode.NOT_POSSIBLE_NOW);
    }

    @Test
    void aPauseThatNobodyEndsEndsByItself() throws Exception {
        try (var store = open();
                var move =
                        SqliteMove.open(SqliteOptions.of(file()), time, UnaryOperator.identity())) {
            JobId id = submit(store);
            var _ = move.begin("there");
            move.pause(Duration.ofMinutes(10));
            assertThatThrownBy(() -> claim(store))
                    .hasMessageContaining("are about to move to there; claims rest")
                    .asInstanceOf(type(PawlException.class))
                    .extracting(PawlException::code)
                    .isEqualTo(ErrorCode.STORE_UNAVAILABLE);

            move.pause(Duration.ZERO);

            assertThat(claim(store)).extracting(ClaimedJob::id).containsExactly(id);
        }
    }

    @Test
    void aCopyThatIsAbandonedLeavesNothingBehind() throws Exception {
        try (var store = open()) {
            JobId id = submit(store);
            try (var move =
                    SqliteMove.open(SqliteOptions.of(file()), time, UnaryOperator.identity())) {
                var _ = move.begin("there");
                submit(store);
                assertThat(move.changes()).isPositive();
            }

            StoreCopy.abandon(SqliteOptions.of(file()), time);

            submit(store);
            assertThat(store.find(id)).isPresent();
            assertThat(store.violations()).isEmpty();
        }
        assertThat(number("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'")).isZero();
        assertThat(number("SELECT count(*) FROM moving_change")).isZero();
    }

    @Test
    void aTargetWithJobsOfItsOwnIsRefused() throws Exception {
        try (var store = open()) {
            submit(store);
        }
        try (var store = PostgresStore.open(target())) {
            submit(store);
        }

        assertThatThrownBy(() -> copy(UnaryOperator.identity()))
                .hasMessageContaining("has rows of its own in pawl.job; use an empty one")
                .asInstanceOf(type(PawlException.class))
                .extracting(PawlException::code)
                .isEqualTo(ErrorCode.NOT_POSSIBLE_NOW);
        try (var store = open()) {
            submit(store);
        }
    }

    // ---- What they share

    private Path file() {
        return folder.resolve("pawl.db");
    }

    private SqliteStore open() {
        return SqliteStore.open(SqliteOptions.of(file()), time);
    }

    private PostgresOptions target() {
        return PostgresOptions.of(database).withConnections(4);
    }

    private Optional<StoreCopy.Done> copy(UnaryOperator<Connection> wire)
            throws InterruptedException {
        return StoreCopy.run(SqliteOptions.of(file()), target(), time, _ -> {}, wire);
    }

    private StoreSubject subject() {
        return new StoreSubject() {
            @Override
            public Store open(Time by) {
                return SqliteStore.open(SqliteOptions.of(file()), by);
            }

            @Override
            public Store reopen(Time by) {
                return open(by);
            }
        };
    }

    private JobId submit(Store store) {
        int n = made.incrementAndGet();
        var id = new JobId(new UUID(0x0123456789ab7000L, Long.MIN_VALUE | n));
        Submission job = Submission.of(ECHO, "{\"n\": %d}".formatted(n)).build();
        assertThat(store.submit(List.of(new NewJob(id, job)))).hasSize(1);
        return id;
    }

    private void assertMoved(ThrowingCallable call) {
        assertThatThrownBy(call)
                .satisfies(e ->
                        assertThat(String.valueOf(e.getMessage()))
                                .contains("moved to " + target().where())
                                .doesNotContain("geheim"))
                .asInstanceOf(type(PawlException.class))
                .extracting(PawlException::code)
                .isEqualTo(ErrorCode.STORE_MOVED);
    }

    private void sqlite(String... statements) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                boolean _ = statement.execute(sql);
            }
        }
    }

    private int number(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
