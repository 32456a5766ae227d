package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.CHANCE;
import static dev.pawl.testkit.StoreDriver.TTL;
import static dev.pawl.testkit.StoreDriver.WORKER;
import static dev.pawl.testkit.StoreDriver.job;
import static dev.pawl.testkit.StoreDriver.shared;

import dev.pawl.core.AttemptEnd.How;
import dev.pawl.core.Claim;
import dev.pawl.core.Claim.Want;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.End;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Hit;
import dev.pawl.core.JobError;
import dev.pawl.core.JobEvent;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.JobState.Queued;
import dev.pawl.core.JobState.Succeeded;
import dev.pawl.core.Kept;
import dev.pawl.core.Lease;
import dev.pawl.core.Lifecycle;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Reuse;
import dev.pawl.core.Submission;
import dev.pawl.core.Token;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One row of the life cycle, tried on a store: a job is brought into a state through the port, and
 * then the event happens to it through the port.
 *
 * <p>A job that ran already can still have a parent that ends, or a leader: it was cancelled while
 * it waited, and redriven. So every event of a parent or a leader reaches a job in any state.
 */
final class LifecycleCase {
    static final Duration TIME_TO_LIVE = Duration.ofHours(1);
    static final RetryPolicy TWICE = RetryPolicy.defaults().withAttempts(2);

    /** Where the job stands before the event. */
    enum From {
        WAITING("waiting for a parent"),
        FOLLOWING("waiting for a leader"),
        QUEUED("queued"),
        SNOOZED("queued for later"),
        FAILED("queued after a failure"),
        RELEASED("queued after a release"),
        RUNNING("running"),
        RUNNING_LAST("running the last attempt"),
        SUCCEEDED("succeeded"),
        DEAD("dead"),
        CANCELLED("cancelled");

        final String text;

        From(String text) {
            this.text = text;
        }
    }

    /** What happens to it. */
    enum Event {
        PARENTS_ENDED("its last parent succeeded", JobEvent.ParentsEnded.class),
        PARENT_FAILED("a parent died", JobEvent.ParentFailed.class),
        ANSWERED("its leader succeeded", JobEvent.Answered.class),
        ANSWERED_BADLY("its leader died of a kept error", JobEvent.Answered.class),
        PROMOTED("its leader was cancelled", JobEvent.Promoted.class),
        CLAIMED("claimed", JobEvent.Claimed.class),
        JOINED("claimed while an equal one runs", JobEvent.Joined.class),
        KEPT_FOUND("answered with a kept result", JobEvent.KeptFound.class),
        COMPLETED("completed", JobEvent.Completed.class),
        COMPLETED_STALE("completed with another attempt", JobEvent.Completed.class),
        COMPLETED_FOREIGN("completed under another lease", JobEvent.Completed.class),
        FAILED("failed with a transient error", JobEvent.Failed.class),
        FAILED_STALE("failed with another attempt", JobEvent.Failed.class),
        FAILED_PERMANENTLY("failed with a permanent error", JobEvent.Failed.class),
        FAILED_UNCOUNTED("failed with a configuration error", JobEvent.Failed.class),
        SNOOZED("snoozed", JobEvent.Snoozed.class),
        SNOOZED_STALE("snoozed with another attempt", JobEvent.Snoozed.class),
        RELEASED("released", JobEvent.Released.class),
        RELEASED_FOREIGN("released under another lease", JobEvent.Released.class),
        LEASE_LOST("its lease was reclaimed", JobEvent.LeaseLost.class),
        LEASE_STANDS("its lease was reclaimed too early", JobEvent.LeaseLost.class),
        CANCELLED("cancelled", JobEvent.CancelRequested.class),
        EXPIRED("its time to live ended", JobEvent.Expired.class),
        REDRIVEN("redriven", JobEvent.Redriven.class);

        final String text;
        final Class<? extends JobEvent> kind;

        Event(String text, Class<? extends JobEvent> kind) {
            this.text = text;
            this.kind = kind;
        }

        boolean ofParent() {
            return this == PARENTS_ENDED || this == PARENT_FAILED;
        }

        /** Whether it happens to a job that is compared when it is claimed. */
        boolean ofEqual() {
            return this == JOINED || this == KEPT_FOUND;
        }

