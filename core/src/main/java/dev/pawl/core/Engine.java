package dev.pawl.core;

import dev.pawl.core.AttemptEnd.How;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can be done with jobs: submits, claims and ends them, on any store. Decisions are {@link
 * Lifecycle}'s, writes are the {@link Store}'s, fenced by {@link Token}; the engine brings them
 * together, draws chance, and tells listeners after the commit. Thread-safe; every method blocks
 * for the store's I/O.
 */
public final class Engine implements Leases {
    private static final Logger log = LoggerFactory.getLogger(Engine.class);

    /** How long an event is kept at most, so that who listens can go on where it was cut off. */
    private static final Duration EVENTS_KEPT = Duration.ofDays(1);

    /** About 30 MB. */
    private static final long EVENTS_MAX = 1_000_000;

    private final Store store;
    private final Artifacts artifacts;
    private final RandomGenerator random;
    private final JobIds ids;
    private final List<EngineListener> listeners = new CopyOnWriteArrayList<>();
    private final Neighbours neighbours;

    /** Hands on to this process alone: what others said goes back to nobody. */
    private final EngineListener heard =
            new EngineListener() {
                @Override
                public void jobsReady() {
                    listeners.forEach(EngineListener::jobsReady);
                }

                @Override
                public void stopWanted(JobId id) {
                    listeners.forEach(listener -> listener.stopWanted(id));
                }

                @Override
                public void othersActed() {
                    listeners.forEach(EngineListener::othersActed);
                }
            };

    public Engine(Store store, Artifacts artifacts, Time time, RandomGenerator random) {
        this.store = store;
        this.artifacts = artifacts;
        this.random = random;
        this.ids = new JobIds(time, random);
        this.neighbours = store.neighbours();
    }

    /** Adds a listener until {@link #unlisten}. */
    @Override
    public void listen(EngineListener listener) {
        listeners.add(listener);
        neighbours.hear(heard);
    }

    @Override
    public void unlisten(EngineListener listener) {
        listeners.remove(listener);
    }

    public Store store() {
        return store;
    }

    /** Stores one job durably. */
    public Submitted submit(Submission submission) {
        return submit(List.of(submission)).getFirst();
    }

    /** Stores jobs durably, in one commit; a bad one is refused alone. Answers are in order. */
    public List<Submitted> submit(List<Submission> submissions) {
        List<Submitted> answers = stored(jobs(submissions));
        if (answers.stream().anyMatch(a -> a instanceof Submitted.Accepted(_, JobState.Queued _)))
            tell(EngineListener::jobsReady);
        for (Submitted answer : answers)
            if (answer instanceof Submitted.Accepted(var id, var state) && state.ended())
                tell(l -> l.jobEnded(id));
        return answers;
    }

    /** What a submit of these would store, for {@link Transactions#submit}. */
    public List<NewJob> jobs(List<Submission> submissions) {
        var jobs = new ArrayList<NewJob>(submissions.size());
        for (Submission submission : submissions) {
            Optional<Kept> kept =
                    submission.sharesFlight()
                            ? verified(submission.tenant(), submission.key().hash())
                            : Optional.empty();
            jobs.add(new NewJob(ids.next(), submission, kept.orElse(null)));
        }
        return jobs;
    }

    /** Lets workers of this program look for jobs now: somebody else's transaction brought some. */
    public void wake() {
        tell(EngineListener::jobsReady);
    }

    /**
     * The kept result for this input, once its artifacts have been read again and found whole. A
     * broken one is forgotten.
     */
    public Optional<Kept> verified(String tenant, String hash) {
        Optional<Kept> kept = store.kept(tenant, hash);
        if (kept.isEmpty() || kept.get().artifacts().stream().allMatch(artifacts::verify))
            return kept;
        log.warn("kept result of job {} is damaged: forgotten", kept.get().job());
        store.dropKept(tenant, hash, kept.get().job());
        return Optional.empty();
    }

    /**
     * Leases due jobs. Those that it calls answerable are to be handed to {@link #answer}: else
     * nobody runs them.
     *
     * @see Store#claim
     */
    @Override
    public Claimed claim(Claim claim) {
        Claimed claimed = store.claim(claim);
        if (!claimed.jobs().isEmpty()) tell(l -> l.claimed(claimed.jobs()));
        return claimed;
    }

