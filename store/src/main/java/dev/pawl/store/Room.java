package dev.pawl.store;

import dev.pawl.core.Limit;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Rate;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How many more jobs a claim may start under each limit.
 *
 * <p>No two claims exceed a limit together: a limit is locked until the claim's end, and what is
 * taken is counted by a statement that begins after it was locked, so that it sees all that was
 * started under an earlier lock. Who finds a limit locked has no room under it. Nobody waits for a
 * lock here, and so no two claims wait for each other. A limit that nothing names is not locked.
 *
 * <p>What counts is rows: of running, of stopping, of starts. They go with the job's lease, however
 * that ends, so that nothing has to be given back.
 */
final class Room {
    /** Who claims at this moment may have begun a while ago. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(1);

    private static final int FORGET_MAX = 200;

    /** What a queue allows. */
    record OfQueue(int max, Rate rate) {}

    /** The room under one limit, one queue's, or one key's. */
    private static final class Gauge {
        /** Stands for it among the starts. */
        private final long number;

        private final Rate rate;
        private int left;
        private int started;

        Gauge(long number, Rate rate, int left) {
            this.number = number;
            this.rate = rate;
            this.left = left;
        }
    }

    private final Tx tx;
    private final Map<String, OfQueue> queues;

    /** What limits say now, by their number. */
    private final Map<Integer, Limit> rules = new HashMap<>();

    private final Map<Integer, Gauge> byLimit = new HashMap<>();
    private final Map<String, Gauge> byQueue = new HashMap<>();
    private final Map<Long, Gauge> byKey = new HashMap<>();

    /** Whether a rate may let go what it held back, in time. */
    private boolean rated;

    /**
     * @param queues those that limit their jobs
     */
    Room(Tx tx, Map<String, OfQueue> queues) {
        this.tx = tx;
        this.queues = queues;
    }

    /** Whether anything may hold back the jobs of this lane. */
    boolean limits(Names.Lane lane) {
        return lane.limitId() != 0 || queues.containsKey(lane.queue());
    }

    /** What the limit of this lane says now. */
    Limit rule(Names.Lane lane) {
        return rules.getOrDefault(lane.limitId(), lane.limit());
    }

    /** Those of these lanes that have due jobs. */
    List<Names.Lane> due(Map<Integer, Names.Lane> limited) throws SQLException {
        var due = new ArrayList<Names.Lane>();
        for (List<Integer> some : parts(limited.keySet()))
            try (Rows rows = rules(some).query()) {
                while (rows.next()) {
                    Names.Lane lane = limited.get(rows.integer(1));
                    if (lane == null) throw new IllegalStateException("no lane " + rows.integer(1));
                    rules.put(lane.limitId(), Names.limit(rows, 2));
                    due.add(lane);
                }
            }
        return due;
    }

    private Stmt rules(List<Integer> some) throws SQLException {
        Stmt stmt =
                stmt(
                        LimitSql.LINE_RULES.replace("= :busy", many() ? "= ANY(:busy)" : "= :busy"),
                        "int4",
                        some);
        // Where others' deletes stay for a while it takes long to find that a lane has due jobs.
        return many()
                ? stmt.set("busy", "int4", some.stream().filter(tx.names.busy::contains).toList())
                : stmt.set("busy", 0);
    }

    /** Locks what lanes have in common, and counts what is taken of it. */
    void open(Collection<Names.Lane> lanes) throws SQLException {
        var limits = new TreeSet<Integer>();
        var names = new TreeSet<String>();
        for (Names.Lane lane : lanes) {
            if (rule(lane).shared() && !byLimit.containsKey(lane.limitId()))
                limits.add(lane.limitId());
            if (queues.containsKey(lane.queue()) && !byQueue.containsKey(lane.queue()))
                names.add(lane.queue());
        }
        for (List<Integer> some : parts(limits)) lock(some);
        for (String queue : names) lock(queue);
    }

    private void lock(List<Integer> ids) throws SQLException {
        var known = new HashMap<Integer, Limit>();
        try (Rows rows = stmt(LimitSql.LIMIT_LOCK, "int4", ids).query()) {
            while (rows.next()) {
                Limit before = rules.getOrDefault(rows.integer(1), Limit.NONE);
                var now = new Limit(before.name(), rows.integer(2), rate(rows), before.key());
                known.put(rows.integer(1), now);
            }
        }
        Map<Integer, Integer> taken = known.isEmpty() ? Map.of() : taken(ids);
        var rated = new ArrayList<Long>();
        known.forEach((id, limit) -> {
            if (!limit.rate().none()) rated.add(Limit.number(limit.name()));
        });
        Map<Long, Integer> starts = starts(rated);
        for (int id : ids) {
            Limit limit = known.get(id);
            byLimit.put(
                    id,
                    limit == null
                            ? new Gauge(0, Rate.NONE, 0)
                            : gauge(
                                    Limit.number(limit.name()),
                                    limit.max() - taken.getOrDefault(id, 0),
                                    limit.rate(),
                                    starts));
        }
    }

    private static Rate rate(Rows rows) throws SQLException {
        return Names.rate(rows, 3);
    }

    private Map<Integer, Integer> taken(List<Integer> ids) throws SQLException {
        var taken = new HashMap<Integer, Integer>();
        try (Rows rows = stmt(LimitSql.LIMIT_TAKEN, "int4", ids).query()) {
            while (rows.next()) taken.put(rows.integer(1), rows.integer(2));
        }
        return taken;
    }

