package dev.pawl.testkit.sim;

import dev.pawl.core.AttemptEnd.How;
import dev.pawl.core.End;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorClass.Treatment;
import dev.pawl.core.Hit;
import dev.pawl.core.JobError;
import dev.pawl.core.JobId;
import dev.pawl.core.Kept;
import dev.pawl.core.NewJob;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Submission;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares where each job was before a call with where it is now. */
final class Moves {
    private final Judge judge;
    private final Ledger ledger;
    private final Op<?> op;
    private final Picture before;
    private final Picture now;
    private final long at;

    Moves(Judge judge, Op<?> op, Picture before, Picture now, long at) {
        this.judge = judge;
        this.ledger = judge.ledger;
        this.op = op;
        this.before = before;
        this.now = now;
        this.at = at;
    }

    void judge() {
        var all = new TreeSet<>(before.places.keySet());
        all.addAll(now.places.keySet());
        for (JobId id : all) {
            Place was = before.places.get(id);
            Place is = now.places.get(id);
            if (was == null && is != null) made(id, is);
            else if (was != null && is == null) gone(id, was);
            else if (was != null && is != null && !was.equals(is)) moved(id, was, is);
            boolean early = is != null && is.where() == Place.Kind.READY && is.at() > at;
            if (is != null && early && (was == null || was.where() != Place.Kind.READY))
                throw broken(Invariant.NOT_BEFORE_ITS_TIME, id, was, is);
        }
    }

    private void made(JobId id, Place is) {
        NewJob job =
                op instanceof Op.Submit(var jobs)
                        ? jobs.stream().filter(j -> j.id().equals(id)).findFirst().orElse(null)
                        : null;
        if (job == null) throw broken(Invariant.NO_BUG, id, null, is);
        require(is.attempt() == 0 && is.failures() == 0, Invariant.ATTEMPTS_GROW, id, null, is);
        require(!is.running(), Invariant.NO_FINISH_WITHOUT_CLAIM, id, null, is);
        Kept kept = job.answer().orElse(null);
        if (kept != null) {
            require(
                    is.ended() && kept.job().equals(is.other()),
                    Invariant.KEPT_WHOLE,
                    id,
                    null,
                    is);
            judge.requireWhole(id);
        } else if (is.ended()) {
            require(
                    is.end() == Place.CANCELLED
                            && parentFailed(id)
                            && !ledger.submission(id).goOn(),
                    Invariant.NO_FINISH_WITHOUT_CLAIM,
                    id,
                    null,
                    is);
        } else if (is.queued()) started(id, null, is);
        else if (is.follows())
            require(ledger.submission(id).sharesFlight(), Invariant.SINGLE_FLIGHT, id, null, is);
    }

    private void gone(JobId id, Place was) {
        boolean discarded =
                op instanceof Op.Discard(var that)
                        && that.equals(id)
                        && was.ended()
                        && !was.succeeded()
                        && !before.stopping.containsKey(id);
        if (!discarded)
            throw new Violation(
                    Invariant.NO_JOB_LOST, id + " was " + was + ", gone by " + Telling.of(op));
    }

    private void moved(JobId id, Place was, Place is) {
        require(is.attempt() >= was.attempt(), Invariant.ATTEMPTS_GROW, id, was, is);
        if (was.ended()) redriven(id, was, is);
        else if (is.running()) claimed(id, was, is);
        else if (was.running()) stopped(id, was, is);
        else if (was.queued()) fromQueue(id, was, is);
        else fromWaiting(id, was, is);
        if (is.succeeded()) judge.requireWhole(id);
    }

    private void redriven(JobId id, Place was, Place is) {
        boolean allowed =
                op instanceof Op.Redrive(var that, var _)
                        && that.equals(id)
                        && !was.succeeded()
                        && !is.ended()
                        && !before.stopping.containsKey(id);
        require(allowed, Invariant.ENDS_ONCE, id, was, is);
        require(!is.running(), Invariant.NO_FINISH_WITHOUT_CLAIM, id, was, is);
        require(is.failures() == 0, Invariant.FAILURES_COUNTED, id, was, is);
        boolean early =
                op instanceof Op.Redrive(var _, var notBefore)
                        && is.at() < notBefore.toEpochMilli();
        require(!early, Invariant.NOT_BEFORE_ITS_TIME, id, was, is);
        // A person's redrive runs the job whatever became of its parents.
        require(is.queued() && is.attempt() == was.attempt(), Invariant.ATTEMPTS_GROW, id, was, is);
    }

