package dev.pawl.worker;

import dev.pawl.core.LogLine;
import dev.pawl.core.Progress;
import dev.pawl.core.Time;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt has said and the store doesn't know yet. Handlers add, the journal takes.
 *
 * <p>Bounded twice: what waits takes at most {@link #WAITING_MAX} bytes, and a handler that is
 * faster than the store is held up until there is room; what is kept over the attempt's life is
 * bounded by configuration, and what goes over it is dropped, counted and named in the last line.
 */
final class Sink {
    /** Most bytes that wait; whoever adds more waits. */
    static final int WAITING_MAX = 1 << 20;

    /** Bytes that are written without waiting for more. */
    static final int PIECE = 64 << 10;

    /** How long lines wait for more. */
    static final Duration LINES_WAIT = Duration.ofMillis(200);

    /** Shortest time between two writes of progress. */
    static final Duration PROGRESS_EVERY = Duration.ofSeconds(1);

    // What a line costs beside its text.
    private static final int LINE_BYTES = 40;
    private static final Duration ROOM_WAIT = Duration.ofSeconds(5);

    private final int attempt;
    private final long bytesMax;
    private final Time time;
    private final Signal journal;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final ArrayDeque<Waiting> lines = new ArrayDeque<>();
    private long waitingBytes;
    private long keptBytes;
    private long droppedBytes;
    private long seq;
    private long oldestAt;
    private @Nullable Progress progress;
    private long progressAt;
    private boolean closed;

    Sink(int attempt, long bytesMax, Time time, Signal journal) {
        this.attempt = attempt;
        this.bytesMax = bytesMax;
        this.time = time;
        this.journal = journal;
        this.progressAt = time.nanos() - PROGRESS_EVERY.toNanos();
    }

    void log(LogLine.Stream stream, String text) {
        int bytes = bytes(text);
        boolean wake;
        lock.lock();
        try {
            if (closed) return;
            if (keptBytes + bytes > bytesMax || !awaitRoom(bytes)) {
                droppedBytes += bytes;
                return;
            }
            keptBytes += bytes;
            wake = add(stream, text, bytes);
        } finally {
            lock.unlock();
        }
        if (wake) journal.raise();
    }

    void progress(double fraction, String text) {
        var next = new Progress(fraction, text, time.instant());
        boolean wake;
        lock.lock();
        try {
            if (closed) return;
            wake = progress == null;
            progress = next;
        } finally {
            lock.unlock();
        }
        if (wake) journal.raise();
    }

    /** No more comes; without {@code abandoned}, what waits is still to be written. */
    void close(boolean abandoned) {
        lock.lock();
        try {
            if (!closed && !abandoned && droppedBytes > 0) {
                boolean _ =
                        add(
                                LogLine.Stream.PAWL,
                                "pawl: %,d more bytes dropped".formatted(droppedBytes),
                                LINE_BYTES);
            }
            closed = true;
            if (abandoned) {
                lines.clear();
                waitingBytes = 0;
                progress = null;
            }
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes no more and waits, at most five seconds, until what there is is written or given up;
     * answers whether it is. Not to be interrupted.
     */
    boolean emptied() {
        close(false);
        journal.raise();
        long left = ROOM_WAIT.toNanos();
        lock.lock();
        try {
            while (!(lines.isEmpty() && progress == null) && left > 0) left = room.awaitNanos(left);
            return lines.isEmpty() && progress == null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** What is to be written now. It stays until {@link #written}; only one thread takes. */
    Piece peek(long now) {
        lock.lock();
        try {
            var piece = new ArrayList<LogLine>();
            if (restNanos(now) == 0) {
                long bytes = 0;
                for (Waiting next : lines) {
                    bytes += next.bytes();
                    if (!piece.isEmpty() && bytes > PIECE) break;
                    piece.add(next.line());
                }
            }
            return new Piece(piece, progressRest(now) == 0 ? progress : null);
        } finally {
            lock.unlock();
        }
    }

    void written(Piece piece, long now) {
        lock.lock();
        try {
            for (LogLine line : piece.lines()) {
                Waiting head = lines.peek();
                if (head == null || !head.line().equals(line)) break;
                lines.poll();
                waitingBytes -= head.bytes();
            }
            if (!piece.lines().isEmpty()) oldestAt = now;
            if (piece.progress() != null) {
                progressAt = now;
                if (piece.progress().equals(progress)) progress = null;
            }
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing waits and nothing more comes. */
    boolean finished() {
        lock.lock();
        try {
            return closed && lines.isEmpty() && progress == null;
        } finally {
            lock.unlock();
        }
    }

    /** How long until something is to be written. */
    Duration rest(long now) {
        lock.lock();
        try {
            return Duration.ofNanos(Math.min(restNanos(now), progressRest(now)));
        } finally {
            lock.unlock();
        }
    }

    private long restNanos(long now) {
        if (lines.isEmpty()) return Loop.FOREVER.toNanos();
        if (closed || waitingBytes >= PIECE) return 0;
        return Math.max(0, oldestAt + LINES_WAIT.toNanos() - now);
    }

    private long progressRest(long now) {
        if (progress == null) return Loop.FOREVER.toNanos();
        return closed ? 0 : Math.max(0, progressAt + PROGRESS_EVERY.toNanos() - now);
    }

    private boolean add(LogLine.Stream stream, String text, int bytes) {
        boolean first = lines.isEmpty();
        if (first) oldestAt = time.nanos();
        lines.add(new Waiting(new LogLine(attempt, seq++, time.instant(), stream, text), bytes));
        waitingBytes += bytes;
        return first || (waitingBytes >= PIECE && waitingBytes - bytes < PIECE);
    }

    private boolean awaitRoom(int bytes) {
        long left = ROOM_WAIT.toNanos();
        try {
            while (!closed && !lines.isEmpty() && waitingBytes + bytes > WAITING_MAX) {
                if (left <= 0) return false;
                left = room.awaitNanos(left);
            }
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static int bytes(String text) {
        return LINE_BYTES + text.getBytes(StandardCharsets.UTF_8).length;
    }

    private record Waiting(LogLine line, int bytes) {}

    /** Lines and progress for one write each. */
    record Piece(List<LogLine> lines, @Nullable Progress progress) {}
}
