package dev.pawl.worker.executor;

import dev.pawl.core.Time;
import dev.pawl.worker.executor.ProcessId.Signal;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that commands started, and its end.
 *
 * <p>A process belongs to the tree when it was seen as a descendant of one that does, or carries
 * the marker in its environment. The first misses one that left its parent between two looks, the
 * second one that was given a new environment; what does both at once, before the first look, gets
 * away.
 *
 * <p>The end is reached when two looks in a row find nobody: one look alone can miss a process that
 * was started, or was changing its program, while the table was read. A process that can't be ended
 * (of another user, or stuck in the kernel) is waited for: reporting an end that isn't one would
 * let a retry run beside it. For one thread at a time.
 */
final class ProcessTree {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessTree.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final Duration LOOK_EVERY_WHEN_STUCK = Duration.ofSeconds(1);
    private static final Duration STUCK_AFTER = Duration.ofSeconds(10);

    private final Marker marker;
    private final long markedSince;
    private final Time time;
    private final Set<ProcessId> seen = new HashSet<>();

    /**
     * @param roots may be empty, when only the marker tells
     * @param markedSince nobody who started before carries the marker
     */
    ProcessTree(Set<ProcessId> roots, Marker marker, long markedSince, Time time) {
        this.seen.addAll(roots);
        this.marker = marker;
        this.markedSince = markedSince;
        this.time = time;
    }

    /** Remembers who descends from the tree at this moment. */
    void look(ProcessTable table) {
        seen.addAll(table.treesOf(seen));
    }

    /** Who of it runs. */
    Set<ProcessId> running() {
        ProcessTable table = ProcessTable.now();
        Set<ProcessId> left = table.treesOf(seen);
        // Who carries the marker may itself have children that don't.
        if (left.addAll(table.carrying(marker, markedSince))) left = table.treesOf(left);
        seen.addAll(left);
        return left;
    }

    /**
     * Asks all to end, ends who is left after {@code grace}, and returns when nobody is. An
     * interrupt cuts the grace short, and is still set when this returns.
     *
     * @return how many there were
     */
    int end(Duration grace) {
        long startNanos = time.nanos();
        var asked = new HashSet<ProcessId>();
        boolean interrupted = false;
        boolean reported = false;
        boolean onceNobody = false;
        while (true) {
            Set<ProcessId> left = running();
            if (left.isEmpty() && (onceNobody || asked.isEmpty())) break;
            onceNobody = left.isEmpty();
            Duration passed = Duration.ofNanos(time.nanos() - startNanos);
            boolean kill = interrupted || passed.compareTo(grace) >= 0;
            for (ProcessId id : left) {
                if (kill) id.signal(Signal.KILL);
                else if (!asked.contains(id)) id.signal(Signal.TERM);
            }
            asked.addAll(left);
            boolean stuck = passed.compareTo(grace.plus(STUCK_AFTER)) > 0;
            if (stuck && !reported) {
                LOG.warn("processes {} don't end on SIGKILL; waiting for them", pids(left));
                reported = true;
            }
            interrupted |= !sleep(stuck ? LOOK_EVERY_WHEN_STUCK : LOOK_EVERY);
        }
        if (interrupted) Thread.currentThread().interrupt();
        return asked.size();
    }

    private boolean sleep(Duration duration) {
        try {
            time.sleep(duration);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private static List<Long> pids(Set<ProcessId> processes) {
        return processes.stream().map(ProcessId::pid).sorted().toList();
    }
}
