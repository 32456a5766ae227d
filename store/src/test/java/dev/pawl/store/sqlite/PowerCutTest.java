package dev.pawl.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.AttemptEnd;
import dev.pawl.core.Claim;
import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.End;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Store;
import dev.pawl.core.SystemTime;
import dev.pawl.core.Time;
import dev.pawl.core.Token;
import dev.pawl.core.Written;
import dev.pawl.store.sqlite.PowerCut.Disk;
import dev.pawl.store.sqlite.PowerCut.Last;
import dev.pawl.store.sqlite.SqliteOptions.Synchronous;
import dev.pawl.testkit.RandomCalls;
import dev.pawl.testkit.StoreSubject;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A power failure at any byte. A killed process loses nothing that it has written, so the disk is
 * made up: during each of a series of calls the power goes at every page of the log and at bytes
 * between. What is opened then is the file as it was after one of the calls, whole; and after one
 * that is not older than the last answer that promised to last.
 */
final class PowerCutTest {
    /** So that pages are copied to the database every few calls. */
    private static final int LOG_PAGES = 60;

    private static final int CACHE_PAGES = 2_000;
    private static final int CALLS = 60;

    /** A claim that is lost takes its lease along, so nobody can write under it. */
    private static final Set<String> MAY_BE_LOST =
            Set.of("claim", "renew", "progress", "log", "promote");

    private static final Set<String> READS =
            Set.of(
                    "now",
                    "kept",
                    "keptResults",
                    "claimed",
                    "unreferenced",
                    "leases",
                    "find",
                    "states",
                    "list",
                    "history",
                    "logs",
                    "artifacts",
                    "children",
                    "counts",
                    "queues",
                    "workers",
                    "close");

    @TempDir(factory = InMemory.class)
    Path folder;

    private Path template = Path.of("");