        boolean ofLeader() {
            return this == ANSWERED || this == ANSWERED_BADLY || this == PROMOTED;
        }
    }

    private final StoreDriver s;
    private final From from;
    private final Event event;
    private final String flight;
    private final JobId parent;
    private final JobId leader;
    private final JobId id;

    /** The last claim of the job, if there was one. */
    private @Nullable ClaimedJob claimed;

    LifecycleCase(StoreDriver s, From from, Event event) {
        this.s = s;
        this.from = from;
        this.event = event;
        this.flight = from + " + " + event;
        this.parent = s.submit();
        this.leader = s.submit(equal().ttl(Duration.ZERO));
        this.id = submitted();
    }

    /** What the table says and what the store did. */
    record Result(JobState before, Optional<JobState> table, JobState after) {}

    Result result() {
        drive();
        JobState before = s.state(id);
        JobEvent happened = happen();
        Optional<JobState> table = new Lifecycle(TWICE).next(before, happened);
        return new Result(before, table, s.state(id));
    }

    // ---- Into the state

    private Submission.Builder equal() {
        return shared(flight)
                .reuse(new Reuse(Duration.ofHours(1), true))
                .retry(TWICE)
                .ttl(TIME_TO_LIVE);
    }

    private static Submission.Builder alone() {
        return job().retry(TWICE).ttl(TIME_TO_LIVE);
    }

    private JobId submitted() {
        if (from == From.FOLLOWING) return s.submit(equal());
        if (from == From.WAITING) return s.submit(equal().parents(Set.of(parent)));
        if (event.ofEqual()) {
            s.store.cancel(leader);
            return s.submit(equal().runAt(s.now()));
        }
        if (event.ofLeader()) {
            JobId follower = s.submit(equal());
            back(follower);
            return follower;
        }
        if (event.ofParent()) {
            JobId child = s.submit(alone().parents(Set.of(parent)));
            back(child);
            return child;
        }
        return s.submit(alone());
    }

    /** A job that waits becomes queued, while the one it waited for is still under way. */
    private void back(JobId waiting) {
        s.store.cancel(waiting);
        s.store.redrive(waiting);
    }

    private void drive() {
        switch (from) {
            case WAITING, FOLLOWING, QUEUED -> {}
            case SNOOZED -> s.end(s.snoozed(start(), Duration.ofMinutes(90), "later"));
            case FAILED -> failOnce();
            case RELEASED -> s.end(s.released(start()));
            case RUNNING -> start();
            case RUNNING_LAST -> {
                failOnce();
                start();
            }
            case SUCCEEDED -> s.complete(start());
            case DEAD -> s.fail(start(), ErrorClass.PERMANENT);
            case CANCELLED -> {
                ClaimedJob running = start();
                s.store.cancel(id);
                s.store.stopped(running.token());
            }
        }
    }

    private void failOnce() {
        s.fail(start(), ErrorClass.TRANSIENT);
        s.advance(Duration.ofSeconds(1));
    }

    private ClaimedJob start() {
        claimed = s.start(id);
        return claimed;
    }

    // ---- The event

    private JobEvent happen() {
        return switch (event) {
            case PARENTS_ENDED -> {
                s.complete(s.start(parent));
                yield new JobEvent.ParentsEnded(s.now());
            }
            case PARENT_FAILED -> {
                s.fail(s.start(parent), ErrorClass.PERMANENT);
                yield new JobEvent.ParentFailed(s.now());
            }
            case ANSWERED -> {
                s.complete(s.start(leader));
                yield new JobEvent.Answered(s.state(leader));
            }
            case ANSWERED_BADLY -> {
                s.fail(s.start(leader), ErrorClass.USER);
                yield new JobEvent.Answered(s.state(leader));
            }
            case PROMOTED -> {
                s.store.cancel(leader);
                yield new JobEvent.Promoted(s.now());
            }
            case CLAIMED -> claim();
            case JOINED -> {
                s.store.redrive(leader);
                // One that has run is not compared any more: its claim starts the next attempt.
                if (s.state(id).attempt() == 0) s.claimOnly(id);
                yield new JobEvent.Joined(leader);
            }
            case KEPT_FOUND -> keptFound();
            case COMPLETED -> complete(token());
            case COMPLETED_STALE -> complete(stale());
            case COMPLETED_FOREIGN -> complete(foreign());
            case FAILED -> fail(token(), ErrorClass.TRANSIENT);
            case FAILED_STALE -> fail(stale(), ErrorClass.TRANSIENT);
            case FAILED_PERMANENTLY -> fail(token(), ErrorClass.PERMANENT);
            case FAILED_UNCOUNTED -> fail(token(), ErrorClass.CONFIGURATION);
            case SNOOZED -> snooze(token());
            case SNOOZED_STALE -> snooze(stale());
            case RELEASED -> release(token());
            case RELEASED_FOREIGN -> release(foreign());
            case LEASE_LOST -> {
                s.advance(TTL);
                yield reclaim();
            }
            case LEASE_STANDS -> reclaim();
            case CANCELLED -> {
                s.store.cancel(id);
                yield new JobEvent.CancelRequested(s.now());
            }
            case EXPIRED -> {
                s.advance(TIME_TO_LIVE);
                s.store.expire(1_000);
                yield new JobEvent.Expired(s.now());
            }
            case REDRIVEN -> {
                s.store.redrive(id);
                yield new JobEvent.Redriven(s.now());
            }
        };
    }

