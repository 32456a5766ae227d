package dev.pawl.core;

import dev.pawl.core.ErrorClass.Treatment;
import dev.pawl.core.JobEvent.Answered;
import dev.pawl.core.JobEvent.CancelRequested;
import dev.pawl.core.JobEvent.Claimed;
import dev.pawl.core.JobEvent.Completed;
import dev.pawl.core.JobEvent.Expired;
import dev.pawl.core.JobEvent.Failed;
import dev.pawl.core.JobEvent.Joined;
import dev.pawl.core.JobEvent.KeptFound;
import dev.pawl.core.JobEvent.LeaseLost;
import dev.pawl.core.JobEvent.ParentFailed;
import dev.pawl.core.JobEvent.ParentsEnded;
import dev.pawl.core.JobEvent.Promoted;
import dev.pawl.core.JobEvent.Redriven;
import dev.pawl.core.JobEvent.Released;
import dev.pawl.core.JobEvent.Snoozed;
import dev.pawl.core.JobState.Cancelled;
import dev.pawl.core.JobState.Dead;
import dev.pawl.core.JobState.Queued;
import dev.pawl.core.JobState.Running;
import dev.pawl.core.JobState.Succeeded;
import dev.pawl.core.JobState.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The life of a job as one pure table: in this state, that event leads there, or nowhere.
 *
 * <p>Every store repeats each row as a guarded statement; {@code StoreContract} runs all pairs
 * through both and fails where they differ. {@code docs/lifecycle.md} is generated from it.
 */
public record Lifecycle(RetryPolicy policy) {
    /** The state that follows, or empty when the event doesn't concern a job in this state. */
    public Optional<JobState> next(JobState state, JobEvent event) {
        return switch (state) {
            case Waiting s -> fromWaiting(s, event);
            case Queued s -> fromQueued(s, event);
            case Running s -> fromRunning(s, event);
            case Succeeded _ -> ignored();
            case Dead s -> fromEnded(s.attempt(), event);
            case Cancelled s -> fromEnded(s.attempt(), event);
        };
    }

    private static Optional<JobState> fromWaiting(Waiting state, JobEvent event) {
        return switch (event) {
            case ParentsEnded e -> state.follower() ? ignored() : to(new Queued(e.at(), 0, 0));
            case ParentFailed e -> state.follower() ? ignored() : to(new Cancelled(e.at(), 0));
            case Answered e -> state.follower() ? answered(e.leader()) : ignored();
            case Promoted e -> state.follower() ? to(new Queued(e.at(), 0, 0)) : ignored();
            case CancelRequested e -> to(new Cancelled(e.at(), 0));
            case Expired e -> to(new Dead(e.at(), 0, ErrorClass.EXPIRED));
            case Claimed _, Completed _, Failed _, Snoozed _, Released _, LeaseLost _, Redriven _ ->
                    ignored();
            case Joined _, KeptFound _ -> ignored();
        };
    }

    private static Optional<JobState> fromQueued(Queued state, JobEvent event) {
        return switch (event) {
            case Claimed e ->
                    e.at().isBefore(state.runAt())
                            ? ignored()
                            : to(new Running(e.lease(), state.attempt() + 1, state.failures()));
            case Joined e ->
                    state.attempt() > 0 ? ignored() : to(new Waiting(Set.of(e.leader()), true));
            case KeptFound e ->
                    state.attempt() > 0 || e.at().isBefore(state.runAt())
                            ? ignored()
                            : answered(e.kept(), e.at());
            case CancelRequested e -> to(new Cancelled(e.at(), state.attempt()));
            case Expired e ->
                    state.failures() > 0
                            ? ignored()
                            : to(new Dead(e.at(), state.attempt(), ErrorClass.EXPIRED));
            case ParentsEnded _, ParentFailed _, Answered _, Promoted _ -> ignored();
            case Completed _, Failed _, Snoozed _, Released _, LeaseLost _, Redriven _ -> ignored();
        };
    }

    private Optional<JobState> fromRunning(Running state, JobEvent event) {
        return switch (event) {
            case Completed e ->
                    holds(state, e.token())
                            ? to(new Succeeded(e.at(), state.attempt()))
                            : ignored();
            case Failed e ->
                    holds(state, e.token())
                            ? to(afterError(state, e.error(), e.at(), e.chance()))
                            : ignored();
            case Snoozed e ->
                    holds(state, e.token())
                            ? to(new Queued(e.until(), state.attempt(), state.failures()))
                            : ignored();
            case Released e ->
                    holds(state, e.token())
                            ? to(new Queued(e.at(), state.attempt(), state.failures()))
                            : ignored();
            case LeaseLost e ->
                    e.at().isBefore(state.lease().until())
                            ? ignored()
                            : to(afterError(state, leaseLost(state), e.at(), e.chance()));
            case CancelRequested e -> to(new Cancelled(e.at(), state.attempt()));
            case ParentsEnded _, ParentFailed _, Answered _, Promoted _ -> ignored();
            case Claimed _, Expired _, Redriven _ -> ignored();
            case Joined _, KeptFound _ -> ignored();
        };
    }

    private static Optional<JobState> fromEnded(int attempt, JobEvent event) {
        return switch (event) {
            case Redriven e -> to(new Queued(e.at(), attempt, 0));
            case ParentsEnded _, ParentFailed _, Answered _, Promoted _ -> ignored();
            case Claimed _, Completed _, Failed _, Snoozed _, Released _, LeaseLost _ -> ignored();
            case CancelRequested _, Expired _ -> ignored();
            case Joined _, KeptFound _ -> ignored();
        };
    }

    private static Optional<JobState> answered(JobState leader) {
        return switch (leader) {
            case Succeeded s -> answered(s, s.at());
            case Dead s -> answered(s, s.at());
            case Waiting _, Queued _, Running _, Cancelled _ -> ignored();
        };
    }

    private static Optional<JobState> answered(JobState leader, Instant at) {
        return switch (leader) {
            case Succeeded _ -> to(new Succeeded(at, 0));
            case Dead s -> to(new Dead(at, 0, s.kind()));
            case Waiting _, Queued _, Running _, Cancelled _ -> ignored();
        };
    }

    private JobState afterError(Running state, JobError error, Instant at, double chance) {
        Treatment treatment = policy.treatment(error.kind());
        int failures = state.failures() + (treatment == Treatment.WAIT ? 0 : 1);
        if (treatment == Treatment.DIE
                || (treatment == Treatment.RETRY && failures >= policy.attempts()))
            return new Dead(at, state.attempt(), error.kind());
        // An uncounted wait grows with the attempts: its failures stand still.
        int step = treatment == Treatment.WAIT ? state.attempt() : failures;
        Duration wait = policy.backoff(step, treatment, chance);
        Duration asked = error.notBefore();
        Instant runAt = at.plus(wait.compareTo(asked) < 0 ? asked : wait);
        return new Queued(runAt, state.attempt(), failures);
    }

    /** The error of an attempt whose lease was taken back. */
    static JobError leaseLost(Running state) {
        return new JobError(
                ErrorClass.LEASE_LOST,
                "lease lost: worker \"%s\" did not renew it until %s"
                        .formatted(state.lease().worker(), state.lease().until()));
    }

    private static boolean holds(Running state, Token token) {
        return token.attempt() == state.attempt() && token.lease().equals(state.lease().id());
    }

    private static Optional<JobState> to(JobState state) {
        return Optional.of(state);
    }

    private static Optional<JobState> ignored() {
        return Optional.empty();
    }
}
