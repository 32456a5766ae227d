package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.pawl.core.Claim;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Limit;
import dev.pawl.core.NewJob;
import dev.pawl.core.PawlException;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.ToolId;
import dev.pawl.testkit.PostgresVersion;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Submits inside transactions of a program whose own tables are beside Pawl's. */
@Timeout(60)
final class PostgresTransactionsTest {
    private static final ToolId MAIL = new ToolId("mail", "1");
    private static final String SETTINGS =
            "SELECT concat_ws(' ', current_setting('search_path'),"
                    + " current_setting('synchronous_commit'),"
                    + " current_setting('transaction_isolation'), current_setting('lock_timeout'))";

    private final PostgresDatabase database = PostgresDatabase.empty(PostgresVersion.NEWEST);
    private final PostgresStore store = PostgresStore.open(database.options());
    private final ExecutorService other = Executors.newSingleThreadExecutor();
    private Connection caller;
    private int ids;

    @BeforeEach
    void begin() throws SQLException {
        database.execute("CREATE SCHEMA shop");
        database.execute("CREATE TABLE shop.bill (id integer PRIMARY KEY)");
        caller = DriverManager.getConnection(database.url());
        caller.setAutoCommit(false);
    }

    @AfterEach
    void end() throws Exception {
        caller.close();
        other.shutdownNow();
        assertThat(other.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        List<String> violations = store.violations();
        store.close();
        database.execute("DROP SCHEMA shop CASCADE");
        assertThat(violations).isEmpty();
    }

    @Test
    void aSubmitThatIsRolledBackLeavesNothing() throws SQLException {
        bill(caller, 1);
        JobId id = accepted(submit(caller, mail(job -> job.tags(Set.of("a")))));
        caller.rollback();

        assertThat(store.find(id)).isEmpty();
        assertThat(ask("SELECT count(*) FROM shop.bill")).isEqualTo("0");
        assertThat(store.counts()).isEmpty();
        assertThat(store.latestEvent()).isZero();
    }

    @Test
    void aJobIsSeenAndRunsOnceItsTransactionIsCommitted() throws SQLException {
        bill(caller, 1);
        JobId id = accepted(submit(caller, mail()));
        assertThat(store.find(id)).isEmpty();
        assertThat(claim()).isEmpty();

        caller.commit();

        assertThat(claim()).containsExactly(id);
        assertThat(store.events(0, 10).events()).hasSize(2);
        assertThat(ask("SELECT count(*) FROM shop.bill")).isEqualTo("1");
    }

    @Test
    void theCallersConnectionStaysAsItWas() throws SQLException {
        run(caller, "SET search_path TO shop");
        run(caller, "SET lock_timeout TO '7s'");
        run(caller, "SET synchronous_commit TO remote_write");
        caller.commit();
        String before = ask(caller, SETTINGS);

        Submitted submitted = submit(caller, mail(job -> job.parents(Set.of(nextId()))));
        accepted(submit(caller, mail()));

        assertThat(submitted).isInstanceOf(Submitted.Refused.class);
        assertThat(ask(caller, SETTINGS)).isEqualTo(before);
        assertThat(caller.getAutoCommit()).isFalse();
        caller.rollback();
        assertThat(store.counts()).isEmpty();
    }

    @Test
    void whatIsRefusedLeavesTheTransactionAsItWas() throws SQLException {
        bill(caller, 1);

        Submitted orphan = submit(caller, mail(job -> job.parents(Set.of(nextId()))));
        bill(caller, 2);
        caller.commit();

        assertThat(orphan)
                .isInstanceOfSatisfying(
                        Submitted.Refused.class,
                        refused ->
                                assertThat(refused.code()).isEqualTo(ErrorCode.PARENT_NOT_FOUND));
        assertThat(ask("SELECT count(*) FROM shop.bill")).isEqualTo("2");
    }

    @Test
    void whatFailsLeavesTheTransactionAsItWas() throws SQLException {
        database.execute("CREATE ROLE clerk LOGIN");
        database.execute("GRANT ALL ON SCHEMA shop TO clerk");
        database.execute("GRANT ALL ON shop.bill TO clerk");
        String theirs = database.url().replace("user=postgres", "user=clerk");
        try (Connection clerk = DriverManager.getConnection(theirs)) {
            clerk.setAutoCommit(false);
            bill(clerk, 1);

            assertThatThrownBy(() -> submit(clerk, mail()))
                    .hasMessageContaining("permission denied for schema pawl")
                    .hasMessageContaining("grant the privilege");

            bill(clerk, 2);
            clerk.commit();
        } finally {
            database.execute("DROP OWNED BY clerk");
            database.execute("DROP ROLE clerk");
        }
        assertThat(ask("SELECT count(*) FROM shop.bill")).isEqualTo("2");
    }

    @Test
    void aTransactionThatHasFailedIsToldSo() throws SQLException {
        assertThatThrownBy(() -> run(caller, "SELECT 1 / 0")).isInstanceOf(SQLException.class);

        assertThatThrownBy(() -> submit(caller, mail()))
                .isInstanceOfSatisfying(
                        PawlException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_POSSIBLE_NOW))
                .hasMessageContaining("has failed before; roll it back");
    }

