package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Count;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.testkit.PgBouncerServer;
import dev.pawl.testkit.PostgresServer;
import dev.pawl.testkit.PostgresVersion;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Periods are made and dropped through PgBouncer, where each transaction may be on another
 * connection, and everybody shares two; on the oldest PostgreSQL.
 */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PostgresHistoryBouncerTest extends HistoryScenes {
    /** What making and dropping set, and what else would stay with a session. */
    private static final String LEFT =
            """
            SELECT concat_ws(' ', current_setting('lock_timeout'),
                             current_setting('statement_timeout'),
                             current_setting('enable_seqscan'), current_setting('plan_cache_mode'),
                             current_setting('synchronous_commit'),
                             (SELECT count(*) FROM pg_locks
                               WHERE pid = pg_backend_pid() AND locktype = 'advisory'),
                             (SELECT count(*) FROM pg_prepared_statements),
                             pg_backend_pid())
            """;

    private PgBouncerServer bouncer;

    @BeforeAll
    void start() {
        bouncer = PgBouncerServer.start(server(), PgBouncerServer.Mode.TRANSACTION);
    }

    @AfterAll
    void stop() {
        // Skipped where there is no PgBouncer.
        if (bouncer != null) bouncer.close();
    }

    @Override
    PostgresServer server() {
        return PostgresServer.shared(PostgresVersion.OLDEST);
    }

    @Override
    PostgresStore another() {
        return PostgresStore.open(PostgresOptions.of(url()).withConnections(6));
    }

    private String url() {
        return bouncer.url(database.url()) + "&prepareThreshold=0";
    }

    @Test
    void daysAreMadeAndDroppedAndWhatIsNeededStays() {
        JobId dead = fail(submit(job -> job.tags(Set.of("red"))));
        JobId ready = submit();
        JobId parent = succeed(submit());
        for (int i = 0; i < 3; i++) succeed(submit(job -> job.tags(Set.of("red"))));
        at(first.plus(DAY));
        store.keepHistory(RETENTION);
        assertThat(names()).containsExactly("past", name(0), name(1), name(2));
        JobId child = submit(job -> job.parents(Set.of(parent, ready)));
        assertThat(rows("job_" + name(1))).isEqualTo(1);

        at(first.plus(DAY).plus(KEPT));
        turn();

        assertThat(names()).doesNotContain("past", name(0)).contains(name(1));
        assertThat(tables("_gone")).isZero();
        assertThat(store.states(List.of(dead, ready, parent, child))).hasSize(4);
        assertThat(store.list(JobFilter.ALL, "", 10)).hasSize(4);
        assertThat(store.counts().stream().mapToLong(Count::jobs).sum()).isEqualTo(4);
        succeed(ready);
        succeed(child);
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void nothingOfADropIsLeftOnThePoolersConnections() throws SQLException {
        String fresh = text(LEFT).replaceFirst(" [0-9]+$", "");
        List<String> before = left();
        assertThat(before).allSatisfy(one -> assertThat(one).startsWith(fresh + " "));
        succeed(submit());
        at(first.plus(DAY).plus(KEPT));
        store.keepHistory(RETENTION); // the past
        try (Connection reader = DriverManager.getConnection(database.url());
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.executeQuery("SELECT count(*) FROM pawl.job").close();
            store.keepHistory(RETENTION);
            assertThat(names()).as("a lock wasn't got").contains(name(0));
            assertThat(left()).isEqualTo(before);
            reader.rollback();
        }
        turn();

        assertThat(names()).doesNotContain(name(0));
        assertThat(left()).isEqualTo(before);
        assertThat(database.sessions()).as("all go through the pooler").isEqualTo(2);
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void twoThatDoItAtOnceAreHarmless() throws Exception {
        assertTwoAtOnceAreHarmless();
    }

    @Test
    void aCrashBetweenTheTwoTransactionsIsEndedByTheNext() {
        succeed(submit());
        JobId stays = submit();
        at(first.plus(DAY).plus(KEPT));
        store.keepHistory(RETENTION); // the past
        Period period = store.read(History::periods).getFirst();
        store.write(tx -> new PeriodDrop(tx, period, RETENTION.until(tx.now)).detach("200ms"));
        assertThat(tables("_gone")).isEqualTo(Period.TABLES.size());

        try (var other = another()) {
            other.keepHistory(RETENTION);
        }

        assertThat(tables("_gone")).isZero();
        assertThat(store.find(stays)).isPresent();
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void noJobIsLostThatHasToStayAndNoCallFails() throws InterruptedException {
        try (var other = another()) {
            new HistoryCrowd(this, List.of(store, other)).mingle(4, 100);
        }
    }

    /** Of each of the pooler's two connections; both are had at once, so that neither is missed. */
    private List<String> left() throws SQLException {
        try (Connection one = DriverManager.getConnection(url());
                Connection other = DriverManager.getConnection(url())) {
            one.setAutoCommit(false);
            other.setAutoCommit(false);
            List<String> left = Stream.of(left(one), left(other)).sorted().toList();
            assertThat(left).doesNotHaveDuplicates();
            // The pooler ends a connection that is given back within a transaction.
            one.commit();
            other.commit();
            return left;
        }
    }

    private static String left(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(LEFT)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
