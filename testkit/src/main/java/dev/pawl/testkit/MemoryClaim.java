package dev.pawl.testkit;

import dev.pawl.core.Claim;
import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.JobEvent;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.JobState.Running;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Submission;
import dev.pawl.core.Token;
import dev.pawl.core.Upcoming;
import dev.pawl.testkit.MemoryJobs.Flight;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One claim on a {@link MemoryStore}, under the store's lock. */
final class MemoryClaim {
    private final MemoryJobs jobs;
    private final Claim claim;
    private final Function<String, QueueEntry> queues;
    private final Instant now;
    private final Lease lease;
    private final List<MemoryJob> taken = new ArrayList<>();
    private final Map<JobId, Claimed.Answerable> answerable = new LinkedHashMap<>();

    /** Whether a limit holds some of what was wanted. */
    private boolean heldBack;

    /**
     * @param queues the queue of a name
     */
    MemoryClaim(MemoryJobs jobs, Claim claim, Function<String, QueueEntry> queues, Instant now) {
        this.jobs = jobs;
        this.claim = claim;
        this.queues = queues;
        this.now = now;
        this.lease = new Lease(claim.lease(), claim.worker(), now.plus(claim.ttl()));
    }

    /** What there is to do now, or will be. */
    static Upcoming upcoming(MemoryJobs jobs, Instant now) {
        Instant due = jobs.later.isEmpty() ? Instant.MAX : jobs.later.first().runAt;
        Instant expiry =
                jobs.all.values().stream()
                        .filter(j -> j.expired(j.expiresAt))
                        .map(j -> j.expiresAt)
                        .min(Comparator.naturalOrder())
                        .orElse(Instant.MAX);
        return new Upcoming(now, !jobs.ready.isEmpty(), due, expiry);
    }

    /** What runs under a lease of this worker. */
    static List<ClaimedJob> under(MemoryJobs jobs, LeaseId id, String worker) {
        Lease lease = jobs.leases.get(id);
        if (lease == null || !lease.worker().equals(worker)) return List.of();
        return jobs.under(id).stream()
                .filter(j -> j.state instanceof Running)
                .map(j -> claimed(jobs, j))
                .toList();
    }

    Claimed take() {
        claim.spent().forEach(id -> forgetSpent(jobs.leases.get(id)));
        if (jobs.leases.containsKey(lease.id()))
            throw new IllegalArgumentException("lease " + lease.id() + " is in use");
        claim.wants().forEach(this::take);
        jobs.limits.served(taken);
        if (!taken.isEmpty()) jobs.leases.put(lease.id(), lease);
        List<ClaimedJob> leased =
                taken.stream().sorted(MemoryJob.CLAIM_ORDER).map(j -> claimed(jobs, j)).toList();
        return new Claimed(leased, List.copyOf(answerable.values()), nextDue());
    }

    private void take(Claim.Want want) {
        int left = want.max();
        for (MemoryJob job : left == 0 ? List.<MemoryJob>of() : inTurn(want)) {
            if (left == 0) return;
            if (answerable.containsKey(job.id)) continue;
            if (job.expired(now)) {
                jobs.expire(job, now);
                continue;
            }
            Optional<JobState> to = job.next(job.state, new JobEvent.Claimed(lease, now));
            if (to.isEmpty()) continue;
            if (room(job) == 0) {
                heldBack = true;
                continue;
            }
            if (isAnswerable(job)) {
                left--;
            } else if (!follows(job)) {
                jobs.move(job, to.get(), now);
                jobs.limits.started(job, queues.apply(job.submission.queue()), now);
                job.startedAt = now;
                taken.add(job);
                left--;
            }
        }
    }

    private List<MemoryJob> inTurn(Claim.Want want) {
        List<MemoryJob> wanted = jobs.ready.stream().filter(job -> wanted(want, job)).toList();
        List<MemoryJob> inTurn = jobs.limits.inTurn(wanted, this::room);
        heldBack |= inTurn.size() < wanted.size();
        return inTurn;
    }

    private int room(MemoryJob job) {
        QueueEntry queue = queues.apply(job.submission.queue());
        return jobs.limits.room(job, queue, jobs.held(), now);
    }

    /** Whether the job is compared with its equals now; its own flight's leader runs. */
    private boolean isCompared(MemoryJob job) {
        return job.submission.comparedAtClaim() && job.state.attempt() == 0 && !jobs.leads(job);
    }

    private boolean isAnswerable(MemoryJob job) {
        var flight = Flight.of(job.submission);
        if (!isCompared(job) || jobs.kept(flight, now).isEmpty()) return false;
        answerable.put(job.id, new Claimed.Answerable(job.id, flight.tenant(), flight.hash()));
        return true;
    }

    private boolean follows(MemoryJob job) {
        if (!isCompared(job)) return false;
        JobId leader = jobs.leader(job);
        if (leader.equals(job.id)) return false;
        jobs.join(job, leader, now);
        return true;
    }

    private boolean wanted(Claim.Want want, MemoryJob job) {
        Submission s = job.submission;
        return want.tools().contains(s.tool())
                && (want.queues().isEmpty() || want.queues().contains(s.queue()))
                && (want.only().isEmpty() || want.only().contains(job.id))
                && !queues.apply(s.queue()).paused();
    }

    private Instant nextDue() {
        Instant due = later();
        Instant held = heldBack ? jobs.limits.next(now) : Instant.MAX;
        return held.isBefore(due) ? held : due;
    }

    private Instant later() {
        return jobs.later.stream()
                .filter(j -> j.runAt.isAfter(now))
                .filter(j -> claim.wants().stream().anyMatch(w -> wanted(w, j)))
                .map(j -> j.runAt)
                .findFirst()
                .orElse(Instant.MAX);
    }

    private void forgetSpent(@Nullable Lease spent) {
        if (spent != null
                && spent.worker().equals(claim.worker())
                && jobs.under(spent.id()).isEmpty()) jobs.leases.remove(spent.id());
    }

    private static ClaimedJob claimed(MemoryJobs jobs, MemoryJob job) {
        var state = (Running) jobs.seen(job);
        var token = new Token(job.id, state.attempt(), state.lease().id());
        if (job.startedAt == null) throw new AssertionError("job " + job.id + " runs unstarted");
        return new ClaimedJob(token, job.submission, state, job.startedAt);
    }
}
