package dev.pawl.store;

import dev.pawl.core.Limit;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * The lines of jobs that limits hold back, as one claim looks at them.
 *
 * <p>Of a lane whose jobs have keys a claim looks at a few keys that have due jobs and seem to have
 * room, from after the one that was served last; the next one goes on there. Within a claim each of
 * them gets its first job before any gets its second, but for larger priorities. So keys take turns
 * however long the line of one is, and a claim's cost doesn't grow with how many there are.
 */
final class Lines {
    private static final int KEYS_MIN = 16;

    /** Keys are locked, and a server has room for 64 locks of each transaction by default. */
    private static final int KEYS_MAX = 60;

    /** Of keys that have due jobs and no room. */
    private static final int LOOKS_MAX = 10_000;

    private final Tx tx;
    private final Room room;

    /** Each key's place in the order of turns, from 0, and which was served last, by lane. */
    private final Map<Long, Integer> places = new HashMap<>();

    private final Map<Integer, Integer> served = new HashMap<>();

    /** Whether there may be more keys with room than a claim looks at. */
    private boolean more;

    Lines(Tx tx, Room room) {
        this.tx = tx;
        this.room = room;
    }

    boolean more() {
        return more;
    }

    /**
     * The heads of these lanes that may start, each lane's in its order.
     *
     * @param max of one line
     * @param besides how many heads of a line may be none of these
     */
    List<Deque<Head>> heads(Map<Integer, Names.Lane> limited, int max, int besides)
            throws SQLException {
        List<Names.Lane> due = room.due(limited);
        room.open(due);
        var lines = new ArrayList<Line>();
        for (Names.Lane lane : due) {
            if (!room.leaves(lane)) continue;
            Limit rule = room.rule(lane);
            if (!rule.keyed()) lines.add(new Line(lane, 0));
            else for (long key : keys(lane, rule, max)) lines.add(new Line(lane, key));
        }
        lines.removeIf(line -> room.left(line) == 0);
        ToIntFunction<Line> bound = line -> Math.min(room.left(line), max) + besides;
        var byLane = new HashMap<Integer, List<Head>>();
        for (Head head : read(lines, bound))
            byLane.computeIfAbsent(head.lane(), _ -> new ArrayList<>()).add(head);
        return byLane.values().stream().map(this::inTurn).toList();
    }

    /** Opens the lines of these heads: each is looked at for itself, and not in turn. */
    void open(Map<Integer, Names.Lane> limited, List<Head> heads) throws SQLException {
        List<Names.Lane> due = room.due(limited);
        room.open(due);
        for (Names.Lane lane : due) {
            List<Long> keys =
                    heads.stream()
                            .filter(head -> head.lane() == lane.id() && head.key() != 0)
                            .map(Head::key)
                            .distinct()
                            .toList();
            for (long key : keys)
                if (locked(key)) room.open(room.rule(lane), List.of(key));
                else room.close(key);
        }
    }

    private boolean locked(long key) throws SQLException {
        if (tx.db().dialect().alone()) return true;
        try (Rows rows = tx.stmt(LimitSql.KEY_LOCK).set("key", key).query()) {
            return rows.next() && rows.flag(1);
        }
    }

    /** A head of this line has been taken. */
    void served(Line line) {
        Integer place = places.get(line.key());
        int lane = line.lane().id();
        if (place == null || place <= served.getOrDefault(lane, -1)) return;
        served.put(lane, place);
        tx.names.turns.put(lane, line.key());
    }

    private List<Long> keys(Names.Lane lane, Limit rule, int wanted) throws SQLException {
        int max = Math.clamp(wanted, KEYS_MIN, KEYS_MAX);
        long after = tx.names.turns.getOrDefault(lane.id(), Long.MIN_VALUE);
        var keys = new ArrayList<>(keys(lane, rule, after, Long.MAX_VALUE, max));
        if (keys.size() < max && after > Long.MIN_VALUE)
            keys.addAll(keys(lane, rule, Long.MIN_VALUE, after, max - keys.size()));
        if (keys.size() < max) room.passed(rule);
        else more = true;
        served.remove(lane.id());
        for (int i = 0; i < keys.size(); i++) places.put(keys.get(i), i);
        room.open(rule, keys);
        return keys;
    }

    private List<Long> keys(Names.Lane lane, Limit rule, long after, long upTo, int max)
            throws SQLException {
        var keys = new ArrayList<Long>();
        try (Rows rows =
                tx.stmt(tx.db().dialect().keys())
                        .set("lane", lane.id())
                        .set("after", after)
                        .set("up_to", upTo)
                        .set("looks", LOOKS_MAX)
                        .set("key_max", rule.key().max())
                        .set("rate_max", rule.key().rate().max())
                        .set("now", tx.now)
                        .set("max", max)
                        .query()) {
            while (rows.next()) keys.add(rows.number(1));
        }
        return keys;
    }

    /** The heads of a lane in the order in which they are taken. */
    private Deque<Head> inTurn(List<Head> heads) {
        record Turn(Head head, int priority, int nth, int place) {}
        heads.sort(Head.CLAIM_ORDER);
        if (heads.getFirst().key() == 0) return new ArrayDeque<>(heads);
        var nth = new HashMap<Long, Integer>();
        return heads.stream()
                .map(head ->
                        new Turn(
                                head,
                                head.priority(),
                                nth.merge(head.key(), 1, Integer::sum),
                                places.getOrDefault(head.key(), 0)))
                .sorted(
                        Comparator.comparingInt(Turn::priority)
                                .reversed()
                                .thenComparingInt(Turn::nth)
                                .thenComparingInt(Turn::place))
                .map(Turn::head)
                .collect(java.util.stream.Collectors.toCollection(ArrayDeque::new));
    }

    private List<Head> read(List<Line> lines, ToIntFunction<Line> max) throws SQLException {
        var heads = new ArrayList<Head>();
        if (tx.db().dialect().batches().isPresent()) {
            List<Line> plain = lines.stream().filter(line -> line.key() == 0).toList();
            List<Line> keyed = lines.stream().filter(line -> line.key() != 0).toList();
            if (!plain.isEmpty()) add(heads, lanes(LimitSql.LANES_HEADS, plain, max));
            if (!keyed.isEmpty())
                add(
                        heads,
                        lanes(LimitSql.KEYS_HEADS, keyed, max)
                                .set("keys", "int8", keyed.stream().map(Line::key).toList()));
            return heads;
        }
        for (Line line : lines) {
            Stmt stmt = tx.stmt(line.key() == 0 ? LimitSql.LANE_HEADS : LimitSql.KEY_HEADS);
            if (line.key() != 0) stmt.set("limit_key", line.key());
            add(heads, stmt.set("lane", line.lane().id()).set("max", max.applyAsInt(line)));
        }
        return heads;
    }

    private Stmt lanes(String sql, List<Line> lines, ToIntFunction<Line> max) throws SQLException {
        return tx.stmt(sql)
                .set("lanes", "int4", lines.stream().map(line -> line.lane().id()).toList())
                .set("maxima", "int4", lines.stream().map(max::applyAsInt).toList());
    }

    private static void add(List<Head> heads, Stmt stmt) throws SQLException {
        try (Rows rows = stmt.query()) {
            while (rows.next()) heads.add(Head.of(rows));
        }
    }
}
