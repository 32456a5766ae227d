package dev.pawl.store.postgres;

import dev.pawl.core.NewJob;
import dev.pawl.core.Submitted;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Single submits of many callers, several in one commit. Who comes while few others write does it
 * on its own; who comes later waits, and the next writer takes all that wait along. It gives those
 * who were answered just before a moment to come again: callers who all submit one job after
 * another would else go by halves, each of which waits for the other's commit. Where they don't
 * come it soon asks less often. There is no thread but the callers'. A write that fails takes
 * nobody along: each does its own again. Thread-safe.
 */
final class SharedSubmits {
    /** Jobs in one commit; more wait for the next. */
    private static final int BATCH_MAX = 256;

    /** Of inputs in one commit, but for the last. */
    private static final long CHARS_MAX = 4 << 20;

    /** Moments that pass without a wait after it was in vain, at most. */
    private static final int RESTS_MAX = 64;

    /** What comes of waiting. */
    private sealed interface Turn {
        record Answered(Submitted answer) implements Turn {}

        /** Writes for all that wait, and itself. */
        record Writes() implements Turn {}

        record Alone() implements Turn {}
    }

    private record Waiting(NewJob job, CompletableFuture<Turn> turn) {}

    private final int writersMax;
    private final Duration moment;
    private final Function<List<NewJob>, List<Submitted>> write;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final Condition cameAgain = lock.newCondition();
    private int writers;

    /** Whether a writer is about to take all that wait along. */
    private boolean gathering;

    /** How many were answered last, and may have more to submit. */
    private int mayComeAgain;

    private int rests;
    private int restsNext = 1;

    /**
     * @param writersMax at once; where none waits for anything, one shares a statement among most
     * @param moment how long a writer waits for those who were answered just before
     * @param write stores jobs in one commit; answers are in order
     */
    SharedSubmits(int writersMax, Duration moment, Function<List<NewJob>, List<Submitted>> write) {
        this.writersMax = writersMax;
        this.moment = moment;
        this.write = write;
    }

    List<Submitted> submit(NewJob job) {
        var mine = new Waiting(job, new CompletableFuture<>());
        if (begins(mine)) return write(gathered(mine));
        return switch (mine.turn.join()) {
            case Turn.Answered(var answer) -> List.of(answer);
            case Turn.Writes() -> write(gathered(mine));
            case Turn.Alone() -> write.apply(List.of(job));
        };
    }

    /** How many wait for their turn. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    private boolean begins(Waiting one) {
        lock.lock();
        try {
            if (writers < writersMax) {
                writers++;
                return true;
            }
            waiting.add(one);
            cameAgain.signalAll();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Answers the first of them, and tells the others. */
    private List<Submitted> write(List<Waiting> batch) {
        List<Waiting> others = batch.subList(1, batch.size());
        List<Submitted> answers;
        try {
            answers = write.apply(batch.stream().map(Waiting::job).toList());
        } catch (RuntimeException | Error e) {
            for (Waiting other : others) other.turn.complete(new Turn.Alone());
            if (others.isEmpty()) throw e;
            return write.apply(List.of(batch.getFirst().job));
        } finally {
            handOn(batch.size());
        }
        for (int i = 0; i < others.size(); i++)
            others.get(i).turn.complete(new Turn.Answered(answers.get(i + 1)));
        return answers.subList(0, 1);
    }

    private void handOn(int answered) {
        Waiting next;
        lock.lock();
        try {
            // Who gathers takes all of them along.
            next = gathering ? null : waiting.poll();
            if (next == null) writers--;
            else gathering = true;
            mayComeAgain = answered;
        } finally {
            lock.unlock();
        }
        if (next != null) next.turn.complete(new Turn.Writes());
    }

    private List<Waiting> gathered(Waiting first) {
        var batch = new ArrayList<Waiting>();
        batch.add(first);
        lock.lock();
        try {
            awaitAgain();
            long chars = first.job.submission().input().length();
            while (batch.size() < BATCH_MAX && chars < CHARS_MAX && !waiting.isEmpty()) {
                Waiting next = waiting.poll();
                chars += next.job.submission().input().length();
                batch.add(next);
            }
        } finally {
            gathering = false;
            mayComeAgain = 0;
            lock.unlock();
        }
        return batch;
    }

    private void awaitAgain() {
        int before = waiting.size();
        // Who begins because nobody wrote may be one of the answered itself.
        int again = gathering ? mayComeAgain : mayComeAgain - 1;
        int wanted = Math.min(BATCH_MAX - 1, before + again);
        if (wanted <= before) return;
        if (rests > 0) {
            rests--;
            return;
        }
        gathering = true;
        long left = moment.toNanos();
        try {
            while (left > 0 && waiting.size() < wanted) left = cameAgain.awaitNanos(left);
        } catch (InterruptedException e) {
            // Whoever is interrupted has waiting ones to write for.
            Thread.currentThread().interrupt();
        }
        boolean used = waiting.size() - before > (wanted - before) / 2;
        restsNext = used ? 1 : Math.min(RESTS_MAX, restsNext * 2);
        rests = used ? 0 : restsNext;
    }
}