    /** A redriven job runs whatever the others do, and so it can leave a result beside them. */
    private JobEvent keptFound() {
        JobId other = s.submit(equal());
        s.store.cancel(other);
        s.store.redrive(other);
        s.complete(s.start(other));
        Kept kept = s.store.kept("default", StoreDriver.hash(flight)).orElseThrow();
        s.store.answer(List.of(new Hit(id, kept)));
        return new JobEvent.KeptFound(kept.state(), s.now());
    }

    private JobEvent claim() {
        var lease = new Lease(s.nextLease(), WORKER, s.now().plus(TTL));
        var want = new Want(Set.of(StoreDriver.TOOL), Set.of(), Set.of(id), 1);
        s.store.claim(new Claim(lease.id(), WORKER, TTL, List.of(want), Set.of()));
        return new JobEvent.Claimed(lease, s.now());
    }

    private JobEvent complete(Token token) {
        var completed = new JobEvent.Completed(token, s.now());
        end(token, How.COMPLETED, completed, null, new Succeeded(s.now(), token.attempt()));
        return completed;
    }

    private JobEvent fail(Token token, ErrorClass kind) {
        var error = new JobError(kind, "it failed");
        var failed = new JobEvent.Failed(token, s.now(), error, CHANCE);
        end(token, How.FAILED, failed, error, new Queued(s.now(), token.attempt(), 1));
        return failed;
    }

    private JobEvent snooze(Token token) {
        Instant until = s.now().plusSeconds(60);
        var snoozed = new JobEvent.Snoozed(token, until);
        end(token, How.SNOOZED, snoozed, null, new Queued(until, token.attempt(), 0));
        return snoozed;
    }

    private JobEvent release(Token token) {
        var released = new JobEvent.Released(token, s.now());
        end(token, How.RELEASED, released, null, new Queued(s.now(), token.attempt(), 0));
        return released;
    }

    /** Ends the attempt as the table says, or, where it says nothing, as a late worker would. */
    private void end(
            Token token, How how, JobEvent event, @Nullable JobError error, JobState otherwise) {
        JobState to = new Lifecycle(TWICE).next(s.state(id), event).orElse(otherwise);
        s.end(new End(token, how, to, WORKER, error, "", List.of()));
    }

    private JobEvent reclaim() {
        var lost = new JobEvent.LeaseLost(s.now(), CHANCE);
        Lease seen =
                s.store.leases().stream()
                        .filter(l -> l.id().equals(token().lease()))
                        .findFirst()
                        .orElseGet(() -> new Lease(token().lease(), WORKER, s.now()));
        s.store.reclaim(
                seen, r -> new Lifecycle(r.policy()).next(r.state(), lost).orElse(r.state()));
        return lost;
    }

    private Token token() {
        return claimed == null ? new Token(id, 1, s.nextLease()) : claimed.token();
    }

    private Token stale() {
        Token token = token();
        int other = token.attempt() > 1 ? token.attempt() - 1 : 2;
        return new Token(id, other, token.lease());
    }

    private Token foreign() {
        return new Token(id, token().attempt(), s.nextLease());
    }
}
