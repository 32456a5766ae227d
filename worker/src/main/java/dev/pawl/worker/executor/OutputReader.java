package dev.pawl.worker.executor;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads one output of a process to its end, on a platform thread: reading a pipe blocks the thread
 * that carries a virtual one.
 */
final class OutputReader {
    /** A pipe that is silent for this long after the command's end has a stranger on it. */
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private static final int BUFFER_BYTES = 64 * 1024;

    private final InputStream in;
    private final Sink sink;
    private final Thread thread;
    private volatile @Nullable IOException failure;
    private volatile boolean passing;
    private volatile boolean abandoned;
    private final AtomicLong bytes = new AtomicLong();

    /** Where it goes; slow is fine, the process then waits on its pipe. */
    interface Sink {
        void accept(byte[] bytes, int count) throws IOException;

        void close() throws IOException;
    }

    private OutputReader(String name, InputStream in, Sink sink) {
        this.in = in;
        this.sink = sink;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::read);
    }

    static OutputReader start(String name, InputStream in, Sink sink) {
        var reader = new OutputReader(name, in, sink);
        reader.thread.start();
        return reader;
    }

    Sink sink() {
        return sink;
    }

    /** Why the sink took no more; the rest was read and dropped, so that the process could end. */
    Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Waits for the end; false when somebody holds the pipe open and writes nothing. What comes
     * after that is dropped.
     */
    boolean awaitEnd() throws InterruptedException {
        long before = -1;
        while (!thread.join(SILENCE)) {
            long now = bytes.get();
            if (now == before && !passing) {
                abandoned = true;
                return false;
            }
            before = now;
        }
        return true;
    }

    /**
     * Holds the stream's own lock throughout. When the process ends the JDK takes that lock, reads
     * what is in the pipe into memory and closes it; with a child that goes on writing that is
     * neither bounded nor complete.
     */
    private void read() {
        var buffer = new byte[BUFFER_BYTES];
        synchronized (in) {
            try (in) {
                for (int n; (n = in.read(buffer)) >= 0; bytes.addAndGet(n)) pass(buffer, n);
            } catch (IOException _) {
                // The pipe is gone, as after its end.
            }
        }
        try {
            sink.close();
        } catch (IOException e) {
            if (failure == null) failure = e;
        }
    }

    private void pass(byte[] buffer, int count) {
        if (failure != null || abandoned) return;
        passing = true;
        try {
            sink.accept(buffer, count);
        } catch (IOException e) {
            failure = e;
        } finally {
            passing = false;
        }
    }
}
