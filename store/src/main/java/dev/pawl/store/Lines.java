package dev.pawl.store;

import dev.pawl.core.Claim;
import dev.pawl.core.Limit;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private static final int KEYS_MAX = 120;

    /**
     * Of all lanes of a want together, but for two of each. Keys are locked: a server has room for
     * 64 locks of each connection by default, which all share, and a process claims on one of
     * several.
     */
    private static final int LOCKS_MAX = 240;

    /** Of keys that have due jobs and no room. */
    private static final int LOOKS_MAX = 10_000;

    private final Tx tx;
    private final Claim claim;
    private final Room room;

    /** Each key's place in the order of turns, from 0, and which was served last, by lane. */
    private final Map<Long, Integer> places = new HashMap<>();

    private final Map<Integer, Integer> served = new HashMap<>();

    /** Whether there may be more keys with room than a claim looks at. */
    private boolean more;

    Lines(Tx tx, Claim claim, Room room) {
        this.tx = tx;
        this.claim = claim;
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
        int keysMax = keysMax(due, max);
        for (Names.Lane lane : due) {
            if (!room.leaves(lane)) continue;
            Limit rule = room.rule(lane);
            if (!rule.keyed()) lines.add(new Line(lane, 0));
            else for (long key : keys(lane, rule, keysMax)) lines.add(new Line(lane, key));
        }
        lines.removeIf(line -> room.left(line) == 0);
        ToIntFunction<Line> bound = line -> Math.min(room.left(line), max) + besides;
        var byLane = new HashMap<Integer, Deque<Head>>();
        if (due.size() == 1 && lines.size() > 1 && besides == 0) {
            Deque<Head> heads = heads(ofOneLane(lines, bound, max));
            if (!heads.isEmpty()) byLane.put(due.getFirst().id(), heads);
        } else inTurn(read(lines, bound), byLane);
        for (Names.Lane lane : due)
            if (byLane.containsKey(lane.id())) tx.names.busy.add(lane.id());
            else tx.names.busy.remove(lane.id());
        return List.copyOf(byLane.values());
    }

    private void inTurn(List<Head> found, Map<Integer, Deque<Head>> byLane) {
        var lanes = new HashMap<Integer, List<Head>>();
        for (Head head : found)
            lanes.computeIfAbsent(head.lane(), _ -> new ArrayList<>()).add(head);
        lanes.forEach((lane, heads) -> byLane.put(lane, inTurn(heads)));
    }

    /** Of how many keys of each of these lanes a claim looks at heads. */
    private int keysMax(List<Names.Lane> due, int wanted) {
        long keyed = due.stream().filter(lane -> room.rule(lane).keyed()).count();
        int most = Math.clamp(LOCKS_MAX / Math.max(1, keyed), 2, KEYS_MAX);
        return Math.clamp(wanted, Math.min(KEYS_MIN, most), most);
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

    private List<Long> keys(Names.Lane lane, Limit rule, int max) throws SQLException {
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
        Stmt stmt = tx.stmt(tx.db().dialect().keys());
        Optional<Batches> batches = tx.db().dialect().batches();
        if (batches.isPresent())
            stmt.set("known", "int8", batches.get().keys(tx, claim, lane.id(), after, upTo));
        try (Rows rows =
                stmt.set("lane", lane.id())
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

    /**
     * At least so many heads of a lane's keys that are first in turn, or all, in turn. Reads of
     * each key its share at first, which is mostly enough, rather than all that it may start.
     */
    private List<Turn> ofOneLane(List<Line> lines, ToIntFunction<Line> bound, int wanted)
            throws SQLException {
        int share = wanted / lines.size() + 1;
        List<Head> heads = read(lines, line -> Math.min(bound.applyAsInt(line), share));
        List<Turn> turns = turns(heads);
        var lasts = new HashMap<Long, Turn>();
        for (Turn turn : turns) lasts.put(turn.head.key(), turn);
        // Keys of which there may be more heads than were read, and when the next could be taken.
        var cut = new HashMap<Long, Turn>();
        for (Turn last : lasts.values())
            if (last.nth == share) cut.put(last.head.key(), last.next());
        for (Line line : lines) if (bound.applyAsInt(line) <= share) cut.remove(line.key());
        if (cut.isEmpty()) return turns;
        if (turns.size() >= wanted
                && Turn.ORDER.compare(
                                turns.get(wanted - 1), Collections.min(cut.values(), Turn.ORDER))
                        < 0) return turns;
        heads.removeIf(head -> cut.containsKey(head.key()));
        heads.addAll(
                read(lines.stream().filter(line -> cut.containsKey(line.key())).toList(), bound));
        return turns(heads);
    }

    /**
     * When a head is taken.
     *
     * @param nth of its key, from 1
     * @param place of its key
     */
    private record Turn(Head head, int priority, int nth, int place) {
        /** Each of a claim's heads is compared some ten times: not by a chain of comparators. */
        static final Comparator<Turn> ORDER = Turn::compare;

        private static int compare(Turn one, Turn other) {
            if (one.priority != other.priority) return one.priority > other.priority ? -1 : 1;
            if (one.nth != other.nth) return Integer.compare(one.nth, other.nth);
            return Integer.compare(one.place, other.place);
        }

        /** The earliest that the next head of the same key could be taken. */
        Turn next() {
            return new Turn(head, priority, nth + 1, place);
        }
    }

    /** The heads of a lane in the order in which they are taken. */
    private Deque<Head> inTurn(List<Head> heads) {
        if (heads.getFirst().key() != 0) return heads(turns(heads));
        heads.sort(Head.CLAIM_ORDER);
        return new ArrayDeque<>(heads);
    }

    private static Deque<Head> heads(List<Turn> turns) {
        var heads = new ArrayDeque<Head>(turns.size());
        for (Turn turn : turns) heads.add(turn.head);
        return heads;
    }

    /**
     * @param heads of each key in its order
     */
    private List<Turn> turns(List<Head> heads) {
        var turns = new ArrayList<Turn>(heads.size());
        var nth = new HashMap<Long, Integer>();
        for (Head head : heads) {
            int place = places.getOrDefault(head.key(), 0);
            int count = nth.merge(head.key(), 1, Integer::sum);
            turns.add(new Turn(head, head.priority(), count, place));
        }
        turns.sort(Turn.ORDER);
        return turns;
    }

    private List<Head> read(List<Line> lines, ToIntFunction<Line> max) throws SQLException {
        Optional<Batches> batches = tx.db().dialect().batches();
        if (batches.isPresent()) {
            var wanted = new ArrayList<Batches.Wanted>();
            for (Line line : lines)
                wanted.add(new Batches.Wanted(line.lane().id(), line.key(), max.applyAsInt(line)));
            return batches.get().heads(tx, claim, wanted);
        }
        var heads = new ArrayList<Head>();
        for (Line line : lines) {
            Stmt stmt = tx.stmt(line.key() == 0 ? LimitSql.LANE_HEADS : LimitSql.KEY_HEADS);
            if (line.key() != 0) stmt.set("limit_key", line.key());
            add(heads, stmt.set("lane", line.lane().id()).set("max", max.applyAsInt(line)));
        }
        return heads;
    }

    private static void add(List<Head> heads, Stmt stmt) throws SQLException {
        try (Rows rows = stmt.query()) {
            while (rows.next()) heads.add(Head.of(rows));
        }
    }
}