    @BeforeEach
    void migrate() {
        template = folder.resolve("template.db");
        SqliteStore.open(SqliteOptions.of(template), new SystemTime()).close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void whatWasAnsweredIsThereAndNothingIsHalfThere(long seed) {
        var series = new Series(Synchronous.FULL, CACHE_PAGES, seed);

        RandomCalls.make(series, seed, CALLS);

        assertThat(series.disks).isGreaterThan(300);
        assertThat(series.promisesLost).isZero();
        assertThat(series.claimsLost).isPositive();
        assertThat(series.copied).isPositive();
    }

    /** Pages of a transaction that has not ended are in the log then. */
    @Test
    void theSameWhereATransactionIsLargerThanTheCache() {
        var series = new Series(Synchronous.FULL, 5, 3);

        RandomCalls.make(series, 3, CALLS);

        assertThat(series.promisesLost).isZero();
    }

    @Test
    void withNormalTheLastAnswersMayBeLostAndNothingIsHalfThere() {
        var series = new Series(Synchronous.NORMAL, CACHE_PAGES, 4);

        RandomCalls.make(series, 4, CALLS / 2);

        assertThat(series.promisesLost).isPositive();
    }

    /** The calls of one run, each followed by all the power failures that could have met it. */
    private final class Series implements StoreSubject {
        private final Path file;
        private final Synchronous synchronous;
        private final Random random;
        private final CommitWire wire;
        private Time time = new SystemTime();
        private PowerCut power;

        /** What the file said at first and after each call. */
        private final List<String> pictures = new ArrayList<>();

        private int promised;
        private int onDisk;

        /** The last call, if it was a claim that got jobs. */
        private @Nullable Claim claim;

        private List<ClaimedJob> claimed = List.of();
        int disks;
        int copied;
        int claimsLost;
        int promisesLost;

        Series(Synchronous synchronous, int cachePages, long seed) {
            this.file = folder.resolve("pawl.db");
            this.synchronous = synchronous;
            this.random = new Random(seed);
            this.wire = new CommitWire(LOG_PAGES, cachePages);
            this.power = new PowerCut(template, random);
        }

        @Override
        public Store open(Time at) {
            time = at;
            try {
                Files.copy(template, file);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            power = new PowerCut(file, random);
            pictures.add(picture(file));
            var real = SqliteStore.open(options(file), at, wire);
            return (Store)
                    Proxy.newProxyInstance(
                            Store.class.getClassLoader(),
                            new Class<?>[] {Store.class},
                            (_, method, arguments) -> call(real, method, arguments));
        }

        @Override
        public Store reopen(Time at) {
            throw new AssertionError("nobody reopens it");
        }

        private SqliteOptions options(Path of) {
            return new SqliteOptions(of, synchronous, Duration.ofSeconds(1), 1);
        }

        private @Nullable Object call(SqliteStore real, Method method, Object[] arguments)
                throws Throwable {
            try {
                Object answer = method.invoke(real, arguments);
                if (READS.contains(method.getName())) return answer;
                claimed = answer instanceof Claimed(var jobs, var _, var _) ? jobs : List.of();
                claim = claimed.isEmpty() ? null : (Claim) arguments[0];
                written(method.getName());
                return answer;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }

        private void written(String call) {
            String before = pictures.getLast();
            pictures.add(picture(file));
            for (Disk disk : power.after(wire.synced())) {
                disks++;
                if (disk.last == Last.THERE) copied++;
                failAt("call %d, %s: %s".formatted(pictures.size() - 1, call, disk.how), disk);
            }
            if (power.allSynced()) onDisk = pictures.size() - 1;
            // An answer that nothing was to be done promises nothing of its own.
            boolean changed = !pictures.getLast().equals(before);
            if (changed && !MAY_BE_LOST.contains(call)) promised = pictures.size() - 1;
        }

        private void failAt(String how, Disk disk) {
            Path copy = folder.resolve("after.db");
            try {
                disk.write(copy);
                try (var store = SqliteStore.open(options(copy), time)) {
                    assertThat(store.violations()).as(how).isEmpty();
                    int found = found(how, picture(copy), disk.last);
                    if (found < promised) promisesLost++;
                    if (found == pictures.size() - 2 && claim != null)
                        claimIsHarmless(how, store, claim);
                }
                for (String end : List.of("", "-wal", "-shm"))
                    Files.deleteIfExists(folder.resolve("after.db" + end));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        /** After which call the file was as it is found now. */
        private int found(String how, String picture, Last last) {
            int now = pictures.size() - 1;
            int newest = last == Last.ABSENT ? now - 1 : now;
            int oldest = last == Last.THERE ? now : onDisk;
            if (synchronous == Synchronous.FULL) oldest = Math.max(oldest, promised);
            for (int i = newest; i >= oldest; i--) if (pictures.get(i).equals(picture)) return i;
            int before = oldest - 1;
            while (before >= 0 && !pictures.get(before).equals(picture)) before--;
            throw new AssertionError(
                    before < 0
                            ? how + ": a state that no call has left"
                            : "%s: lost all since call %d, want %d to %d"
                                    .formatted(how, before, oldest, newest));
        }

        /** Whoever got the jobs writes nothing; whoever asks again gets the same jobs. */
        private void claimIsHarmless(String how, SqliteStore store, Claim claim) {
            claimsLost++;
            for (ClaimedJob job : claimed)
                assertThat(store.end(List.of(completed(job.token()))).getFirst())
                        .as(how)
                        .isInstanceOf(Written.LeaseLost.class);
            var again =
                    new Claim(
                            new LeaseId(new UUID(0x4000L, Long.MIN_VALUE | disks)),
                            claim.worker(),
                            claim.ttl(),
                            claim.wants(),
                            Set.of());
            assertThat(store.claim(again).jobs().stream().map(ClaimedJob::id))
                    .as(how)
                    .containsExactlyElementsOf(claimed.stream().map(ClaimedJob::id).toList());
        }

        private End completed(Token token) {
            var to = new JobState.Succeeded(time.instant(), token.attempt());
            return new End(token, AttemptEnd.How.COMPLETED, to, "worker-0", null, "{}", List.of());
        }
    }

    /** Every row of every table. */
    private static String picture(Path file) {
        var text = new StringBuilder();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            var tables = new ArrayList<String>();
            try (ResultSet row =
                    statement.executeQuery(
                            "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")) {
                while (row.next()) tables.add(row.getString(1));
            }
            for (String table : tables) add(text, statement, table);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return text.toString();
    }

    private static void add(StringBuilder text, Statement statement, String table)
            throws SQLException {
        text.append(table).append('\n');
        try (ResultSet row = statement.executeQuery("SELECT * FROM \"" + table + '"')) {
            int columns = row.getMetaData().getColumnCount();
            while (row.next()) {
                for (int i = 1; i <= columns; i++) {
                    byte[] value = row.getBytes(i);
                    for (int b = 0; value != null && b < value.length; b++)
                        text.append((char) (value[b] & 0xFF));
                    text.append('\t');
                }
                text.append('\n');
            }
        }
    }
}
