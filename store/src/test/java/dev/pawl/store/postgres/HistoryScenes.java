package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.AttemptEnd;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.End;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobError;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.NewJob;
import dev.pawl.core.Pruned;
import dev.pawl.core.Retention;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.ToolId;
import dev.pawl.core.Written;
import dev.pawl.testkit.PostgresClock;
import dev.pawl.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the scenes of history's periods are made of: a database and a clock of their own. */
abstract class HistoryScenes {
    static final ToolId TOOL = new ToolId("echo", "1");
    static final Duration DAY = Duration.ofDays(1);
    static final Duration KEPT = Duration.ofDays(5);
    static final Retention RETENTION = Retention.FOREVER.with(JobState.Name.SUCCEEDED, KEPT);

    PostgresDatabase database;
    PostgresStore store;
    Instant now = Instant.EPOCH;

    /** When the first period begins. */
    Instant first;

    int serial;

    @BeforeEach
    void open() {
        database = new PostgresDatabase(server().freshDatabase());
        store = another();
        PostgresClock.install(database.url());
        first = store.read(History::periods).getFirst().end();
        at(first.minus(Duration.ofHours(12)));
        store.keepHistory(RETENTION);
        at(first.plus(Duration.ofHours(1)));
    }

    @AfterEach
    void close() {
        store.close();
        server().drop(database.url());
    }

    PostgresServer server() {
        return PostgresServer.shared();
    }

    PostgresStore another() {
        return PostgresStore.open(database.options());
    }

    // ---- What a scene is made of

    interface Doing {
        void run() throws Exception;
    }

    static void inBackground(Runnable aside, Doing here) throws Exception {
        try (var thread = Executors.newSingleThreadExecutor()) {
            var done = thread.submit(aside);
            here.run();
            done.get();
        }
    }

    /** Drops what is due, however long it has to wait for locks; ends when that has happened. */
    void whileItDrops(Retention retention, Doing here) throws Exception {
        var patient = new History(store, 0, "60s");
        inBackground(() -> patient.keep(retention), here);
    }

    /** The past goes first, a day at each of the next. */
    void turn() {
        for (int i = 0; i < 5; i++) store.keepHistory(RETENTION);
    }

    void prune() {
        prune(RETENTION);
    }

    void prune(Retention retention) {
        prune(store, retention);
    }

    void prune(PostgresStore store, Retention retention) {
        String next = "";
        do {
            Pruned pruned = store.prune(retention.until(now), next, 1_000);
            next = pruned.next();
        } while (!next.isEmpty());
    }

    void at(Instant moment) {
        now = moment;
        database.execute("UPDATE test_clock SET ms = " + moment.toEpochMilli());
    }

    JobId id(Instant moment) {
        return new JobId(new UUID(moment.toEpochMilli() << 16 | 0x7000, Long.MIN_VALUE | ++serial));
    }

    JobId submit() {
        return submit(job -> job);
    }

    JobId submit(UnaryOperator<Submission.Builder> change) {
        return submit(id(now), change);
    }

    JobId submit(JobId id, UnaryOperator<Submission.Builder> change) {
        Submission job = change.apply(Submission.of(TOOL, "{}")).build();
        assertThat(store.submit(List.of(new NewJob(id, job))))
                .singleElement()
                .isInstanceOf(Submitted.Accepted.class);
        return id;
    }

    ClaimedJob claim(JobId id) {
        var lease = new LeaseId(new UUID(0x4000, Long.MIN_VALUE | ++serial));
        var want = new Claim.Want(Set.of(TOOL), Set.of(), Set.of(id), 1);
        List<ClaimedJob> jobs =
                store.claim(new Claim(lease, "worker", DAY, List.of(want), Set.of())).jobs();
        assertThat(jobs).hasSize(1);
        return jobs.getFirst();
    }

    End success(ClaimedJob job) {
        var to = new JobState.Succeeded(now, job.token().attempt());
        return new End(job.token(), AttemptEnd.How.COMPLETED, to, "worker", null, "{}", List.of());
    }

    JobId succeed(JobId id) {
        ClaimedJob job = claim(id);
        assertThat(store.end(List.of(success(job))))
                .singleElement()
                .isInstanceOf(Written.Done.class);
        return id;
    }

    JobId fail(JobId id) {
        ClaimedJob job = claim(id);
        var to = new JobState.Dead(now, job.token().attempt(), ErrorClass.PERMANENT);
        var error = new JobError(ErrorClass.PERMANENT, "it failed");
        var end = new End(job.token(), AttemptEnd.How.FAILED, to, "worker", error, "", List.of());
        assertThat(store.end(List.of(end))).singleElement().isInstanceOf(Written.Done.class);
        return id;
    }

    List<String> names() {
        return store.read(History::periods).stream().map(Period::name).toList();
    }

    String name(int day) {
        return Period.from(first.plus(DAY.multipliedBy(day)), KEPT).name();
    }

    long rows(String table) {
        return Long.parseLong(text("SELECT count(*) FROM pawl." + table));
    }

    long tables(String ending) {
        return Long.parseLong(
                text("SELECT count(*) FROM pg_tables WHERE tablename LIKE '%" + ending + "'"));
    }

    String checks() {
        return text(
                "SELECT coalesce(string_agg(conname, ' '), '') FROM pg_constraint"
                        + " WHERE conname = 'rest_empty'");
    }

    String text(String sql) {
        try (Connection connection = DriverManager.getConnection(database.url());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Two processes make and drop the same periods at the same time, again and again. */
    void assertTwoAtOnceAreHarmless() throws Exception {
        for (int i = 0; i < 20; i++) succeed(submit());
        JobId stays = submit();
        at(first.plus(DAY).plus(KEPT));
        try (var other = another()) {
            for (int i = 0; i < 8; i++)
                inBackground(
                        () -> other.keepHistory(RETENTION), () -> store.keepHistory(RETENTION));
        }
        turn();

        assertThat(names()).doesNotContain(name(0));
        assertThat(tables("_gone")).isZero();
        assertThat(store.list(JobFilter.ALL, "", 10))
                .singleElement()
                .satisfies(job -> assertThat(job.id()).isEqualTo(stays));
        assertThat(store.violations()).isEmpty();
    }
}
