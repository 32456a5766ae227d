package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import dev.pawl.core.EngineListener;
import dev.pawl.core.JobId;
import dev.pawl.testkit.PgBouncerServer;
import dev.pawl.testkit.PostgresServer;
import dev.pawl.testkit.PostgresVersion;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hints from one store to another, each with connections of its own, as two processes have. */
@Timeout(60)
final class PostgresSignalsTest {
    private static final JobId JOB = new JobId(new UUID(0x7000, Long.MIN_VALUE));
    private static final String LISTENERS =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pawl listens'"
                    + " AND datname = current_database()";

    private final PostgresDatabase database = PostgresDatabase.empty(PostgresVersion.NEWEST);

    /** What is told, in words. */
    private static final class Ear implements EngineListener {
        final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @Override
        public void jobsReady() {
            heard.add("ready");
        }

        @Override
        public void stopWanted(JobId id) {
            heard.add("stop " + id);
        }

        @Override
        public void othersActed() {
            heard.add("events");
        }

        /** Other words before it are passed over. */
        void await(String word) throws InterruptedException {
            while (!word.equals(heard.poll(30, TimeUnit.SECONDS))) {}
        }
    }

    @Test
    void whatOneTellsTheOtherHears() throws InterruptedException {
        try (var one = open();
                var other = open()) {
            Ear ear = listening(other);

            one.neighbours().others().jobsReady();
            ear.await("ready");
            one.neighbours().others().jobEnded(JOB);
            ear.await("events");
            one.neighbours().others().stopWanted(JOB);
            ear.await("stop " + JOB);
        }
    }

    @Test
    void nobodyHearsItself() throws InterruptedException {
        try (var one = open();
                var other = open()) {
            Ear own = listening(one);
            Ear ear = listening(other);

            one.neighbours().others().stopWanted(JOB);
            ear.await("stop " + JOB);
            other.neighbours().others().jobEnded(JOB);
            own.await("events");

            assertThat(own.heard).isEmpty();
        }
    }

    @Test
    void whatWasToldLastIsHeardThoughItsTellerCloses() throws InterruptedException {
        try (var other = open()) {
            Ear ear = listening(other);
            try (var one = open()) {
                one.neighbours().others().stopWanted(JOB);
            }
            ear.await("stop " + JOB);
        }
    }

    @Test
    void aConnectionThatIsCutIsMadeAgain() throws Exception {
        try (var one = open();
                var other = open()) {
            Ear ear = listening(other);

            database.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE application_name = 'pawl listens'"
                            + " AND datname = current_database()");

            // As at the first time: what was told meanwhile nobody heard.
            ear.await("ready");
            one.neighbours().others().stopWanted(JOB);
            ear.await("stop " + JOB);
        }
        assertThat(asked(LISTENERS)).isZero();
    }

    @Test
    void behindAPoolerNothingIsLeftOnItsConnections() throws Exception {
        try (var bouncer =
                PgBouncerServer.start(PostgresServer.shared(), PgBouncerServer.Mode.TRANSACTION)) {
            String url = bouncer.url(database.url()) + "&prepareThreshold=0";
            try (var pooled = PostgresStore.open(PostgresOptions.of(url).withConnections(1));
                    var direct = open()) {
                Ear ear = new Ear();
                Ear told = listening(direct);
                pooled.neighbours().hear(ear);

                // It can tell all the same.
                pooled.neighbours().others().stopWanted(JOB);
                told.await("stop " + JOB);
                direct.neighbours().others().stopWanted(JOB);
                told.heard.clear();
                pooled.neighbours().others().jobsReady();
                told.await("ready");

                assertThat(ear.heard).isEmpty();
                assertThat(pooled.latestEvent()).isZero();
            }
        }
    }

    /** The driver takes another socket without a word where it isn't told of these. */
    @Test
    void whoListensReadsFromAPromptSocket(@TempDir Path folder) throws Exception {
        try (var other = open()) {
            Ear _ = listening(other);
            var diagnostics = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            String stack = "";
            for (int i = 0; !stack.contains("NioSocketImpl.read"); i++) {
                Path dump = folder.resolve("threads" + i);
                diagnostics.dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
                stack = stackOf("pawl-listen", Files.readString(dump));
            }

            assertThat(stack)
                    .contains("PgConnection.getNotifications")
                    .contains(PromptSockets.class.getName());
        }
    }

    /** Virtual threads are in no list but such a dump. Empty when there is none of that name. */
    private static String stackOf(String thread, String dump) {
        return Stream.of(dump.split("\n\n", -1))
                .filter(each -> each.contains('"' + thread + '"'))
                .collect(Collectors.joining());
    }

    private PostgresStore open() {
        return PostgresStore.open(database.options().withConnections(2));
    }

    /** One that has begun to hear. */
    private static Ear listening(PostgresStore store) throws InterruptedException {
        var ear = new Ear();
        store.neighbours().hear(ear);
        ear.await("ready");
        ear.await("events");
        return ear;
    }

    private int asked(String sql) throws Exception {
        try (var connection = DriverManager.getConnection(database.url());
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