    /**
     * Ends due jobs with the result that is kept of their input, read again as at a submit; where
     * it turns out damaged, or is gone, the next claim runs them. Reads whole files: start first
     * what the same claim leased.
     */
    @Override
    public void answer(List<Claimed.Answerable> due) {
        record Key(String tenant, String hash) {}
        var known = new HashMap<Key, Optional<Kept>>();
        var hits = new ArrayList<Hit>();
        for (Claimed.Answerable job : due)
            known.computeIfAbsent(
                            new Key(job.tenant(), job.hash()), k -> verified(k.tenant, k.hash))
                    .ifPresent(kept -> hits.add(new Hit(job.job(), kept)));
        if (hits.isEmpty()) return;
        List<JobId> answered = store.answer(hits);
        for (JobId id : answered) tell(l -> l.jobEnded(id));
        // An answered parent may have freed a child.
        if (!answered.isEmpty()) tell(EngineListener::jobsReady);
    }

    /** The write that ends this attempt as its outcome says. */
    public End ending(ClaimedJob job, String worker, Outcome outcome) {
        return ending(job, worker, outcome, store.now());
    }

    private End ending(ClaimedJob job, String worker, Outcome outcome, Instant now) {
        return switch (outcome) {
            case Outcome.Succeeded(var output, var files) ->
                    end(
                            job,
                            new JobEvent.Completed(job.token(), now),
                            new Left(How.COMPLETED, worker, null, output, files));
            case Outcome.Failed(var error, var files) ->
                    end(
                            job,
                            new JobEvent.Failed(job.token(), now, error, random.nextDouble()),
                            new Left(How.FAILED, worker, error, "", files));
            case Outcome.Snoozed(var delay, var why) ->
                    end(
                            job,
                            new JobEvent.Snoozed(job.token(), now.plus(delay)),
                            new Left(How.SNOOZED, worker, null, why, List.of()));
        };
    }

    /** The write that gives this attempt back without a failure, as when the worker drains. */
    public End release(ClaimedJob job, String worker) {
        return release(job, worker, store.now());
    }

    private End release(ClaimedJob job, String worker, Instant now) {
        return end(
                job,
                new JobEvent.Released(job.token(), now),
                new Left(How.RELEASED, worker, null, "", List.of()));
    }

    /** Ends attempts in one commit. Answers are in order. */
    @Override
    public List<Written> end(String worker, List<Report> reports) {
        // A store may be far away: it is asked once.
        Instant now = store.now();
        var ends = new ArrayList<End>(reports.size());
        for (Report report : reports) ends.add(end(worker, report, now));
        return end(ends);
    }

    private End end(String worker, Report report, Instant now) {
        return switch (report) {
            case Report.Ended(var job, var outcome) -> ending(job, worker, outcome, now);
            case Report.GivenBack(var job) -> release(job, worker, now);
        };
    }

    /** Ends attempts in one commit. Answers are in order. */
    public List<Written> end(List<End> ends) {
        List<Written> answers = store.end(ends);
        ended(ends, answers);
        return answers;
    }

    /** Tells how attempts ended, after the commit of whatever transaction ended them. */
    public void ended(List<End> ends, List<Written> answers) {
        boolean readied = false;
        for (int i = 0; i < ends.size(); i++) {
            End end = ends.get(i);
            Written written = answers.get(i);
            tell(l -> l.attemptEnded(end, written));
            if (!(written instanceof Written.Done done)) continue;
            JobState to = end.to();
            readied |= done.readied() || to instanceof JobState.Queued;
            if (to.ended()) {
                JobId id = end.token().job();
                tell(l -> l.jobEnded(id));
            }
        }
        if (readied) tell(EngineListener::jobsReady);
    }

    @Override
    public Instant now() {
        return store.now();
    }

    @Override
    public void register(WorkerEntry worker) {
        store.register(worker);
    }

    @Override
    public void unregister(String worker) {
        store.unregister(worker);
    }

    @Override
    public Upcoming upcoming() {
        return store.upcoming();
    }

    @Override
    public int promote(int max) {
        return store.promote(max);
    }

    @Override
    public List<ClaimedJob> claimed(LeaseId lease, String worker) {
        return store.claimed(lease, worker);
    }

    @Override
    public Renewed renew(Renewal renewal) {
        return store.renew(renewal);
    }

    @Override
    public Written progress(Token token, Progress progress) {
        return store.progress(token, progress);
    }

    @Override
    public Written log(Token token, List<LogLine> lines) {
        return store.log(token, lines);
    }

    @Override
    public Written stopped(Token token) {
        return store.stopped(token);
    }

    /**
     * Takes back a lease that was seen unchanged for its whole time. Answers how many jobs moved.
     *
     * @see Store#reclaim
     */
    public int reclaim(Lease seen) {
        // The store may ask more than once, and each job has a chance of its own: a seed for all.
        Instant now = store.now();
        long seed = random.nextLong();
        int moved = store.reclaim(seen, job -> afterLoss(job, now, seed));
        if (moved > 0) tell(EngineListener::jobsReady);
        return moved;
    }