    private void claimed(JobId id, Place was, Place is) {
        if (!(op instanceof Op.Take(var claim)))
            throw broken(Invariant.NO_FINISH_WITHOUT_CLAIM, id, was, is);
        // A claim also expires jobs, and so may free what waited for them.
        if (was.waiting()) freed(id, was, is);
        else require(was.queued(), Invariant.FENCED, id, was, is);
        require(claim.lease().value().equals(is.lease()), Invariant.FENCED, id, was, is);
        require(is.attempt() == was.attempt() + 1, Invariant.ATTEMPTS_GROW, id, was, is);
        require(is.failures() == was.failures(), Invariant.FAILURES_COUNTED, id, was, is);
        boolean due = was.where() != Place.Kind.LATER || was.at() <= at;
        boolean paused = ledger.paused.contains(ledger.submission(id).queue());
        require(due && !paused, Invariant.NOT_BEFORE_ITS_TIME, id, was, is);
    }

    /** A running job has left its place: by its handler, by a cancel, or by a lost lease. */
    private void stopped(JobId id, Place was, Place is) {
        switch (op) {
            case Op.Ends(var ends) -> {
                End end =
                        ends.stream()
                                .filter(e -> e.token().job().equals(id))
                                .filter(e -> Judge.holds(before, e.token()))
                                .findFirst()
                                .orElse(null);
                if (end == null) throw broken(Invariant.FENCED, id, was, is);
                ended(end, was, is);
            }
            case Op.Cancel(var that) when that.equals(id) -> {
                require(is.end() == Place.CANCELLED, Invariant.ENDS_ONCE, id, was, is);
                var row = now.stopping.get(id);
                require(
                        row != null
                                && row.attempt() == was.attempt()
                                && row.lease().equals(was.lease()),
                        Invariant.FENCED,
                        id,
                        was,
                        is);
            }
            case Op.Reclaim(var seen, var _) when seen.id().value().equals(was.lease()) ->
                    failed(new JobError(ErrorClass.LEASE_LOST, ""), id, was, is);
            default -> throw broken(Invariant.FENCED, id, was, is);
        }
    }

    private void ended(End end, Place was, Place is) {
        JobId id = end.token().job();
        require(is.attempt() == was.attempt(), Invariant.ATTEMPTS_GROW, id, was, is);
        switch (end.how()) {
            case COMPLETED -> {
                require(is.succeeded(), Invariant.ENDS_ONCE, id, was, is);
                require(
                        ledger.done.contains(end.token()),
                        Invariant.NO_FINISH_WITHOUT_CLAIM,
                        id,
                        was,
                        is);
            }
            case FAILED -> failed(end.error().orElseThrow(), id, was, is);
            case SNOOZED, RELEASED ->
                    require(
                            is.queued() && is.sameCounts(was),
                            end.how() == How.SNOOZED && is.attempt() != was.attempt()
                                    ? Invariant.ATTEMPTS_GROW
                                    : Invariant.FAILURES_COUNTED,
                            id,
                            was,
                            is);
            case LEASE_LOST, CANCELLED -> throw broken(Invariant.FENCED, id, was, is);
        }
    }

    private void failed(JobError error, JobId id, Place was, Place is) {
        RetryPolicy policy = ledger.submission(id).retry();
        Treatment treatment =
                policy.treatments().getOrDefault(error.kind(), error.kind().treatment());
        int failures = was.failures() + (treatment == Treatment.WAIT ? 0 : 1);
        boolean dies =
                treatment == Treatment.DIE
                        || (treatment == Treatment.RETRY && failures >= policy.attempts());
        boolean right =
                dies
                        ? is.end() == Place.DEAD && is.kind().equals(error.kind().wire())
                        : is.queued() && is.failures() == failures;
        require(right, Invariant.FAILURES_COUNTED, id, was, is);
        require(is.attempt() == was.attempt(), Invariant.ATTEMPTS_GROW, id, was, is);
    }

    private void fromQueue(JobId id, Place was, Place is) {
        if (is.queued()) {
            require(is.sameCounts(was), Invariant.ATTEMPTS_GROW, id, was, is);
            boolean due = is.where() == Place.Kind.READY && was.at() <= at;
            require(due && timeMoves(), Invariant.NOT_BEFORE_ITS_TIME, id, was, is);
        } else if (is.waiting()) {
            joined(id, was, is);
        } else if (is.end() == Place.CANCELLED) {
            require(cancels(id), Invariant.ENDS_ONCE, id, was, is);
        } else if (op instanceof Op.Answer(var hits)) {
            answered(hits, id, was, is);
        } else {
            require(
                    is.end() == Place.DEAD && expired(id, is) && was.failures() == 0,
                    Invariant.NO_FINISH_WITHOUT_CLAIM,
                    id,
                    was,
                    is);
        }
        require(is.attempt() == was.attempt(), Invariant.ATTEMPTS_GROW, id, was, is);
    }

