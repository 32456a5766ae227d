package dev.pawl.worker;

import dev.pawl.core.Leases;
import dev.pawl.core.Time;
import dev.pawl.core.Written;
import java.time.Duration;

/**
 * Writes what attempts say: log lines in pieces, progress at most once a second, and all that is
 * left before an attempt's end may follow. One thread writes all, so that no line overtakes
 * another.
 */
final class Journal implements Loop {
    private final Leases leases;
    private final Held held;
    private final Time time;

    Journal(Leases leases, Held held, Time time) {
        this.leases = leases;
        this.held = held;
        this.time = time;
    }

    @Override
    public String name() {
        return "journal";
    }

    @Override
    public Duration step() {
        Duration rest = FOREVER;
        for (Run run : held.noisy()) {
            Sink sink = run.sinkOrNull();
            if (sink == null) continue;
            write(run, sink);
            if (sink.finished()) {
                held.flushed(run);
                continue;
            }
            Duration wait = sink.rest(time.nanos());
            if (wait.compareTo(rest) < 0) rest = wait;
        }
        return rest;
    }

    private void write(Run run, Sink sink) {
        var token = run.job().token();
        Sink.Piece piece = sink.peek(time.nanos());
        boolean standing = true;
        if (!piece.lines().isEmpty())
            standing = leases.log(token, piece.lines()) instanceof Written.Done;
        if (standing && piece.progress() != null)
            standing = leases.progress(token, piece.progress()) instanceof Written.Done;
        if (standing) {
            sink.written(piece, time.nanos());
            return;
        }
        sink.close(true);
        held.stop(Stop.LOST, one -> one == run);
    }
}
