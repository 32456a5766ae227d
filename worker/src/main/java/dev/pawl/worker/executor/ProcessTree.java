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
 * <p>A process belongs to the tree when it was seen as a descendant of one that does, when it is in
 * a session that one of them began, or when it carries the marker in its environment. A command
 * begins a session of its own where the system can have it so. What gets away has left its session,
 * its parent and its environment, all before the first look.
 *
 * <p>The end is reached when two looks in a row find nobody: one look alone can miss a process that
 * was started, or was changing its program, while the table was read. Where processes went on
 * starting others while they were being killed, it takes ten: on a busy machine to read the table
 * takes longer than such a process lives. A process that can't be ended (of another user, or stuck
 * in the kernel) is waited for: reporting an end that isn't one would let a retry run beside it.
 * For one thread at a time.
 */
final class ProcessTree {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessTree.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final int LOOKS = 2;
    private static final int LOOKS_AFTER_FORKS = 10;
    private static final Duration LOOK_EVERY_WHEN_STUCK = Duration.ofSeconds(1);
    private static final Duration STUCK_AFTER = Duration.ofSeconds(10);

    private final Marker marker;
    private final long markedSince;
    private final Time time;
    private final Set<ProcessId> seen = new HashSet<>();
    private final Set<ProcessId> leaders = new HashSet<>();

    /**
     * @param markedSince nobody who started before carries the marker
     */
    ProcessTree(Marker marker, long markedSince, Time time) {
        this.marker = marker;
        this.markedSince = markedSince;
        this.time = time;
    }

    /** Counts this process in, whether it still runs or not. */
    void add(ProcessId root) {
        seen.add(root);
    }

    /** Counts this process in, which began or is about to begin a session and runs, or just ran. */
    void addLeader(ProcessId root) {
        seen.add(root);
        leaders.add(root);
    }

    /** Remembers who belongs to the tree at this moment; answers who of it runs. */
    Set<ProcessId> look(ProcessTable table) {
        Set<ProcessId> found = table.treesOf(seen);
        int before;
        do {
            before = found.size();
            for (ProcessId leader : leaders) found.addAll(table.sessionOf(leader));
            found.addAll(table.treesOf(found));
            found.stream().filter(table::beganSession).forEach(leaders::add);
        } while (found.size() > before);
        // A number whose session is over may be given to another.
        leaders.removeIf(leader -> table.sessionOf(leader).isEmpty() && !table.isRunning(leader));
        seen.addAll(found);
        return found;
    }

    /** Who of it runs. */
    private Set<ProcessId> running() {
        ProcessTable table = ProcessTable.now();
        seen.addAll(table.carrying(marker, markedSince));
        return look(table);
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
        boolean killing = false;
        boolean forks = false;
        int nobody = 0;
        while (true) {
            Set<ProcessId> left = running();
            nobody = left.isEmpty() ? nobody + 1 : 0;
            forks |= killing && !asked.containsAll(left);
            int enough = asked.isEmpty() ? 1 : forks ? LOOKS_AFTER_FORKS : LOOKS;
            if (nobody >= enough) break;
            Duration passed = Duration.ofNanos(time.nanos() - startNanos);
            boolean kill = interrupted || passed.compareTo(grace) >= 0;
            for (ProcessId id : left) {
                if (kill) id.signal(Signal.KILL);
                else if (!asked.contains(id)) id.signal(Signal.TERM);
            }
            asked.addAll(left);
            killing = kill;
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