    private void lock(String queue) throws SQLException {
        OfQueue allowed = queues.get(queue);
        boolean locked;
        try (Rows rows = tx.stmt(LimitSql.QUEUE_LOCK).set("queue", queue).query()) {
            locked = rows.next();
        }
        if (allowed == null || !locked) {
            byQueue.put(queue, new Gauge(0, Rate.NONE, 0));
            return;
        }
        int left = allowed.max();
        if (left < Integer.MAX_VALUE)
            try (Rows rows =
                    tx.stmt(LimitSql.queueTaken(tx.db().dialect())).set("queue", queue).query()) {
                rows.next();
                left -= rows.integer(1);
            }
        long number = Limit.number(QueueEntry.of(queue).limitName());
        Map<Long, Integer> starts = allowed.rate().none() ? Map.of() : starts(List.of(number));
        byQueue.put(queue, gauge(number, left, allowed.rate(), starts));
    }

    /** Counts what is taken of keys, which the caller has locked. */
    void open(Limit rule, List<Long> keys) throws SQLException {
        List<Long> fresh = keys.stream().filter(key -> !byKey.containsKey(key)).toList();
        var taken = new HashMap<Long, Integer>();
        for (List<Long> some : parts(fresh))
            try (Rows rows = stmt(LimitSql.KEY_TAKEN, "int8", some).query()) {
                while (rows.next()) taken.put(rows.number(1), rows.integer(2));
            }
        Rate rate = rule.key().rate();
        Map<Long, Integer> starts = rate.none() ? Map.of() : starts(fresh);
        for (long key : fresh) {
            int left = rule.key().max() - taken.getOrDefault(key, 0);
            byKey.put(key, gauge(key, left, rate, starts));
        }
    }

    /** The key is locked by somebody else. */
    void close(long key) {
        byKey.putIfAbsent(key, new Gauge(key, Rate.NONE, 0));
    }

    private Gauge gauge(long number, int left, Rate rate, Map<Long, Integer> starts) {
        if (rate.none()) return new Gauge(number, rate, Math.max(0, left));
        rated = true;
        int may = rate.max() - starts.getOrDefault(number, 0);
        return new Gauge(number, rate, Math.max(0, Math.min(left, may)));
    }

    private Map<Long, Integer> starts(List<Long> numbers) throws SQLException {
        var starts = new HashMap<Long, Integer>();
        for (List<Long> some : parts(numbers))
            try (Rows rows = stmt(LimitSql.STARTS, "int8", some).set("now", tx.now).query()) {
                while (rows.next()) starts.put(rows.number(1), rows.integer(2));
            }
        return starts;
    }

    /** Whether keys of this lane may have room, as far as they have something in common. */
    boolean leaves(Names.Lane lane) {
        return left(lane) > 0;
    }

    /** How many more may start of this line; what limits it was opened or closed. */
    int left(Line line) {
        int left = left(line.lane());
        if (line.key() == 0) return left;
        Gauge gauge = byKey.get(line.key());
        if (gauge == null) throw new IllegalStateException("key " + line.key() + " is not open");
        return Math.min(left, gauge.left);
    }

    private int left(Names.Lane lane) {
        Gauge limit = byLimit.get(lane.limitId());
        Gauge queue = byQueue.get(lane.queue());
        int left = limit == null ? Integer.MAX_VALUE : limit.left;
        return queue == null ? left : Math.min(left, queue.left);
    }

    /** Takes a place; says whether there was one. */
    boolean take(Line line) {
        if (left(line) == 0) return false;
        change(line, 1);
        return true;
    }

    void giveBack(Line line) {
        change(line, -1);
    }

    private void change(Line line, int by) {
        change(byLimit.get(line.lane().limitId()), by);
        change(byQueue.get(line.lane().queue()), by);
        change(byKey.get(line.key()), by);
    }

    private static void change(@Nullable Gauge gauge, int by) {
        if (gauge == null) return;
        if (gauge.left < Integer.MAX_VALUE) gauge.left -= by;
        gauge.started += by;
    }

    /** Keys of a keyed lane that its rate holds are not opened at all. */
    void passed(Limit rule) {
        if (!rule.key().rate().none()) rated = true;
    }

    /** Writes down what has started, where that counts, and forgets more than it writes. */
    void write() throws SQLException {
        boolean any = false;
        for (Map<?, Gauge> gauges : List.of(byLimit, byQueue, byKey))
            for (Gauge gauge : gauges.values())
                if (gauge.started > 0 && !gauge.rate.none()) {
                    any = true;
                    tx.stmt(LimitSql.START_ADD)
                            .set("limit_key", gauge.number)
                            .set("until", gauge.rate.countsUntil(tx.now))
                            .set("starts", gauge.started)
                            .update();
                }
        if (any)
            tx.stmt(LimitSql.STARTS_FORGET)
                    .set("until", tx.now.minus(FORGOTTEN))
                    .set("max", FORGET_MAX)
                    .update();
    }

    /** When a rate may let go what it holds back; null when none does. */
    @Nullable Instant next() throws SQLException {
        if (!rated) return null;
        try (Rows rows = tx.stmt(LimitSql.STARTS_NEXT).set("now", tx.now).query()) {
            return rows.next() && !rows.isNull(1) ? rows.instant(1) : null;
        }
    }

    /** All at once where the database knows arrays, else one by one. */
    private <T> List<List<T>> parts(Collection<T> ids) {
        if (ids.isEmpty()) return List.of();
        return many() ? List.of(List.copyOf(ids)) : ids.stream().map(List::of).toList();
    }

    private Stmt stmt(String sql, String type, List<? extends Number> ids) throws SQLException {
        return many()
                ? tx.stmt(sql.replace("= :id", "= ANY(:ids)")).set("ids", type, ids)
                : tx.stmt(sql).set("id", ids.getFirst().longValue());
    }

    private boolean many() {
        return tx.db().dialect().batches().isPresent();
    }
}