    @Test
    void aConnectionWithoutATransactionIsRefused() throws SQLException {
        caller.setAutoCommit(true);

        assertThatThrownBy(() -> submit(caller, mail()))
                .hasMessageContaining("setAutoCommit(false)");

        assertThat(store.counts()).isEmpty();
    }

    @Test
    void theSameKeyInTwoTransactionsWaitsAndIsOneJob() throws Exception {
        JobId first = accepted(submit(caller, keyed("k")));
        Future<Submitted> second = inAnother(keyed("k"));
        database.awaitBlocked(1);
        caller.commit();

        assertThat(second.get()).isEqualTo(new Submitted.Existing(first));
        assertThat(claim()).containsExactly(first);
    }

    @Test
    void theSameKeyAfterARollbackIsFree() throws Exception {
        JobId first = accepted(submit(caller, keyed("k")));
        Future<Submitted> second = inAnother(keyed("k"));
        database.awaitBlocked(1);
        caller.rollback();

        JobId other = accepted(second.get());
        assertThat(claim()).containsExactly(other).doesNotContain(first);
    }

    @Test
    void theSameKeyWithAnotherInputIsRefusedAndNothingElseIsLost() throws Exception {
        accepted(submit(caller, keyed("k")));
        Submission changed = Submission.of(MAIL, "{\"n\":2}").idempotencyKey("k").build();

        Submitted again = submit(caller, changed);
        Submitted same = submit(caller, keyed("k"));
        caller.commit();

        assertThat(again)
                .isInstanceOfSatisfying(
                        Submitted.Refused.class,
                        refused ->
                                assertThat(refused.code())
                                        .isEqualTo(ErrorCode.IDEMPOTENCY_CONFLICT));
        assertThat(same).isInstanceOf(Submitted.Existing.class);
        assertThat(claim()).hasSize(1);
    }

    @Test
    void whoWaitsForAKeyKeepsNobodyElseFromSubmitting() throws Exception {
        accepted(submit(caller, keyed("k")));
        Future<Submitted> second = inAnother(keyed("k"));
        database.awaitBlocked(1);

        accepted(store.submit(List.of(new NewJob(nextId(), mail()))).getFirst());

        assertThat(second).isNotDone();
        caller.rollback();
        accepted(second.get());
    }

    @Test
    void oneSnapshotThatCantSeeTheOtherKeyHasToBeginAnew() throws Exception {
        store.submit(List.of(new NewJob(nextId(), mail())));
        caller.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        assertThat(ask(caller, "SELECT count(*) FROM pawl.job")).isEqualTo("1");
        JobId first = accepted(inAnother(keyed("k")).get());

        assertThatThrownBy(() -> submit(caller, keyed("k")))
                .isInstanceOfSatisfying(
                        PawlException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_POSSIBLE_NOW))
                .hasMessageContaining("roll it back and do it again");
        caller.rollback();

