package dev.pawl.store.postgres;

import dev.pawl.core.NewJob;
import dev.pawl.core.Submitted;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Single submits of many callers, several in one commit. Who comes while few others write does it
 * on its own; who comes later waits, and the next writer takes all that wait along. There is no
 * timer, and no thread but the callers'. A write that fails takes nobody along: each does its own
 * again. Thread-safe.
 */
final class SharedSubmits {
    /** Jobs in one commit; more wait for the next. */
    private static final int BATCH_MAX = 256;

    /** Of inputs in one commit, but for the last. */
    private static final long CHARS_MAX = 4 << 20;

    /** What comes of waiting. */
    private sealed interface Turn {
        record Answered(Submitted answer) implements Turn {}

        /** Writes for all of these, itself among them. */
        record Writes(List<Waiting> batch) implements Turn {}

        record Alone() implements Turn {}
    }

    private record Waiting(NewJob job, CompletableFuture<Turn> turn) {}

    private final int writersMax;
    private final Function<List<NewJob>, List<Submitted>> write;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private int writers;

    /**
     * @param writersMax at once; where none waits for anything, one shares a statement among most
     * @param write stores jobs in one commit; answers are in order
     */
    SharedSubmits(int writersMax, Function<List<NewJob>, List<Submitted>> write) {
        this.writersMax = writersMax;
        this.write = write;
    }

    List<Submitted> submit(NewJob job) {
        var mine = new Waiting(job, new CompletableFuture<>());
        if (begins(mine)) return write(List.of(mine));
        return switch (mine.turn.join()) {
            case Turn.Answered(var answer) -> List.of(answer);
            case Turn.Writes(var batch) -> write(batch);
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
            handOn();
        }
        for (int i = 0; i < others.size(); i++)
            others.get(i).turn.complete(new Turn.Answered(answers.get(i + 1)));
        return answers.subList(0, 1);
    }

    private void handOn() {
        var batch = new ArrayList<Waiting>();
        lock.lock();
        try {
            long chars = 0;
            while (batch.size() < BATCH_MAX && chars < CHARS_MAX && !waiting.isEmpty()) {
                Waiting next = waiting.poll();
                chars += next.job.submission().input().length();
                batch.add(next);
            }
            if (batch.isEmpty()) writers--;
        } finally {
            lock.unlock();
        }
        if (!batch.isEmpty()) batch.getFirst().turn.complete(new Turn.Writes(batch));
    }
}
