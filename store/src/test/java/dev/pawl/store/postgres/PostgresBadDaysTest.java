package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobId;
import dev.pawl.core.NewJob;
import dev.pawl.core.PawlException;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.store.SchemaPlan;
import dev.pawl.testkit.PgBouncerServer;
import dev.pawl.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A database that can't be used is told in one line, with what to do. */
final class PostgresBadDaysTest {
    private static final int NEWER = PostgresSchema.VERSION + 1;

    private final PostgresServer server = PostgresServer.shared();
    private String url = "";

    @BeforeEach
    void database() {
        url = server.freshDatabase();
    }

    @AfterEach
    void drop() {
        server.drop(url);
    }

    @Test
    void aPlanTellsWhatWouldBeRunAndChangesNothing() throws SQLException {
        SchemaPlan plan = PostgresStore.plan(options());

        assertThat(plan.found()).isZero();
        assertThat(plan.migrations())
                .extracting(SchemaPlan.Migration::version)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, PostgresSchema.VERSION).boxed().toList());
        assertThat(plan.migrations().getFirst().sql()).contains("CREATE TABLE pawl.job (");
        assertThat(count("SELECT count(*) FROM pg_namespace WHERE nspname = 'pawl'")).isZero();
        PostgresStore.open(options()).close();
        assertThat(PostgresStore.plan(options()))
                .matches(done -> done.found() == PostgresSchema.VERSION)
                .matches(done -> done.migrations().isEmpty());
    }

    @Test
    void aNewerSchemaThatShutsOlderProgramsOutIsRefused() throws SQLException {
        becomesNewer();
        sql("UPDATE pawl.meta SET value = '%d'".formatted(NEWER));

        String text =
                "has schema %d, this program knows %d; use a newer pawl"
                        .formatted(NEWER, PostgresSchema.VERSION);
        assertRefused(() -> PostgresStore.open(options()), ErrorCode.SCHEMA_NEWER, text);
        assertRefused(() -> PostgresStore.plan(options()), ErrorCode.SCHEMA_NEWER, text);
    }

    @Test
    void aNewerSchemaThatLetsOlderProgramsGoOnIsUsed() throws SQLException {
        PostgresStore.open(options()).close();

        try (var before = PostgresStore.open(options())) {
            submit(before);
            becomesNewer();
            submit(before);
        }
        try (var store = PostgresStore.open(options())) {
            submit(store);
            assertThat(store.violations()).isEmpty();
        }
        assertThat(PostgresStore.plan(options()).migrations()).isEmpty();
    }

    /** What a migration that only adds would do. */
    private void becomesNewer() throws SQLException {
        PostgresStore.open(options()).close();
        sql("ALTER TABLE pawl.job ADD COLUMN colour text DEFAULT 'blue'");
        sql(
                "INSERT INTO pawl.flyway_schema_history SELECT 99, '"
                        + NEWER
                        + "', description, type, script, checksum, installed_by, installed_on,"
                        + " execution_time, success FROM pawl.flyway_schema_history"
                        + " WHERE installed_rank = 1");
    }

    @Test
    void aStandbyIsRefused() throws SQLException {
        try (var own = PostgresServer.start(dev.pawl.testkit.PostgresOptions.defaults())) {
            String there = own.freshDatabase();
            var options = PostgresOptions.of(there).withConnections(2);
            PostgresStore.open(options).close();
            own.restartAsStandby();

            try (var store = PostgresStore.open(options)) {
                assertRefused(
                        () -> submit(store),
                        ErrorCode.STORE_UNAVAILABLE,
                        "can only be read: it is a standby",
                        "name the primary");
            }
            assertRefused(
                    () -> PostgresStore.open(PostgresOptions.of(own.url()).withConnections(1)),
                    ErrorCode.STORE_UNAVAILABLE,
                    "can only be read: it is a standby");
        }
    }

    @Test
    void aDatabaseThatIsSwitchedToReadingIsRefused() throws SQLException {
        sql("ALTER DATABASE %s SET default_transaction_read_only = on".formatted(name()));

        assertRefused(
                () -> PostgresStore.open(options()),
                ErrorCode.STORE_UNAVAILABLE,
                "default_transaction_read_only is on");
    }

    @Test
    void theMissingPrivilegeIsNamed() throws SQLException {
        String role = "app_" + name();
        sql("CREATE ROLE %s LOGIN".formatted(role));
        var as = PostgresOptions.of(url.replace("user=postgres", "user=" + role));
        try {
            assertLacks(as, "GRANT CREATE ON DATABASE \"%s\" TO \"%s\"".formatted(name(), role));

            PostgresStore.open(options()).close();
            assertLacks(as, "GRANT USAGE ON SCHEMA pawl TO \"%s\"".formatted(role));

            sql("GRANT USAGE ON SCHEMA pawl TO " + role);
            sql("GRANT ALL ON ALL TABLES IN SCHEMA pawl TO " + role);
            sql("REVOKE SELECT, DELETE ON pawl.running FROM " + role);
            assertLacks(as, "GRANT SELECT, DELETE ON pawl.running TO \"%s\"".formatted(role));

            sql("GRANT ALL ON pawl.running TO " + role);
            try (var store = PostgresStore.open(as.withConnections(1))) {
                submit(store);
                sql("REVOKE INSERT ON pawl.job FROM " + role);
                assertRefused(
                        () -> submit(store),
                        ErrorCode.STORE_UNAVAILABLE,
                        "permission denied for table job",
                        "grant the privilege");
            }
        } finally {
            sql("DROP OWNED BY " + role);
            sql("DROP ROLE " + role);
        }
    }

    private static void assertLacks(PostgresOptions as, String grant) {
        assertRefused(
                () -> PostgresStore.open(as.withConnections(1)),
                ErrorCode.STORE_UNAVAILABLE,
                "lacks a privilege; " + grant);
    }

    @Test
    void aServerThatIsTooOldIsRefused() {
        assertRefused(
                () -> PostgresSchema.requireServer(140_012, options()),
                ErrorCode.STORE_UNAVAILABLE,
                "is PostgreSQL 14, want 15 or newer");
        PostgresSchema.requireServer(PostgresSchema.SERVER_MIN, options());
    }

    @Test
    void aWrongPasswordIsRefusedAndNotRepeated() throws SQLException {
        String role = "ann_" + name();
        String group = "passworded";
        boolean made = count("SELECT count(*) FROM pg_roles WHERE rolname = 'passworded'") == 0;
        if (made) sql("CREATE ROLE " + group);
        sql("CREATE ROLE %s LOGIN PASSWORD 'right' IN ROLE %s".formatted(role, group));
        try {
            String as = url.replace("user=postgres", "user=" + role);

            assertRefused(
                    () -> PostgresStore.open(PostgresOptions.of(as).withPassword("geheim")),
                    ErrorCode.STORE_UNAVAILABLE,
                    "refuses the user or the password; check them");
            assertRefused(
                    () -> PostgresStore.open(PostgresOptions.of(as)),
                    ErrorCode.STORE_UNAVAILABLE,
                    "wants a password");
        } finally {
            sql("DROP ROLE " + role);
            if (made) sql("DROP ROLE " + group);
        }
    }

    @Test
    void aServerWithoutConnectionsLeftIsRefused() throws SQLException {
        var few = dev.pawl.testkit.PostgresOptions.defaults().withSetting("max_connections", "5");
        try (var own = PostgresServer.start(few)) {
            var taken = new ArrayList<Connection>();
            try {
                for (int i = 0; i < 5; i++) taken.add(DriverManager.getConnection(own.url()));

                assertRefused(
                        () -> PostgresStore.open(PostgresOptions.of(own.url())),
                        ErrorCode.STORE_UNAVAILABLE,
                        "has no connection left (sorry, too many clients already)",
                        "lower store.connections");
            } finally {
                for (Connection one : taken) one.close();
            }
        }
    }

    @Test
    void aProcessWhoseConnectionsAreAllInUseSaysSo() throws SQLException {
        var patience = options().withConnections(1).withConnectWait(Duration.ofMillis(250));
        try (var store = PostgresStore.open(patience);
                var other = DriverManager.getConnection(url);
                var lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("LOCK TABLE pawl.job");
            Thread waiting = Thread.ofVirtual().start(() -> submit(store));
            while (store.pool().orElseThrow().busy() == 0) Thread.onSpinWait();

            assertRefused(
                    () -> store.find(id()),
                    ErrorCode.STORE_UNAVAILABLE,
                    "has no connection free: all 1 of this process are in use",
                    "raise store.connections");

            other.rollback();
            join(waiting);
        }
    }

    @Test
    void aStatementThatTookTooLongIsTold() throws SQLException {
        PostgresStore.open(options()).close();
        sql("ALTER DATABASE %s SET statement_timeout = '100ms'".formatted(name()));

        assertWaitingEnds("gave up a statement", "raise statement_timeout");
    }

    @Test
    void aLockThatTookTooLongIsTold() throws SQLException {
        PostgresStore.open(options()).close();
        sql("ALTER DATABASE %s SET lock_timeout = '100ms'".formatted(name()));

        assertWaitingEnds("gave up waiting for a lock", "raise lock_timeout");
    }

    private void assertWaitingEnds(String... parts) throws SQLException {
        try (var store = PostgresStore.open(options());
                var other = DriverManager.getConnection(url);
                var lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("LOCK TABLE pawl.job");

            assertRefused(() -> submit(store), ErrorCode.STORE_UNAVAILABLE, parts);

            other.rollback();
            submit(store);
            assertThat(store.violations()).isEmpty();
        }
    }

    @Test
    void aPoolerInStatementModeIsRefused() {
        try (var pooler = PgBouncerServer.start(server, PgBouncerServer.Mode.STATEMENT)) {
            var through = PostgresOptions.of(pooler.url(url) + "&prepareThreshold=0");

            assertRefused(
                    () -> PostgresStore.open(through.withConnections(1)),
                    ErrorCode.STORE_UNAVAILABLE,
                    "is behind a pooler in statement mode",
                    "set its pool_mode to transaction");
        }
    }

    /** The pooler has two connections for all of them: who waits for the other must hold none. */
    @Test
    @Timeout(40)
    void programsThatStartTogetherBehindAPoolerMakeTheTablesOnce() throws Exception {
        try (var pooler = PgBouncerServer.start(server, PgBouncerServer.Mode.TRANSACTION);
                var programs = Executors.newVirtualThreadPerTaskExecutor()) {
            var through = PostgresOptions.of(pooler.url(url) + "&prepareThreshold=0");
            List<Callable<List<String>>> starts =
                    Collections.nCopies(
                            3,
                            () -> {
                                try (var store = PostgresStore.open(through.withConnections(1))) {
                                    return store.violations();
                                }
                            });

            for (Future<List<String>> started : programs.invokeAll(starts))
                assertThat(started.get()).isEmpty();
        }
    }

    // ---- What they share

    private PostgresOptions options() {
        return PostgresOptions.of(url).withConnections(2);
    }

    private String name() {
        return url.replaceFirst("\\?.*", "").replaceFirst(".*/", "");
    }

    private int made;

    private JobId id() {
        return new JobId(new UUID(0x0123456789ab7000L, Long.MIN_VALUE | made++));
    }

    private void submit(PostgresStore store) {
        Submission job = Submission.of(new ToolId("echo", "1"), "{}").build();
        assertThat(store.submit(List.of(new NewJob(id(), job)))).hasSize(1);
    }

    private static void assertRefused(ThrowingCallable call, ErrorCode code, String... parts) {
        assertThatThrownBy(call)
                .satisfies(e ->
                        assertThat(String.valueOf(e.getMessage()))
                                .contains(parts)
                                .startsWith("database postgresql://127.0.0.1")
                                .doesNotContain("\n", "geheim", "Exception"))
                .asInstanceOf(type(PawlException.class))
                .extracting(PawlException::code)
                .isEqualTo(code);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sql(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            boolean _ = statement.execute(sql);
        }
    }

    private int count(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