        assertThat(submit(caller, keyed("k"))).isEqualTo(new Submitted.Existing(first));
    }

    @Test
    void ofTwoTransactionsWithKeysInTheOtherOrderOneHasToBeginAnew() throws Exception {
        accepted(submit(caller, keyed("a")));
        Connection second = DriverManager.getConnection(database.url());
        second.setAutoCommit(false);
        accepted(submit(second, keyed("b")));
        Future<Optional<PawlException>> theirs = other.submit(() -> ended(second, keyed("a")));
        database.awaitBlocked(1);

        Optional<PawlException> mine = ended(caller, keyed("b"));
        Optional<PawlException> other = theirs.get();
        second.close();

        assertThat(List.of(mine, other).stream().flatMap(Optional::stream))
                .singleElement()
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_POSSIBLE_NOW));
        assertThat(claim()).hasSize(2);
    }

    @Test
    void aChildSubmittedWhileItsParentEndsIsNotForgotten() throws Exception {
        JobId parent = new JobId(new UUID(0x7000L, 0x8000000000000777L));
        store.submit(List.of(new NewJob(parent, mail())));
        JobId child = accepted(submit(caller, mail(job -> job.parents(Set.of(parent)))));

        Future<Optional<JobState>> cancelled = other.submit(() -> store.cancel(parent));
        database.awaitBlocked(1);
        caller.commit();

        assertThat(cancelled.get()).isPresent();
        assertThat(store.states(List.of(child)).get(child)).isInstanceOf(JobState.Cancelled.class);
    }

    @Test
    void newNamesOfAnOpenTransactionKeepNobodyWaiting() throws Exception {
        accepted(submit(caller, mail(job -> job.queue("q-1").limit(new Limit("l", 3)))));

        Submitted second = inAnother(mail(job -> job.queue("q-2").limit(new Limit("l", 3)))).get();

        accepted(second);
        caller.rollback();
        assertThat(claim()).hasSize(1);
    }

    @Test
    void aStoreOnSomebodyElsesDataSourceLeavesItOpen() throws SQLException {
        var config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setMaximumPoolSize(3);
        config.setAutoCommit(false);
        try (var source = new HikariDataSource(config)) {
            JobId id = nextId();
            try (var theirs = PostgresStore.on(source, 3)) {
                theirs.submit(List.of(new NewJob(id, mail())));
                try (Connection mine = source.getConnection()) {
                    bill(mine, 1);
                    theirs.transactions()
                            .orElseThrow()
                            .submit(mine, List.of(new NewJob(nextId(), mail())));
                    mine.commit();
                }
                assertThat(theirs.violations()).isEmpty();
            }
            try (Connection still = source.getConnection()) {
                assertThat(ask(still, "SELECT count(*) FROM shop.bill")).isEqualTo("1");
            }
        }
        assertThat(claim()).hasSize(2);
    }

    @Test
    void aDataSourceOfSerializableConnectionsIsRefused() {
        var config = new HikariConfig();
        config.setJdbcUrl(database.url());
        config.setMaximumPoolSize(1);
        config.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
        try (var source = new HikariDataSource(config)) {
            assertThatThrownBy(() -> PostgresStore.on(source, 1).close())
                    .hasMessageContaining("not at READ COMMITTED");
        }
    }

    private Submitted submit(Connection connection, Submission job) {
        return store.transactions()
                .orElseThrow()
                .submit(connection, List.of(new NewJob(nextId(), job)))
                .getFirst();
    }

    private Future<Submitted> inAnother(Submission job) {
        return other.submit(() -> {
            try (Connection mine = DriverManager.getConnection(database.url())) {
                mine.setAutoCommit(false);
                Submitted answer = submit(mine, job);
                mine.commit();
                return answer;
            }
        });
    }

    /** Submits it and commits, or rolls back when that is what it is told. */
    private Optional<PawlException> ended(Connection connection, Submission job)
            throws SQLException {
        try {
            accepted(submit(connection, job));
            connection.commit();
            return Optional.empty();
        } catch (PawlException e) {
            connection.rollback();
            return Optional.of(e);
        }
    }

    private static JobId accepted(Submitted submitted) {
        assertThat(submitted).isInstanceOf(Submitted.Accepted.class);
        return ((Submitted.Accepted) submitted).id();
    }

    private List<JobId> claim() {
        var claim =
                new Claim(
                        new LeaseId(new UUID(0x4000L, 0x8000000000000000L | ++ids)),
                        "w",
                        Duration.ofMinutes(1),
                        List.of(Claim.Want.of(Set.of(MAIL), 10)),
                        Set.of());
        return store.claim(claim).jobs().stream().map(job -> job.token().job()).toList();
    }

    private synchronized JobId nextId() {
        return new JobId(new UUID(0x7000L, 0x8000000000000000L | ++ids));
    }

    private static Submission mail() {
        return mail(job -> job);
    }

    private static Submission mail(UnaryOperator<Submission.Builder> change) {
        return change.apply(Submission.of(MAIL, "{\"n\":1}")).build();
    }

    private static Submission keyed(String key) {
        return mail(job -> job.idempotencyKey(key));
    }

    private static void bill(Connection connection, int id) throws SQLException {
        run(connection, "INSERT INTO shop.bill VALUES (%d)".formatted(id));
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String ask(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url())) {
            return ask(connection, sql);
        }
    }

    private static String ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
