package dev.pawl.worker;

import dev.pawl.core.Retention;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * How a worker claims and holds jobs.
 *
 * @param handlerSlots attempts of Java and HTTP tools at once, at least 0
 * @param commandSlots attempts of command tools at once, at least 0
 * @param lease how long a claim lasts unless renewed; the same on all workers of a store
 * @param heartbeat how often leases are renewed
 * @param poll how long a worker rests between claims when nobody wakes it
 * @param grace how long a drain lets running attempts go on
 * @param stopGrace how long a handler may take to stop before its attempt is reported without it
 * @param claimBatch most jobs of each kind in one claim, and most attempts ended by one write; at
 *     most 1,024
 * @param logBytesMax most bytes of log kept per attempt
 * @param retention how long jobs stay after their end; the same on all workers of a store
 */
public record WorkerOptions(
        int handlerSlots,
        int commandSlots,
        Duration lease,
        Duration heartbeat,
        Duration poll,
        Duration grace,
        Duration stopGrace,
        int claimBatch,
        long logBytesMax,
        Retention retention) {
    public WorkerOptions {
        within("handlerSlots", handlerSlots, 0, 100_000);
        within("commandSlots", commandSlots, 0, 100_000);
        within("handlerSlots + commandSlots", handlerSlots + commandSlots, 1, 200_000);
        within("claimBatch", claimBatch, 1, 1_024);
        within("logBytesMax", logBytesMax, 0, Long.MAX_VALUE);
        atLeast("lease", lease, Duration.ofSeconds(1));
        atLeast("heartbeat", heartbeat, Duration.ofMillis(10));
        atLeast("poll", poll, Duration.ofMillis(1));
        atLeast("grace", grace, Duration.ZERO);
        atLeast("stopGrace", stopGrace, Duration.ZERO);
        if (lease.compareTo(heartbeat.multipliedBy(2)) < 0)
            throw new IllegalArgumentException(
                    "lease %s is under twice heartbeat %s".formatted(lease, heartbeat));
    }

    public static WorkerOptions defaults() {
        return new WorkerOptions(
                256,
                Math.max(1, Runtime.getRuntime().availableProcessors()),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofMillis(500),
                Duration.ofSeconds(20),
                Duration.ofSeconds(15),
                512,
                5L << 20,
                Retention.FOREVER);
    }

    public WorkerOptions withHandlerSlots(int value) {
        return with(change -> change.handlerSlots = value);
    }

    public WorkerOptions withCommandSlots(int value) {
        return with(change -> change.commandSlots = value);
    }

    public WorkerOptions withLease(Duration length, Duration renewedEvery) {
        return with(change -> {
            change.lease = length;
            change.heartbeat = renewedEvery;
        });
    }

    public WorkerOptions withPoll(Duration value) {
        return with(change -> change.poll = value);
    }

    public WorkerOptions withGrace(Duration drain, Duration stop) {
        return with(change -> {
            change.grace = drain;
            change.stopGrace = stop;
        });
    }

    public WorkerOptions withClaimBatch(int value) {
        return with(change -> change.claimBatch = value);
    }

    public WorkerOptions withLogBytesMax(long value) {
        return with(change -> change.logBytesMax = value);
    }

    public WorkerOptions withRetention(Retention value) {
        return with(change -> change.retention = value);
    }

    int slots(Slot kind) {
        return switch (kind) {
            case HANDLER -> handlerSlots;
            case COMMAND -> commandSlots;
        };
    }

    /**
     * How long after a renewal was sent its handlers may run: a quarter of the lease is kept for
     * stopping them before anybody else may run their jobs.
     */
    Duration safe() {
        return lease.minus(lease.dividedBy(4));
    }

    private WorkerOptions with(Consumer<Change> edit) {
        var change = new Change(this);
        edit.accept(change);
        return change.options();
    }

    /** The one place that names every value twice, so that no withX has to. */
    private static final class Change {
        int handlerSlots;
        int commandSlots;
        Duration lease;
        Duration heartbeat;
        Duration poll;
        Duration grace;
        Duration stopGrace;
        int claimBatch;
        long logBytesMax;
        Retention retention;

        Change(WorkerOptions from) {
            handlerSlots = from.handlerSlots;
            commandSlots = from.commandSlots;
            lease = from.lease;
            heartbeat = from.heartbeat;
            poll = from.poll;
            grace = from.grace;
            stopGrace = from.stopGrace;
            claimBatch = from.claimBatch;
            logBytesMax = from.logBytesMax;
            retention = from.retention;
        }

        WorkerOptions options() {
            return new WorkerOptions(
                    handlerSlots,
                    commandSlots,
                    lease,
                    heartbeat,
                    poll,
                    grace,
                    stopGrace,
                    claimBatch,
                    logBytesMax,
                    retention);
        }
    }

    private static void within(String what, long value, long min, long max) {
        if (value < min || value > max)
            throw new IllegalArgumentException(
                    "%s is %d, want %d to %d".formatted(what, value, min, max));
    }

    private static void atLeast(String what, Duration value, Duration min) {
        if (value.compareTo(min) < 0)
            throw new IllegalArgumentException("%s is %s, want >= %s".formatted(what, value, min));
    }
}
