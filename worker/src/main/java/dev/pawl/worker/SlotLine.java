package dev.pawl.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one kind, and the line of attempts that wait for one. Where handlers are quick, more
 * is claimed than there are slots: the claims and the ends of quick jobs cost more than the jobs,
 * and cost less the more of them come together. How many follows from how long handlers have taken
 * of late, so that a line is worth some milliseconds; who is wrong about that gives back what
 * waits. Changed under Held's lock only.
 */
final class SlotLine {
    /** What a line should take until its last attempt begins. */
    private static final Duration WORTH = Duration.ofMillis(20);

    /** What waits longer goes back. */
    static final Duration WAIT_MAX = Duration.ofMillis(500);

    /** In a line, for each slot. */
    private static final int PER_SLOT_MAX = 6;

    /** How much one handler's time moves the usual one. */
    private static final int WEIGHT = 16;

    private final int slots;
    private final ArrayDeque<Waiting> line = new ArrayDeque<>();
    private int busy;

    /** Asked for by claims that are under way. */
    private int asked;

    /** Of a handler, in nanoseconds; 0 while none has come back. */
    private long usual;

    private record Waiting(Run run, long since) {}

    SlotLine(int slots) {
        this.slots = slots;
    }

    /** How many may be held at once, in slots and in line. */
    int capacity() {
        return slots + ahead();
    }

    /** How many may be in line. */
    int ahead() {
        if (usual == 0) return 0;
        return (int) Math.min(WORTH.toNanos() * slots / usual, (long) PER_SLOT_MAX * slots);
    }

    /** How many more may be claimed; negative where the line got shorter meanwhile. */
    int free() {
        return capacity() - busy - line.size() - asked;
    }

    /** A claim is about to ask for so many. */
    void ask(int some) {
        asked += some;
    }

    /** A claim that asked for so many has been answered. */
    void answered(int some) {
        asked -= some;
    }

    /** Whether a claim is under way that asked for some. */
    boolean isAsked() {
        return asked > 0;
    }

    boolean idle() {
        return busy == 0;
    }

    /** Takes a slot, or a place in line; answers whether the run is to be started. */
    boolean begins(Run run, long now) {
        if (busy < slots) {
            busy++;
            return true;
        }
        line.add(new Waiting(run, now));
        run.inLine = true;
        return false;
    }

    /**
     * A handler has come back; answers who takes its slot.
     *
     * @param took nanoseconds; negative when it was never called
     */
    @Nullable Run returned(long took) {
        if (took >= 0) usual = usual == 0 ? took + 1 : usual + (took - usual) / WEIGHT;
        busy--;
        // Those that were let out of the line have no slot.
        return busy < slots && !line.isEmpty() ? leave() : null;
    }

    private Run leave() {
        Run first = line.remove().run;
        first.inLine = false;
        busy++;
        return first;
    }

    /** Lets out those that have waited for too long; they are to be started. */
    List<Run> letOut(long now) {
        var out = new ArrayList<Run>();
        while (patience(now) <= 0) out.add(leave());
        return out;
    }

    /** How many nanoseconds are left to the first in line. */
    long patience(long now) {
        Waiting first = line.peek();
        return first == null ? Loop.FOREVER.toNanos() : first.since + WAIT_MAX.toNanos() - now;
    }
}
