package dev.pawl.testkit.sim;

import dev.pawl.core.Claim;
import dev.pawl.core.JobId;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Limit;
import dev.pawl.core.LimitEntry;
import dev.pawl.core.LimitKey;
import dev.pawl.core.NewJob;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Rate;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.testkit.PostgresTables;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Two processes claim limited jobs on one PostgreSQL: the second's claim runs whole while the
 * first's stands before one of its statements. The simulation steps call by call, and can't show
 * what only goes wrong between the statements of two transactions. One thread is enough, for a
 * claim waits for nobody's lock.
 */
final class TwoClaims {
    /** No claim has so many. */
    static final int STATEMENTS_MAX = 60;

    private static final Set<String> RUNS = Set.of("execute", "executeUpdate", "executeQuery");
    private static final ToolId TOOL = new ToolId("draw", "1");
    private static final String LIMITED_QUEUE = "mail";

    private final Thread thread = Thread.currentThread();
    private final String url;
    private final long before;
    private @Nullable Runnable second;
    private long statements;

    private TwoClaims(String url, long before) {
        this.url = url;
        this.before = before;
    }

    /**
     * For a class loader of its own: the name of the invariant that broke, or empty text.
     *
     * @param before the first's statement, from 1, before which the second claims
     * @param url of a database with Pawl's tables, which are emptied
     */
    static String broken(long before, String url) {
        PostgresTables.empty(url);
        return new TwoClaims(url, before).broken();
    }

    private String broken() {
        try (var one = PostgresStore.on(source(), 2);
                var other = PostgresStore.on(source(), 2)) {
            submit(one);
            second = () -> claim(other, 2);
            claim(one, 1);
            second = null;
            for (LimitEntry limit : one.limits())
                if (limit.holders().size() > limit.max()) return Invariant.LIMITS_HELD.name();
            return one.violations().isEmpty() ? "" : Invariant.STORE_WHOLE.name();
        }
    }

    /** Two jobs under each kind of limit, which allows one. */
    private static void submit(Store store) {
        store.setQueue(QueueEntry.of(LIMITED_QUEUE).withLimits(1, Rate.NONE));
        var key = new LimitKey("a", 1, Rate.NONE);
        var jobs = new ArrayList<NewJob>();
        for (int i = 0; i < 2; i++)
            for (Submission.Builder job :
                    List.of(
                            job().limit(new Limit("one", 1)),
                            job().limit(new Limit("each", Integer.MAX_VALUE).per("site", key)),
                            job().queue(LIMITED_QUEUE))) {
                var id = new JobId(new UUID(0x7000L, 0x8000000000000000L | jobs.size()));
                jobs.add(new NewJob(id, job.build()));
            }
        store.submit(jobs);
    }

    private static Submission.Builder job() {
        return Submission.of(TOOL, "{}");
    }

    private static void claim(Store store, int number) {
        var lease = new LeaseId(new UUID(0x4000L, 0x8000000000000000L | number));
        var want = Claim.Want.of(Set.of(TOOL), 9);
        store.claim(new Claim(lease, "w" + number, Duration.ofMinutes(1), List.of(want), Set.of()));
    }

    private void beforeStatement() {
        Runnable next = second;
        if (next == null || !Thread.currentThread().equals(thread)) return;
        if (++statements != before) return;
        second = null;
        next.run();
    }

    private DataSource source() {
        return proxy(
                DataSource.class,
                (_, method, _) -> {
                    // The store asks a source for connections and for nothing else: should it
                    // ever, the run ends here, where it can be seen.
                    if (!method.getName().equals("getConnection"))
                        throw new UnsupportedOperationException(method.getName());
                    return proxy(Connection.class, through(connection()));
                });
    }

    private Connection connection() throws SQLException {
        Connection connection = DriverManager.getConnection(url);
        try (Statement statement = connection.createStatement()) {
            // Should a claim wait after all, the wait is for one that stands on the same thread.
            statement.execute("SET lock_timeout = '5s'");
        }
        return connection;
    }

    private InvocationHandler through(Object real) {
        return (_, method, arguments) -> call(real, method, arguments);
    }

    private @Nullable Object call(Object real, Method method, Object @Nullable [] arguments)
            throws Throwable {
        if (RUNS.contains(method.getName())) beforeStatement();
        try {
            Object answer = method.invoke(real, arguments);
            if (answer instanceof PreparedStatement)
                return proxy(PreparedStatement.class, through(answer));
            if (answer instanceof Statement) return proxy(Statement.class, through(answer));
            return answer;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
