package dev.pawl.worker;

import dev.pawl.core.ErrorClass;
import dev.pawl.core.Leases;
import dev.pawl.core.Outcome;
import dev.pawl.core.Report;
import dev.pawl.core.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes how attempts ended, many in one transaction: whatever is there, without waiting for more.
 *
 * <p>While the store is away it keeps what it has and tries again, past the end of the lease too: a
 * lease is lost when it is reclaimed, and until then a late end counts. What the store says was
 * lost is dropped. An end that the store can't take, and that would hold up all others, is written
 * as a failure instead.
 */
final class Completer implements Loop {
    private static final Logger log = LoggerFactory.getLogger(Completer.class);

    private final Leases leases;
    private final String worker;
    private final WorkerOptions options;
    private final Held held;
    private List<Ended> pending = List.of();

    Completer(Leases leases, String worker, WorkerOptions options, Held held) {
        this.leases = leases;
        this.worker = worker;
        this.options = options;
        this.held = held;
    }

    @Override
    public String name() {
        return "complete";
    }

    @Override
    public Duration step() {
        if (pending.isEmpty()) pending = held.takeEnded(options.claimBatch());
        if (pending.isEmpty()) return FOREVER;
        var written = new ArrayList<Ended>();
        var ends = new ArrayList<Ended>(pending.size());
        for (Ended end : pending)
            switch (end.what()) {
                case Ended.What.Gone _, Ended.What.Stored _ -> written.add(end);
                case Ended.What.Ends _, Ended.What.GoesBack _ -> ends.add(end);
            }
        if (!ends.isEmpty()) write(ends);
        pending = written;
        for (Ended end : written)
            switch (end.what()) {
                case Ended.What.Stored(Written.LeaseLost(var reason)) -> lost(end, reason);
                case Ended.What.Gone _ -> leases.stopped(end.run().job().token());
                case Ended.What.Stored _, Ended.What.Ends _, Ended.What.GoesBack _ -> {}
            }
        held.settle(written, true);
        pending = List.of();
        return Duration.ZERO;
    }

    private void write(List<Ended> ends) {
        try {
            var reports = new ArrayList<Report>(ends.size());
            for (Ended end : ends) reports.add(report(end));
            settle(ends, leases.end(worker, reports));
        } catch (RuntimeException e) {
            if (LoopThread.storeAway(e)) throw e;
            log.error("{} ends can't be written together: one by one", ends.size(), e);
            ends.forEach(this::writeAlone);
        }
    }

    private void writeAlone(Ended ended) {
        List<Ended> one = List.of(ended);
        try {
            settle(one, leases.end(worker, List.of(report(ended))));
        } catch (RuntimeException e) {
            if (LoopThread.storeAway(e)) throw e;
            writeFailure(ended, e);
        }
    }

    private void writeFailure(Ended ended, RuntimeException why) {
        var job = ended.run().job();
        List<Ended> one = List.of(ended);
        try (var _ = JobLog.of(ended.run())) {
            log.error("the attempt's end can't be written: failed instead", why);
            var failed =
                    Outcome.failed(
                            ErrorClass.PERMANENT, "its end can't be stored: " + why.getMessage());
            try {
                settle(one, leases.end(worker, List.of(new Report.Ended(job, failed))));
            } catch (RuntimeException e) {
                if (LoopThread.storeAway(e)) throw e;
                log.error("nor can its failure: left to its lease", e);
                held.settle(one, false);
            }
        }
    }

    private void settle(List<Ended> ends, List<Written> answers) {
        for (int i = 0; i < ends.size(); i++)
            if (answers.get(i) instanceof Written.LeaseLost(var reason)) lost(ends.get(i), reason);
        held.settle(ends, true);
    }

    private void lost(Ended ended, String reason) {
        var job = ended.run().job();
        // If it was a cancel that ended the job, it waits to hear that the handler is gone.
        boolean cancelled = leases.stopped(job.token()) instanceof Written.Done;
        try (var _ = JobLog.of(ended.run())) {
            if (cancelled) log.info("the job was cancelled before the attempt's end: {}", reason);
            else log.warn("the attempt's end came too late: {}", reason);
        }
    }

    private static Report report(Ended ended) {
        var job = ended.run().job();
        return switch (ended.what()) {
            case Ended.What.Ends(var outcome) -> new Report.Ended(job, outcome);
            case Ended.What.GoesBack _ -> new Report.GivenBack(job);
            case Ended.What.Stored _, Ended.What.Gone _ -> throw new AssertionError(ended);
        };
    }
}
