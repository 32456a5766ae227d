package dev.pawl.core;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** One of each state and event, by the name that a reader of the table would use. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final RetryPolicy THREE =
            new RetryPolicy(3, Duration.ofSeconds(1), Duration.ofMinutes(5), Map.of());
    static final JobId JOB = new JobId(new UUID(7L << 12, 1));
    static final Lease LEASE = new Lease(new LeaseId(new UUID(1, 1)), "w1", NOW.plusSeconds(30));
    static final Lease OTHER = new Lease(new LeaseId(new UUID(2, 2)), "w2", NOW.plusSeconds(30));
    static final Token HELD = new Token(JOB, 2, LEASE.id());
    static final Instant OVER = LEASE.until();

    private Samples() {}

    static Map<String, JobState> states() {
        var states = new LinkedHashMap<String, JobState>();
        states.put("waiting for parents", new JobState.Waiting(Set.of(JOB), false));
        states.put("waiting as a follower", new JobState.Waiting(Set.of(JOB), true));
        states.put("queued", new JobState.Queued(NOW, 0, 0));
        states.put("queued again", new JobState.Queued(NOW, 1, 0));
        states.put("queued for later", new JobState.Queued(NOW.plusSeconds(60), 1, 0));
        states.put("queued after a failure", new JobState.Queued(NOW, 1, 1));
        states.put("running", new JobState.Running(LEASE, 2, 1));
        states.put("running, last chance", new JobState.Running(LEASE, 2, 2));
        states.put("succeeded", new JobState.Succeeded(NOW, 2));
        states.put("dead", new JobState.Dead(NOW, 2, ErrorClass.PERMANENT));
        states.put("cancelled", new JobState.Cancelled(NOW, 2));
        return states;
    }

    static Map<String, JobEvent> events() {
        var events = new LinkedHashMap<String, JobEvent>();
        events.put("parents ended", new JobEvent.ParentsEnded(NOW));
        events.put("a parent failed", new JobEvent.ParentFailed(NOW));
        events.put("leader succeeded", new JobEvent.Answered(new JobState.Succeeded(NOW, 1)));
        events.put(
                "leader ended by a kept error",
                new JobEvent.Answered(new JobState.Dead(NOW, 1, ErrorClass.USER)));
        events.put("promoted", new JobEvent.Promoted(NOW));
        events.put("claimed", new JobEvent.Claimed(LEASE, NOW));
        events.put("an equal one runs", new JobEvent.Joined(JOB));
        events.put(
                "a kept result found", new JobEvent.KeptFound(new JobState.Succeeded(NOW, 1), NOW));
        events.put(
                "a kept error found",
                new JobEvent.KeptFound(new JobState.Dead(NOW, 1, ErrorClass.USER), NOW));
        events.put("completed", new JobEvent.Completed(HELD, NOW));
        events.put(
                "completed by a stale attempt",
                new JobEvent.Completed(new Token(JOB, 1, LEASE.id()), NOW));
        events.put(
                "completed under another lease",
                new JobEvent.Completed(new Token(JOB, 2, OTHER.id()), NOW));
        for (ErrorClass kind : ErrorClass.values())
            events.put(
                    "failed: " + kind.wire(),
                    new JobEvent.Failed(HELD, NOW, new JobError(kind, "no"), 0.5));
        events.put(
                "failed by a stale attempt",
                new JobEvent.Failed(
                        new Token(JOB, 1, LEASE.id()),
                        NOW,
                        new JobError(ErrorClass.TRANSIENT, "no"),
                        0.5));
        events.put("snoozed", new JobEvent.Snoozed(HELD, NOW.plusSeconds(9)));
        events.put("released", new JobEvent.Released(HELD, NOW));
        events.put("lease lost", new JobEvent.LeaseLost(OVER, 0.5));
        events.put("lease lost too early", new JobEvent.LeaseLost(OVER.minusMillis(1), 0.5));
        events.put("cancel requested", new JobEvent.CancelRequested(NOW));
        events.put("expired", new JobEvent.Expired(NOW));
        events.put("redriven", new JobEvent.Redriven(NOW));
        return events;
    }
}
