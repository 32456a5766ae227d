package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Count;
import dev.pawl.core.InputKey;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.NewJob;
import dev.pawl.core.Retention;
import dev.pawl.core.Reuse;
import dev.pawl.core.Submission;
import dev.pawl.core.Written;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Periods are made ahead and dropped as a whole, and nothing goes with them that is to stay. */
class PostgresHistoryTest extends HistoryScenes {
    // ---- Making

    @Test
    void daysAreMadeAhead() {
        assertThat(names()).containsExactly("past", name(0), name(1));

        store.keepHistory(RETENTION);
        assertThat(names())
                .as("the next two days")
                .containsExactly("past", name(0), name(1), name(2));
        store.keepHistory(RETENTION);
        assertThat(names()).hasSize(4);
        submit();
        assertThat(rows("job_" + name(0))).isEqualTo(1);
        assertThat(rows("job_rest")).isZero();
    }

    @Test
    void aJobIsFoundByItsIdThoughItsDayWasEmptyWhenItWasLookedAtLast() throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url());
                Statement statement = connection.createStatement()) {
            statement.execute("VACUUM ANALYZE pawl.job");
            statement.execute("SET enable_seqscan = off");
            try (ResultSet plan =
                    statement.executeQuery(
                            "EXPLAIN SELECT lane FROM pawl.job WHERE id = '%s'"
                                    .formatted(id(now)))) {
                plan.next();
                assertThat(plan.getString(1)).contains("job_%s_pkey".formatted(name(0)));
            }
        }
    }

    @Test
    void jobsOfSeveralDaysAreClaimedAndEndTogether() {
        var all = new ArrayList<JobId>();
        for (int day = 0; day < 3; day++) {
            at(first.plus(DAY.multipliedBy(day)).plusSeconds(1));
            store.keepHistory(RETENTION);
            for (int i = 0; i < 2; i++) all.add(submit());
        }
        var want = Claim.Want.of(Set.of(TOOL), 10);
        var lease = new LeaseId(new UUID(0x4000, Long.MIN_VALUE));
        List<ClaimedJob> jobs =
                store.claim(new Claim(lease, "worker", DAY, List.of(want), Set.of())).jobs();

        assertThat(jobs).extracting(ClaimedJob::id).containsExactlyElementsOf(all);
        assertThat(store.end(jobs.stream().map(this::success).toList()))
                .hasSize(6)
                .hasOnlyElementsOfType(Written.Done.class);
        for (int day = 0; day < 3; day++) assertThat(rows("outcome_" + name(day))).isEqualTo(2);
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void whatIsKeptForLongIsInAFewLongPeriods() {
        Retention year = Retention.FOREVER.with(JobState.Name.SUCCEEDED, Duration.ofDays(365));
        for (int day = 0; day < 400; day += 10) {
            at(first.plus(DAY.multipliedBy(day)));
            store.keepHistory(year);
        }
        assertThat(names()).hasSizeBetween(10, 14);
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void nothingIsMadeWhereNothingIsDropped() {
        at(first.plus(DAY.multipliedBy(9)));
        store.keepHistory(Retention.FOREVER);
        store.keepHistory(
                Retention.FOREVER.with(JobState.Name.SUCCEEDED, History.SHORT.minusMillis(1)));
        assertThat(names().getLast()).isEqualTo(name(1));
    }

    @Test
    void aDayThatRowsAreInAlreadyHasNoTablesOfItsOwn() {
        JobId ahead = submit(id(first.plus(DAY.multipliedBy(3))), job -> job);
        at(first.plus(DAY.multipliedBy(2)).plusMillis(1));
        store.keepHistory(RETENTION);
        assertThat(names()).containsExactly("past", name(0), name(1), name(4));
        assertThat(rows("job_rest")).isEqualTo(1);
        assertThat(store.find(ahead)).isPresent();
        store.keepHistory(RETENTION);
        assertThat(names()).hasSize(4);
    }

    @Test
    void aLargeTableOfRowsWithoutPeriodIsReadWhileOthersUseIt() throws SQLException {
        submit(id(first.plus(DAY.multipliedBy(99))), job -> job);
        at(first.plus(DAY));
        new History(store, 0, "200ms").keep(RETENTION);
        assertThat(names()).endsWith(name(1), name(2));
        assertThat(checks()).isEmpty();
    }

    @Test
    void whatACrashLeftBetweenThemIsTakenAway() throws SQLException {
        database.execute(
                "ALTER TABLE pawl.job_rest ADD CONSTRAINT rest_empty CHECK (id < '%s') NOT VALID"
                        .formatted(id(first)));
        store.keepHistory(RETENTION);
        assertThat(checks()).isEmpty();
        submit(id(first.plus(DAY.multipliedBy(99))), job -> job);
    }

    @Test
    void aNewDaysTablesHaveTheGrantsOfTheOthers() throws SQLException {
        String role = "reader_" + first.toEpochMilli() + "_" + System.identityHashCode(this);
        database.execute("CREATE ROLE %s; GRANT SELECT ON pawl.job TO %1$s".formatted(role));
        try {
            store.keepHistory(RETENTION);
            assertThat(
                            text(
                                    "SELECT has_table_privilege('%s', 'pawl.job_%s', 'SELECT')"
                                            .formatted(role, name(2))))
                    .isEqualTo("t");
        } finally {
            database.execute("DROP OWNED BY %s; DROP ROLE %1$s".formatted(role));
        }
    }

    @Test
    void whoMayNotMakeTablesRemovesRowByRow() {
        String role = "worker_" + System.nanoTime();
        database.execute(
                """
                CREATE ROLE %1$s LOGIN;
                GRANT USAGE ON SCHEMA pawl TO %1$s;
                GRANT ALL ON ALL TABLES IN SCHEMA pawl TO %1$s;
                GRANT SELECT ON test_clock TO %1$s;
                """
                        .formatted(role));
        JobId gone = succeed(submit());
        at(first.plus(DAY).plus(KEPT));
        try (var theirs =
                PostgresStore.open(
                        PostgresOptions.of(database.url().replace("user=postgres", "user=" + role))
                                .withConnections(2))) {
            theirs.keepHistory(RETENTION);
            assertThat(names()).containsExactly("past", name(0), name(1));

            prune(theirs, RETENTION);

            assertThat(store.find(gone)).isEmpty();
        } finally {
            database.execute("DROP OWNED BY %s; DROP ROLE %1$s".formatted(role));
        }
        assertThat(store.violations()).isEmpty();
    }

    // ---- Dropping

    @Test
    void aDayIsDroppedWholeWhenItsTimeIsOver() {
        for (int i = 0; i < 3; i++) succeed(submit(job -> job.tags(Set.of("red"))));
        at(first.plus(DAY));
        JobId next = succeed(submit());
        at(first.plus(DAY).plus(KEPT).minusMillis(1));
        turn();
        assertThat(store.list(JobFilter.ALL, "", 10)).hasSize(4);

        at(first.plus(DAY).plus(KEPT));
        turn();

        assertThat(store.list(JobFilter.ALL, "", 10))
                .singleElement()
                .satisfies(job -> assertThat(job.id()).isEqualTo(next));
        assertThat(store.counts()).extracting(Count::jobs).containsExactly(1L);
        assertThat(store.counts().getFirst().ran().attempts()).isEqualTo(1);
        assertThat(names()).doesNotContain("past", name(0)).contains(name(1));
        assertThat(tables("_gone")).isZero();
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void whatStillNeedsAJobKeepsIt() {
        JobId ready = submit();
        JobId later = submit(job -> job.runAt(now.plus(DAY.multipliedBy(99))));
        JobId parent = succeed(submit());
        ClaimedJob running = claim(submit());
        ClaimedJob cancelled = claim(submit());
        assertThat(store.cancel(cancelled.id())).isPresent();
        JobId dead = fail(submit());
        JobId kept =
                succeed(
                        submit(job ->
                                job.key(new InputKey("%064x".formatted(7), "{}"))
                                        .reuse(new Reuse(DAY.multipliedBy(50), false))));
        JobId late = submit();
        JobId waiting = submit(job -> job.parents(Set.of(ready)));
        JobId gone = succeed(submit(job -> job.tags(Set.of("red"))));
        at(first.plus(DAY.multipliedBy(2)));
        JobId child = submit(job -> job.parents(Set.of(parent, ready)));
        succeed(late);

        at(first.plus(DAY).plus(KEPT));
        turn();

        assertThat(names()).doesNotContain(name(0));
        var stay = new ArrayList<>(List.of(ready, later, parent, dead, kept, late, waiting, child));
        stay.addAll(List.of(running.id(), cancelled.id()));
        assertThat(store.states(stay)).containsOnlyKeys(stay);
        assertThat(store.find(gone)).isEmpty();
        assertThat(store.find(late).orElseThrow().state().name())
                .isEqualTo(JobState.Name.SUCCEEDED);
        assertThat(store.history(dead)).hasSize(1);
        assertThat(store.violations()).isEmpty();
        // They go on where they are now.
        succeed(ready);
        assertThat(store.redrive(dead, now)).isPresent();
        succeed(dead);
        assertThat(store.end(List.of(success(running))))
                .singleElement()
                .isInstanceOf(Written.Done.class);
        assertThat(store.stopped(cancelled.token())).isInstanceOf(Written.Done.class);
        succeed(child);
        succeed(waiting);
        assertThat(store.violations()).isEmpty();
        // And are removed one by one when their time is over.
        at(first.plus(DAY).plus(KEPT).plus(KEPT).plus(DAY.multipliedBy(60)));
        turn();
        prune();
        assertThat(store.states(List.of(ready, parent, running.id(), kept, late, dead))).isEmpty();
        assertThat(store.states(List.of(cancelled.id()))).hasSize(1);
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void aCrashBetweenTheTwoTransactionsIsEndedByTheNext() {
        succeed(submit());
        JobId stays = submit();
        at(first.plus(DAY).plus(KEPT));
        turn();
        Period period =
                store.read(History::periods).stream()
                        .filter(p -> !p.past())
                        .findFirst()
                        .orElseThrow();
        at(period.end().plus(KEPT));
        store.write(tx -> new PeriodDrop(tx, period, RETENTION.until(tx.now)).detach("200ms"));
        assertThat(tables("_gone")).isEqualTo(Period.TABLES.size());
        assertThat(store.violations()).as("between them").isEmpty();

        try (var other = another()) {
            other.keepHistory(Retention.FOREVER);
        }

        assertThat(tables("_gone")).isZero();
        assertThat(store.find(stays)).isPresent();
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void aReaderThatStaysKeepsADayAndNobodyElse() throws SQLException {
        JobId gone = succeed(submit());
        at(first.plus(DAY).plus(KEPT));
        store.keepHistory(RETENTION); // the past
        try (Connection reader = DriverManager.getConnection(database.url());
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.executeQuery("SELECT count(*) FROM pawl.job").close();

            turn();

            try (var other = another()) {
                other.keepHistory(RETENTION);
                prune(other, RETENTION);
            }
            assertThat(names()).contains(name(0));
            assertThat(store.find(gone)).as("it waits for its day").isPresent();
            succeed(submit());
            reader.rollback();
        }
        turn();
        assertThat(names()).doesNotContain(name(0));
        assertThat(store.find(gone)).isEmpty();
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void aJobThatGetsAChildMeanwhileStays() throws Exception {
        JobId parent = succeed(submit());
        JobId gone = succeed(submit());
        at(first.plus(DAY).plus(KEPT));
        store.keepHistory(RETENTION); // the past
        JobId child = id(now);
        Submission alone = Submission.of(TOOL, "{}").parents(Set.of(parent)).build();
        try (Connection connection = DriverManager.getConnection(database.url())) {
            connection.setAutoCommit(false);
            var submitted =
                    store.transactions()
                            .orElseThrow()
                            .submit(connection, List.of(new NewJob(child, alone)));
            assertThat(submitted).hasSize(1);
            whileItDrops(
                    RETENTION,
                    () -> {
                        database.awaitBlocked(1);
                        connection.commit();
                    });
        }
        assertThat(names()).doesNotContain(name(0));
        assertThat(store.states(List.of(parent, gone, child))).containsOnlyKeys(parent, child);
        assertThat(store.violations()).isEmpty();
        succeed(child);
    }

    @Test
    void aJobThatIsRedrivenMeanwhileStays() throws Exception {
        JobId dead = fail(submit());
        at(first.plus(DAY).plus(KEPT));
        store.keepHistory(RETENTION); // the past
        Retention all = RETENTION.with(JobState.Name.DEAD, Duration.ZERO);
        assertThat(store.counts()).hasSize(1);
        try (Connection other = DriverManager.getConnection(database.url());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            // As a redrive does it.
            statement.execute(
                    """
                    WITH d AS (DELETE FROM pawl.outcome WHERE id = '%s' RETURNING *)
                    INSERT INTO pawl.ready (id, run_at, lane, priority, attempt, failures)
                    SELECT id, 0, lane, 0, attempt, 0 FROM d
                    """
                            .formatted(dead));
            statement.execute(
                    "UPDATE pawl.counter SET jobs = jobs - 1, runs = runs - 1 WHERE state = 4");
            statement.execute("UPDATE pawl.counter SET jobs = jobs + 1 WHERE state = 1");
            whileItDrops(
                    all,
                    () -> {
                        database.awaitBlocked(1);
                        other.commit();
                    });
        }
        assertThat(names()).doesNotContain(name(0));
        succeed(dead);
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void aRedriveThatComesWhileADayIsDroppedFindsNoJob() throws Exception {
        JobId dead = fail(submit());
        at(first.plus(DAY).plus(KEPT));
        store.keepHistory(RETENTION); // the past
        Retention all = RETENTION.with(JobState.Name.DEAD, Duration.ZERO);
        try (Connection reader = DriverManager.getConnection(database.url());
                Statement statement = reader.createStatement();
                var redrive = Executors.newSingleThreadExecutor()) {
            reader.setAutoCommit(false);
            statement.executeQuery("SELECT count(*) FROM pawl.job").close();
            whileItDrops(
                    all,
                    () -> {
                        database.awaitBlocked(1);
                        var redriven = redrive.submit(() -> store.redrive(dead, now));
                        database.awaitBlocked(2);
                        reader.commit();
                        assertThat(redriven.get()).isEmpty();
                    });
        }
        assertThat(store.find(dead)).isEmpty();
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void whoLooksAtAJobWhileItsDayIsDroppedFindsIt() throws Exception {
        JobId stays = submit();
        succeed(submit());
        at(first.plus(DAY).plus(KEPT));
        store.keepHistory(RETENTION); // the past
        try (Connection reader = DriverManager.getConnection(database.url());
                Statement statement = reader.createStatement();
                var look = Executors.newFixedThreadPool(2)) {
            reader.setAutoCommit(false);
            statement.executeQuery("SELECT count(*) FROM pawl.job").close();
            whileItDrops(
                    RETENTION,
                    () -> {
                        database.awaitBlocked(1);
                        var found = look.submit(() -> store.find(stays));
                        var states = look.submit(() -> store.states(List.of(stays)));
                        database.awaitBlocked(3);
                        reader.commit();
                        assertThat(found.get()).isPresent();
                        assertThat(states.get()).containsKey(stays);
                    });
        }
        assertThat(names()).doesNotContain(name(0));
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void aLookThatIsUnderWayGoesOnWhileADropWaitsForIt() throws Exception {
        succeed(submit());
        at(first.plus(DAY).plus(KEPT));
        store.keepHistory(RETENTION); // the past

        amidALook(look -> whileItDrops(RETENTION, look));

        assertThat(names()).doesNotContain(name(0));
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void aLookThatIsUnderWayGoesOnWhileANewDayWaitsForIt() throws Exception {
        at(first.plus(DAY));
        var patient = new History(store, Long.MAX_VALUE, "60s");

        amidALook(look -> inBackground(() -> patient.keep(RETENTION), look));

        assertThat(names()).endsWith(name(2));
    }

    private interface Change {
        void beside(Doing look) throws Exception;
    }

    /** As each look at one snapshot does it: the jobs first, then how they ended. */
    private void amidALook(Change change) throws Exception {
        try (Connection reader = DriverManager.getConnection(database.url());
                Statement statement = reader.createStatement()) {
            // It is the one to find out that both would wait for ever.
            statement.execute("SET deadlock_timeout = '10ms'");
            reader.setAutoCommit(false);
            statement.executeQuery("SELECT count(*) FROM pawl.job").close();
            change.beside(() -> {
                database.awaitBlocked(1);
                statement.executeQuery("SELECT count(*) FROM pawl.outcome").close();
                reader.commit();
            });
        }
    }

    @Test
    void whatSomebodyElseHangsOnADayKeepsItAndNothingElseWaits() {
        succeed(submit());
        database.execute(
                "CREATE VIEW public.theirs AS SELECT id FROM pawl.job_%s".formatted(name(0)));
        at(first.plus(DAY).plus(KEPT));
        turn();

        assertThat(tables("_gone")).isPositive();
        assertThat(store.read(History::periods).getLast().end()).isAfter(now.plus(DAY));
        database.execute("DROP VIEW public.theirs");
        turn();
        assertThat(tables("_gone")).isZero();
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void whatWasToBeKeptForLongerGoesRowByRowWhenLessIsKept() {
        Retention year = RETENTION.with(JobState.Name.SUCCEEDED, Duration.ofDays(365));
        at(first.plus(DAY.multipliedBy(3)));
        store.keepHistory(year);
        at(first.plus(DAY.multipliedBy(10)));
        JobId old = succeed(submit());
        at(now.plus(KEPT).plus(Duration.ofHours(1)));

        store.keepHistory(RETENTION);
        prune();

        assertThat(store.find(old)).isEmpty();
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void twoThatDoItAtOnceAreHarmless() throws Exception {
        assertTwoAtOnceAreHarmless();
    }

    @Test
    void whatMoreThanSomeJobsOfStayGoesRowByRow() {
        database.execute(
                """
                INSERT INTO pawl.tool (name, version) VALUES ('many', '1');
                INSERT INTO pawl.queue (name) VALUES ('many');
                INSERT INTO pawl.lane (queue, tool_id, limit_id)
                SELECT 'many', id, 0 FROM pawl.tool WHERE name = 'many';
                INSERT INTO pawl.policy (line) VALUES ('attempts=1');
                """);
        database.execute(
                """
                INSERT INTO pawl.job (id, lane, policy, priority, parents, run_at, submitted_at, ttl,
                                      reuse_ttl, go_on, reuse_errors, tenant, input)
                SELECT CAST('%s' || lpad(to_hex(n), 12, '0') AS uuid), l.id, 1, 0, 0, 0, 0, 0, 0, 0,
                       0, 'default', '{}'
                  FROM generate_series(1000001, 1010002) n, pawl.lane l WHERE l.queue = 'many';
                INSERT INTO pawl.outcome (id, at, lane, attempt, state, output, class)
                SELECT id, 0, lane, 1, 2, 'x', 'permanent' FROM pawl.job;
                INSERT INTO pawl.counter (lane, state, jobs, runs, millis)
                SELECT lane, 4, count(*), 0, 0 FROM pawl.job GROUP BY lane
                """
                        .formatted(id(now).toString().substring(0, 24)));
        JobId gone = succeed(submit());
        at(first.plus(DAY).plus(KEPT));
        turn();
        assertThat(names()).contains(name(0));
        assertThat(store.find(gone)).isPresent();

        prune();

        assertThat(store.find(gone)).isEmpty();
        assertThat(store.violations()).isEmpty();
    }

    // ---- Bites beside it

    @Test
    void whatADropWillTakeIsntTakenRowByRow() {
        JobId whole = succeed(submit());
        JobId dead = fail(submit());
        at(first.minus(DAY));
        JobId past = succeed(submit());
        Retention both = RETENTION.with(JobState.Name.DEAD, DAY.multipliedBy(3));
        at(first.plus(KEPT).minusMillis(1));
        store.keepHistory(both);

        prune(both);

        assertThat(names()).contains("past", name(0));
        assertThat(store.states(List.of(past, whole, dead))).containsOnlyKeys(whole);
        at(first.plus(KEPT).plus(Duration.ofHours(9)));
        prune(both);
        assertThat(store.find(whole)).as("it waits for its day").isPresent();
        at(first.plus(KEPT).plus(DAY));
        turn();
        assertThat(store.find(whole)).isEmpty();
        assertThat(store.violations()).isEmpty();
    }

    @Test
    void whatIsKeptForAShortTimeGoesToTheMoment() {
        Retention day = Retention.FOREVER.with(JobState.Name.SUCCEEDED, DAY);
        JobId id = succeed(submit());
        at(now.plus(DAY));
        store.keepHistory(day);
        prune(day);
        assertThat(store.find(id)).isPresent();

        at(now.plusMillis(1));
        prune(day);

        assertThat(store.find(id)).isEmpty();
        assertThat(store.violations()).isEmpty();
    }
}
