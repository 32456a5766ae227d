package dev.pawl.store.postgres;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Lets two calls of a store go on by turns, a statement at a time, on a connection each: before
 * every statement that another transaction could be in the way of, and before every commit, a call
 * waits until it is its turn. Who waits for the other's lock in the database has no turn.
 *
 * <p>A {@link Plan} says whose turn it is wherever both could go on; {@link Plan#next} makes all
 * plans there are, one after another.
 */
final class Turns implements AutoCloseable {
    /** Tables whose rows move, or are locked by who relies on them. */
    private static final Pattern MATTERS =
            Pattern.compile(
                    "pawl\\.(waiting|ready|later|running|outcome|lease|stopping|flow_edge"
                            + "|idempotency|flight|kept|slot_limit|expiry)\\b");

    /**
     * What comes to the same wherever it stands among the other's statements: what it inserts
     * nobody sees before its commit, unless it is a key that two can want; what it reads has no
     * effect but a hint, or never changes.
     */
    private static final Pattern NEVER_MIND =
            Pattern.compile(
                    "\\s*(INSERT INTO pawl\\.(?!idempotency|flight)|SELECT min\\(due\\)|SELECT"
                            + " l\\.id)");

    private static final String KNOWN =
            "SELECT pg_backend_pid(), set_config('deadlock_timeout', '1ms', false)";

    private static final ThreadLocal<@Nullable Player> PLAYING = new ThreadLocal<>();

    private static final Set<String> RUNS = Set.of("execute", "executeUpdate", "executeQuery");

    private static final long LOOK_EVERY_NANOS = 300_000;

    /** No two calls need so many statements, unless they go on for ever. */
    private static final int STEPS_MAX = 400;

    /** The order in which the calls go on, as far as it could have been another. */
    static final class Plan {
        private final List<Integer> choices = new ArrayList<>();
        private int at;

        private int choose() {
            if (at == choices.size()) choices.add(0);
            return choices.get(at++);
        }

        /** Makes it the next plan; answers false when there is none. */
        boolean next() {
            // Which of two that wait for each other gives way is the server's to say.
            choices.subList(at, choices.size()).clear();
            at = 0;
            while (!choices.isEmpty() && choices.getLast() == 1) choices.removeLast();
            if (choices.isEmpty()) return false;
            choices.set(choices.size() - 1, 1);
            return true;
        }

        @Override
        public String toString() {
            return choices.toString();
        }
    }

    /** What became of a call. */
    record Ended(@Nullable Object answer, @Nullable Throwable thrown) {}

    private enum State {
        RUNS,
        WAITS,
        DONE
    }

    private static final class Player {
        final ExecutorService thread;
        State state = State.DONE;
        int backend;
        boolean mayGo;

        /** Whether the statement before has committed. */
        boolean committed;

        @Nullable Ended ended;

        Player(String name) {
            ThreadFactory made =
                    work ->
                            Thread.ofPlatform()
                                    .daemon()
                                    .name(name)
                                    .unstarted(() -> {
                                        PLAYING.set(this);
                                        work.run();
                                    });
            thread = Executors.newSingleThreadExecutor(made);
        }
    }

    private final DataSource real;
    private final Connection watch;
    private final PreparedStatement blocked;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Player> players = List.of(new Player("first"), new Player("second"));
    private final List<String> said = new ArrayList<>();

    Turns(DataSource real) throws SQLException {
        this.real = real;
        this.watch = real.getConnection();
        this.blocked = watch.prepareStatement("SELECT cardinality(pg_blocking_pids(?))");
    }

    /** Connections that take turns when a player uses them, and else are as the real ones. */
    DataSource source() {
        return proxy(DataSource.class, real, "");
    }

    /** Plays two calls; answers what became of each. */
    List<Ended> play(Plan plan, Callable<?> first, Callable<?> second)
            throws InterruptedException, SQLException {
        said.clear();
        begin(players.getFirst(), first);
        begin(players.getLast(), second);
        for (int step = 0; step < STEPS_MAX; step++) {
            List<Player> ready = ready();
            if (ready.isEmpty()) return players.stream().map(player -> player.ended).toList();
            go(ready.size() == 1 ? ready.getFirst() : ready.get(plan.choose()));
        }
        throw new AssertionError("they go on for ever: " + said());
    }

    /** The statements of the last two calls, in their order. */
    String said() {
        return String.join("\n", said);
    }

    private void begin(Player player, Callable<?> call) {
        lock.lock();
        try {
            player.state = State.RUNS;
            player.mayGo = false;
            player.ended = null;
            player.backend = 0;
        } finally {
            lock.unlock();
        }
        player.thread.execute(() -> {
            Ended ended;
            try {
                ended = new Ended(call.call(), null);
            } catch (Throwable e) {
                ended = new Ended(null, e);
            }
            set(player, State.DONE, ended);
        });
    }

    private void set(Player player, State state, @Nullable Ended ended) {
        lock.lock();
        try {
            player.state = state;
            player.ended = ended;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void go(Player player) {
        lock.lock();
        try {
            player.state = State.RUNS;
            player.mayGo = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Those that could go on, once each waits for its turn, is done, or waits for a lock. */
    private List<Player> ready() throws InterruptedException, SQLException {
        while (true) {
            boolean moving = false;
            for (Player player : players) moving |= !settled(player);
            if (moving) continue;
            List<Player> ready = players.stream().filter(p -> p.state == State.WAITS).toList();
            boolean done = players.stream().allMatch(p -> p.state == State.DONE);
            // Where nobody may go on and not all are done, one waits for a lock that is free by
            // now.
            if (done || !ready.isEmpty()) return ready;
        }
    }

    private boolean settled(Player player) throws InterruptedException, SQLException {
        lock.lock();
        try {
            long left = LOOK_EVERY_NANOS;
            while (player.state == State.RUNS && left > 0) left = changed.awaitNanos(left);
            if (player.state != State.RUNS) return true;
        } finally {
            lock.unlock();
        }
        return player.backend != 0 && waitsForLock(player.backend);
    }

    private boolean waitsForLock(int backend) throws SQLException {
        blocked.setInt(1, backend);
        try (ResultSet rows = blocked.executeQuery()) {
            rows.next();
            return rows.getInt(1) > 0;
        }
    }

    private void awaitTurn(Player player, String what) throws SQLException {
        lock.lock();
        try {
            player.state = State.WAITS;
            changed.signalAll();
            while (!player.mayGo) changed.await();
            player.mayGo = false;
            said.add(Thread.currentThread().getName() + ": " + what.replaceAll("\\s+", " "));
        } catch (InterruptedException e) {
            throw new SQLException(e);
        } finally {
            lock.unlock();
        }
    }

    private <T> T proxy(Class<T> type, Object behind, String sql) {
        InvocationHandler handler = (_, method, arguments) -> call(behind, method, arguments, sql);
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private @Nullable Object call(
            Object behind, Method method, Object @Nullable [] arguments, String prepared)
            throws Throwable {
        String sql =
                arguments != null && arguments.length > 0 && arguments[0] instanceof String text
                        ? text
                        : prepared;
        Player player = PLAYING.get();
        boolean commits = behind instanceof Connection && method.getName().equals("commit");
        if (player != null && commits && !player.committed) awaitTurn(player, "COMMIT");
        if (player != null && commits) player.committed = false;
        if (player != null && RUNS.contains(method.getName()) && sql.endsWith("; COMMIT")) {
            awaitTurn(player, "COMMIT");
            player.committed = true;
        }
        if (player != null && RUNS.contains(method.getName()) && matters(sql))
            awaitTurn(player, sql);
        try {
            Object answer = method.invoke(behind, arguments);
            return switch (answer) {
                case PreparedStatement _ -> proxy(PreparedStatement.class, answer, sql);
                case Statement _ -> proxy(Statement.class, answer, "");
                case Connection connection when behind instanceof DataSource ->
                        connected(connection);
                case null, default -> answer;
            };
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static boolean matters(String sql) {
        return MATTERS.matcher(sql).find() && !NEVER_MIND.matcher(sql).lookingAt();
    }

    private Connection connected(Connection connection) throws SQLException {
        Player player = PLAYING.get();
        if (player == null) return proxy(Connection.class, connection, "");
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(KNOWN)) {
            rows.next();
            player.backend = rows.getInt(1);
        }
        return proxy(Connection.class, connection, "");
    }

    @Override
    public void close() throws SQLException {
        players.forEach(player -> player.thread.shutdownNow());
        watch.close();
    }
}