    /** It was about to start while another runs the same input. */
    private void joined(JobId id, Place was, Place is) {
        require(
                op instanceof Op.Take
                        && is.follows()
                        && was.attempt() == 0
                        && ledger.submission(id).comparedAtClaim(),
                Invariant.SINGLE_FLIGHT,
                id,
                was,
                is);
    }

    /** It was about to start while a result of its input was kept. */
    private void answered(List<Hit> hits, JobId id, Place was, Place is) {
        Submission s = ledger.submission(id);
        Picture.KeptRow row = before.kept.get(new Picture.Flight(s.tenant(), s.key().hash()));
        Kept kept =
                hits.stream()
                        .filter(hit -> hit.job().equals(id))
                        .map(Hit::kept)
                        .findFirst()
                        .orElse(null);
        boolean right =
                kept != null
                        && row != null
                        && row.job().equals(kept.job())
                        && kept.job().equals(is.other())
                        && was.where() == Place.Kind.READY
                        && was.attempt() == 0
                        && s.comparedAtClaim();
        require(right, Invariant.KEPT_WHOLE, id, was, is);
        if (!is.succeeded()) judge.requireWhole(id);
    }

    private void fromWaiting(JobId id, Place was, Place is) {
        Place leader = was.other() == null ? null : now.places.get(was.other());
        boolean leaderIsOver = leader == null || leader.ended();
        if (is.waiting() && !was.follows()) {
            // A claim also expires jobs: it freed this one, and found that another runs its input.
            freed(id, was, is);
            joined(id, was, is);
        } else if (is.waiting()) {
            require(is.follows() && leaderIsOver, Invariant.SINGLE_FLIGHT, id, was, is);
        } else if (is.queued()) {
            freed(id, was, is);
        } else if (is.succeeded() || (is.end() == Place.DEAD && !expired(id, is))) {
            require(
                    leader != null
                            && leader.end() == is.end()
                            && leader.kind().equals(is.kind())
                            && was.other() != null
                            && was.other().equals(is.other()),
                    Invariant.SINGLE_FLIGHT,
                    id,
                    was,
                    is);
            if (was.other() != null) ledger.left.put(id, ledger.left(was.other()).copy());
            judge.requireWhole(id);
        } else if (is.end() == Place.CANCELLED) {
            boolean parent = !ledger.submission(id).goOn() && parentFailed(id);
            require(cancels(id) || parent, Invariant.PARENTS_FIRST, id, was, is);
        }
        require(is.attempt() == 0 && is.failures() == 0, Invariant.ATTEMPTS_GROW, id, was, is);
    }

    private void freed(JobId id, Place was, Place is) {
        if (was.other() == null) {
            started(id, was, is);
            return;
        }
        // What it once waited for may have been redriven since it began to follow.
        require(!now.unfinished(was.other()), Invariant.SINGLE_FLIGHT, id, was, is);
        notEarly(id, was, is);
    }

    /** The job may be claimed from now on, or from its time on. */
    private void started(JobId id, @Nullable Place was, Place is) {
        Submission s = ledger.submission(id);
        for (JobId parent : s.parents()) {
            Place place = now.places.get(parent);
            require(
                    place == null || (place.ended() && (s.goOn() || place.succeeded())),
                    Invariant.PARENTS_FIRST,
                    id,
                    was,
                    is);
        }
        notEarly(id, was, is);
    }

    private void notEarly(JobId id, @Nullable Place was, Place is) {
        Submission s = ledger.submission(id);
        boolean early = s.runAt().toEpochMilli() > at && is.where() == Place.Kind.READY;
        require(!early, Invariant.NOT_BEFORE_ITS_TIME, id, was, is);
    }

    private boolean parentFailed(JobId id) {
        return ledger.submission(id).parents().stream()
                .map(now.places::get)
                .anyMatch(p -> p != null && p.ended() && !p.succeeded());
    }

    private boolean cancels(JobId id) {
        return op instanceof Op.Cancel(var that) && that.equals(id);
    }

    private boolean timeMoves() {
        return op instanceof Op.Promote || op instanceof Op.Take;
    }

    private boolean expired(JobId id, Place is) {
        return is.kind().equals(ErrorClass.EXPIRED.wire())
                && (op instanceof Op.Expire || op instanceof Op.Take)
                && !ledger.submission(id).ttl().isZero();
    }

    private void require(
            boolean holds, Invariant invariant, JobId id, @Nullable Place was, Place is) {
        if (!holds) throw broken(invariant, id, was, is);
    }

    private Violation broken(Invariant invariant, JobId id, @Nullable Place was, Place is) {
        return new Violation(
                invariant, "%s was %s, is %s after %s".formatted(id, was, is, Telling.of(op)));
    }
}