    /**
     * Ends the leases of a worker that is known to be dead, and forgets it; answers how many of its
     * jobs go on elsewhere. One that lives after all can't write about them any more.
     */
    public int forfeit(String worker) {
        store.forfeit(worker);
        int moved = 0;
        for (Lease lease : store.leases())
            if (lease.worker().equals(worker)) moved += reclaim(lease);
        store.resign(worker);
        store.unregister(worker);
        return moved;
    }

    /** Cancels a job; answers its state before, or empty when there is no such job. */
    public Optional<JobState> cancel(JobId id) {
        Optional<JobState> before = store.cancel(id);
        if (before.isEmpty() || before.get().ended()) return before;
        if (before.get() instanceof JobState.Running) tell(l -> l.stopWanted(id));
        tell(l -> l.jobEnded(id));
        // A cancelled leader may have promoted a follower, a cancelled parent freed a child.
        tell(EngineListener::jobsReady);
        return before;
    }

    /** Sends a dead or cancelled job back to its queue. */
    public Optional<JobState> redrive(JobId id) {
        return redrive(id, Instant.EPOCH);
    }

    /** The same, to start at that moment at the earliest. */
    public Optional<JobState> redrive(JobId id, Instant notBefore) {
        Optional<JobState> before = store.redrive(id, notBefore.truncatedTo(ChronoUnit.MILLIS));
        tell(EngineListener::jobsReady);
        return before;
    }

    /**
     * Removes artifacts and input files that no stored job names, nor anything that an attempt
     * under way may have put.
     *
     * @param grace how long ago they were put at least, so that whoever is about to submit a job
     *     with them has time to
     */
    public Artifacts.Pruned pruneArtifacts(Duration grace) {
        Instant before = store.now().minus(grace);
        JobFilter running = JobFilter.ALL.withStates(Set.of(JobState.Name.RUNNING));
        String after = "";
        while (true) {
            List<Job> page = store.list(running, after, 1_000);
            for (Job job : page) {
                Instant startedAt = job.startedAt().orElse(before);
                if (startedAt.isBefore(before)) before = startedAt;
            }
            if (page.size() < 1_000) break;
            after = page.getLast().id().toString();
        }
        return artifacts.prune(before, store::unreferenced);
    }

    /** The chores that time brings, a bounded bite of each; answers whether more is due. */
    public boolean tick(int max) {
        Upcoming upcoming = store.upcoming();
        int promoted = upcoming.isDue() ? store.promote(max) : 0;
        int expired = upcoming.isExpired() ? store.expire(max) : 0;
        int swept = store.sweep(max);
        if (promoted + swept > 0) tell(EngineListener::jobsReady);
        boolean events = store.pruneEvents(upcoming.now().minus(EVENTS_KEPT), EVENTS_MAX, max);
        return promoted == max || expired == max || swept == max || events;
    }

    private List<Submitted> stored(List<NewJob> jobs) {
        try {
            return store.submit(jobs);
        } catch (PawlException e) {
            if (e.code() != ErrorCode.STORE_UNAVAILABLE) throw e;
            // Nobody knows whether the commit took place: whoever asks again finds out by the ids.
            var states = store.states(jobs.stream().map(NewJob::id).toList());
            if (states.isEmpty()) throw e;
            return jobs.stream().map(j -> found(j.id(), states.get(j.id()))).toList();
        }
    }

    private static Submitted found(JobId id, @Nullable JobState state) {
        return state == null
                ? new Submitted.Refused(
                        ErrorCode.STORE_UNAVAILABLE,
                        "job " + id + " was not stored; submit it again")
                : new Submitted.Accepted(id, state);
    }

    private static JobState afterLoss(Reclaimed job, Instant now, long seed) {
        long mine = seed ^ job.token().job().value().getLeastSignificantBits();
        var lost = new JobEvent.LeaseLost(now, new SplittableRandom(mine).nextDouble());
        return new Lifecycle(job.policy()).next(job.state(), lost).orElse(job.state());
    }

    private static End end(ClaimedJob job, JobEvent event, Left left) {
        JobState to =
                new Lifecycle(job.submission().retry())
                        .next(job.state(), event)
                        .orElseThrow(() -> new IllegalStateException(event + " in " + job.state()));
        return new End(
                job.token(), left.how, to, left.worker, left.error, left.output, left.artifacts);
    }

    private void tell(Consumer<EngineListener> what) {
        listeners.forEach(what);
        what.accept(neighbours.others());
    }

    /** What an attempt leaves behind. */
    private record Left(
            How how,
            String worker,
            @Nullable JobError error,
            String output,
            List<Artifact> artifacts) {}
}
