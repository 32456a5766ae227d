package dev.pawl.testkit;

import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.AttemptEnd.How;
import dev.pawl.core.Claim;
import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Count;
import dev.pawl.core.End;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Events;
import dev.pawl.core.Found;
import dev.pawl.core.Hit;
import dev.pawl.core.Job;
import dev.pawl.core.JobError;
import dev.pawl.core.JobEvent;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.JobState.Running;
import dev.pawl.core.Kept;
import dev.pawl.core.KeptEntry;
import dev.pawl.core.Lead;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.LimitEntry;
import dev.pawl.core.LogLine;
import dev.pawl.core.NewJob;
import dev.pawl.core.PastJob;
import dev.pawl.core.Progress;
import dev.pawl.core.Pruned;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Reclaimed;
import dev.pawl.core.Renewal;
import dev.pawl.core.Renewed;
import dev.pawl.core.Standing;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.Tally;
import dev.pawl.core.Time;
import dev.pawl.core.Token;
import dev.pawl.core.Upcoming;
import dev.pawl.core.WorkerEntry;
import dev.pawl.core.Written;
import dev.pawl.testkit.MemoryJobs.Flight;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A store that forgets everything with its process: for tests. It passes {@link StoreContract} as
 * every other does. One lock around each call makes it one transaction; nothing in a call fails
 * once the first change is made. Thread-safe; never blocks but for the lock.
 */
public final class MemoryStore implements Store {
    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private final MemoryJobs jobs = new MemoryJobs();
    private final MemoryKnown known = new MemoryKnown();
    private final TreeMap<String, QueueEntry> queues = new TreeMap<>();
    private final TreeMap<String, WorkerEntry> workers = new TreeMap<>();
    private final MemoryLeads leads = new MemoryLeads();

    public MemoryStore(Time time) {
        this.time = time;
    }

    @Override
    public Instant now() {
        return time.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    // ---- Submit

    @Override
    public List<Submitted> submit(List<NewJob> asked) {
        return locked(() -> asked.stream().map(this::submit).toList());
    }

    private Submitted submit(NewJob asked) {
        Submission s = asked.submission();
        Optional<Submitted> before = known.answer(s);
        if (before.isPresent()) return before.get();
        if (jobs.all.containsKey(asked.id())) return new Submitted.Existing(asked.id());
        if (s.by() != null && !jobs.holds(s.by()))
            return new Submitted.Refused(ErrorCode.LEASE_LOST, jobs.lost(s.by()));
        Optional<JobId> missing =
                s.parents().stream().filter(p -> !jobs.all.containsKey(p)).findAny();
        if (missing.isPresent())
            return new Submitted.Refused(
                    ErrorCode.PARENT_NOT_FOUND,
                    "parent %s does not exist; submit it first".formatted(missing.get()));
        QueueEntry queue = queue(s.queue());
        if (asked.answer().isEmpty() && jobs.unfinishedIn(s.queue()) >= queue.depthMax())
            return MemoryJobs.full(queue);
        known.note(asked.id(), s);
        queues.put(queue.name(), queue);
        MemoryJob job = jobs.insert(asked, now());
        return new Submitted.Accepted(job.id, jobs.seen(job));
    }

    @Override
    public Optional<Kept> kept(String tenant, String hash) {
        return locked(() -> jobs.kept(new Flight(tenant, hash), now()));
    }

    @Override
    public List<KeptEntry> keptResults(String tool, String after, int limit) {
        MemorySearch.requirePage(limit);
        JobFilter filter = JobFilter.ALL.withTool(tool);
        return locked(() ->
                jobs.page(after)
                        .filter(j -> j.matches(filter))
                        .flatMap(j ->
                                jobs.kept(Flight.of(j.submission), now()).stream()
                                        .filter(k -> k.job().equals(j.id))
                                        .map(k -> MemoryJobs.entry(j, k)))
                        .limit(limit)
                        .toList());
    }

    @Override
    public void dropKept(String tenant, String hash, JobId job) {
        run(() ->
                jobs.kept.computeIfPresent(
                        new Flight(tenant, hash), (_, k) -> k.job().equals(job) ? null : k));
    }

    @Override
    public int pruneKept(Instant until) {
        return locked(() -> {
            int before = jobs.kept.size();
            jobs.kept.values().removeIf(k -> k.until().isBefore(until));
            return before - jobs.kept.size();
        });
    }

    // ---- Claim and run

    @Override
    public Claimed claim(Claim claim) {
        return locked(() -> new MemoryClaim(jobs, claim, this::queue, now()).take());
    }

    @Override
    public List<JobId> answer(List<Hit> hits) {
        return locked(() -> {
            Instant now = now();
            return hits.stream().filter(hit -> jobs.answer(hit, now)).map(Hit::job).toList();
        });
    }

    @Override
    public List<ClaimedJob> claimed(LeaseId lease, String worker) {
        return locked(() -> MemoryClaim.under(jobs, lease, worker));
    }

    @Override
    public Renewed renew(Renewal renewal) {
        return locked(() -> {
            Instant now = now();
            workers.computeIfPresent(renewal.worker(), (_, w) -> w.withSeenAt(now));
            var standing = new HashSet<LeaseId>();
            var stop = new HashSet<Token>();
            for (var id : renewal.held()) {
                Lease lease = jobs.leases.get(id);
                if (lease == null || !lease.worker().equals(renewal.worker())) continue;
                Instant until = now.plus(renewal.ttl());
                jobs.leases.put(id, new Lease(id, lease.worker(), until));
                standing.add(id);
                for (MemoryJob job : jobs.under(id))
                    if (job.stopping != null) stop.add(job.stopping);
            }
            WorkerEntry worker = workers.get(renewal.worker());
            return new Renewed(standing, stop, worker != null && worker.draining());
        });
    }

    @Override
    public Written progress(Token token, Progress progress) {
        return fenced(
                token,
                job -> {
                    job.progress = progress;
                    jobs.said(job, now());
                    return false;
                });
    }

    @Override
    public Written log(Token token, List<LogLine> lines) {
        return fenced(
                token,
                job -> {
                    for (LogLine line : lines)
                        job.logs.putIfAbsent(new MemoryJob.Line(line.attempt(), line.seq()), line);
                    if (!lines.isEmpty()) jobs.said(job, now());
                    return false;
                });
    }

    @Override
    public List<Written> end(List<End> ends) {
        for (End end : ends)
            if (end.to() instanceof Running || end.to() instanceof JobState.Waiting)
                throw new IllegalArgumentException("an attempt can't end in " + end.to());
        return locked(() -> ends.stream().map(e -> fenced(e.token(), j -> end(j, e))).toList());
    }

    private boolean end(MemoryJob job, End end) {
        Instant now = now();
        String why = end.how() == How.SNOOZED ? end.output() : "";
        if (end.how() != How.COMPLETED)
            job.history.add(
                    MemoryJobs.line(job, end.how(), end.worker(), end.jobError(), why, now));
        end.artifacts().forEach(a -> job.artifacts.put(a.name(), a));
        if (end.to().ended()) {
            String message = end.error().map(JobError::message).orElse("");
            String output = end.how() == How.COMPLETED ? end.output() : message;
            return jobs.finish(job, end.to(), output, now);
        }
        job.progress = null;
        jobs.move(job, end.to(), now);
        return false;
    }

    @Override
    public Written stopped(Token token) {
        return locked(() -> {
            MemoryJob job = jobs.all.get(token.job());
            if (job == null || !token.equals(job.stopping))
                return new Written.LeaseLost(
                        "job %s: attempt %d is not being stopped"
                                .formatted(token.job(), token.attempt()));
            jobs.released(job);
            return new Written.Done(true);
        });
    }

    /** Runs the write if the token holds the job, else says why it doesn't. */
    private Written fenced(Token token, Function<MemoryJob, Boolean> write) {
        return locked(() -> {
            MemoryJob job = jobs.all.get(token.job());
            if (job == null || !token.equals(job.token()))
                return new Written.LeaseLost(jobs.lost(token));
            return new Written.Done(write.apply(job));
        });
    }

    // ---- Time passes

    @Override
    public Upcoming upcoming() {
        return locked(() -> MemoryClaim.upcoming(jobs, now()));
    }

    @Override
    public Lead lead(String duty, String holder, Duration ttl, Optional<Lead> stale) {
        return locked(() -> leads.take(duty, holder, ttl, stale, now()));
    }

    @Override
    public void resign(String holder) {
        run(() -> leads.resign(holder));
    }

    @Override
    public int promote(int max) {
        return locked(() -> jobs.promote(max, now()));
    }

    @Override
    public int expire(int max) {
        return locked(() -> {
            Instant now = now();
            int ended = 0;
            List<MemoryJob> over =
                    jobs.all.values().stream()
                            .filter(j -> j.expired(now))
                            .sorted(MemoryJob.EXPIRY_ORDER)
                            .toList();
            for (MemoryJob job : over) {
                if (ended == max) break;
                // One that ended before has taken it along, as a parent does its child.
                if (!job.expired(now)) continue;
                jobs.expire(job, now);
                ended++;
            }
            return ended;
        });
    }

    @Override
    public List<Lease> leases() {
        return locked(() ->
                jobs.leases.values().stream().sorted(Comparator.comparing(Lease::until)).toList());
    }

    @Override
    public void forfeit(String worker) {
        run(() -> {
            Instant now = now();
            jobs.leases.replaceAll((id, lease) ->
                    lease.worker().equals(worker) && lease.until().isAfter(now)
                            ? new Lease(id, worker, now)
                            : lease);
        });
    }

    @Override
    public int reclaim(Lease seen, Function<Reclaimed, JobState> decide) {
        return locked(() -> {
            Instant now = now();
            if (!seen.equals(jobs.leases.get(seen.id())) || now.isBefore(seen.until())) return 0;
            // All decisions before the first change: one that throws changes nothing.
            var moves = new LinkedHashMap<MemoryJob, JobState>();
            for (MemoryJob job : jobs.under(seen.id()))
                if (job.state instanceof Running) moves.put(job, decide.apply(jobs.reclaimed(job)));
            moves.values().removeIf(to -> to instanceof Running);
            moves.forEach((job, to) -> jobs.lose(job, seen, to, now));
            for (MemoryJob job : jobs.under(seen.id()))
                if (job.stopping != null) jobs.released(job);
            if (jobs.under(seen.id()).isEmpty()) jobs.leases.remove(seen.id());
            return moves.size();
        });
    }

    /** Answers 0: under the one lock everybody is told at once. */
    @Override
    public int sweep(int max) {
        return 0;
    }

    // ---- From outside

    @Override
    public Optional<JobState> cancel(JobId id) {
        return found(
                id,
                job -> {
                    Instant now = now();
                    Optional<JobState> to = job.next(job.state, new JobEvent.CancelRequested(now));
                    if (to.isEmpty()) return;
                    if (job.state instanceof Running running) {
                        String worker = running.lease().worker();
                        job.history.add(MemoryJobs.line(job, How.CANCELLED, worker, null, "", now));
                        job.stopping = job.token();
                    }
                    jobs.finish(job, to.get(), "", now);
                });
    }

    @Override
    public Optional<JobState> redrive(JobId id, Instant notBefore) {
        return found(
                id,
                job -> {
                    Instant runAt = notBefore.isAfter(now()) ? notBefore : now();
                    if (job.stopping == null)
                        job.next(job.state, new JobEvent.Redriven(runAt))
                                .ifPresent(to -> jobs.revive(job, to, runAt, now()));
                });
    }

    @Override
    public Optional<JobState> discard(JobId id) {
        return found(id, job -> jobs.discard(job, now()));
    }

    @Override
    public Pruned prune(Map<JobState.Name, Instant> until, String after, int max) {
        return locked(() -> jobs.prune(until, after, max, now()));
    }

    /** Runs the change on the job; answers the state before. */
    private Optional<JobState> found(JobId id, Consumer<MemoryJob> change) {
        return locked(() -> {
            MemoryJob job = jobs.all.get(id);
            if (job == null) return Optional.empty();
            JobState before = jobs.seen(job);
            change.accept(job);
            return Optional.of(before);
        });
    }

    @Override
    public Set<JobId> adopt(List<PastJob> past) {
        return locked(() -> {
            for (PastJob job : past)
                queues.putIfAbsent(job.submission().queue(), queue(job.submission().queue()));
            return jobs.adopt(past, now());
        });
    }

    // ---- Look

    @Override
    public Optional<Job> find(JobId id) {
        return locked(() -> job(id).map(j -> j.view(jobs.seen(j))));
    }

    @Override
    public Map<JobId, JobState> states(Collection<JobId> ids) {
        return locked(() -> {
            var states = new HashMap<JobId, JobState>();
            for (JobId id : ids) {
                MemoryJob job = jobs.all.get(id);
                if (job != null) states.put(id, jobs.seen(job));
            }
            return states;
        });
    }

    @Override
    public List<Job> list(JobFilter filter, String after, int limit) {
        MemorySearch.requirePage(limit);
        return locked(() ->
                jobs.page(after)
                        .filter(j -> j.matches(filter))
                        .limit(limit)
                        .map(j -> j.brief(jobs.seen(j)))
                        .toList());
    }

    @Override
    public Found search(JobFilter filter, String after, int limit, int lookMax) {
        return locked(() -> new MemorySearch(jobs.page(after), filter, lookMax).found(limit, jobs));
    }

    @Override
    public Tally count(JobFilter filter, int max, int lookMax) {
        return locked(() -> new MemorySearch(jobs.page(""), filter, lookMax).counted(max));
    }

    @Override
    public List<AttemptEnd> history(JobId id) {
        return locked(() -> job(id).map(j -> List.copyOf(j.history)).orElse(List.of()));
    }

    @Override
    public List<LogLine> logs(JobId id, int afterAttempt, long afterSeq, int limit) {
        var after = new MemoryJob.Line(afterAttempt, afterSeq);
        return locked(() ->
                job(id).stream()
                        .flatMap(j -> j.logs.tailMap(after, false).values().stream())
                        .limit(limit)
                        .toList());
    }

    @Override
    public List<Artifact> artifacts(JobId id) {
        return locked(() -> job(id).map(j -> List.copyOf(j.artifacts.values())).orElse(List.of()));
    }

    @Override
    public Set<String> unreferenced(Set<String> sha256s) {
        return locked(() -> {
            var left = new HashSet<>(sha256s);
            for (MemoryJob job : jobs.all.values()) {
                job.artifacts.values().forEach(a -> left.remove(a.sha256()));
                left.removeIf(h -> (job.submission.input() + " " + job.output).contains(h));
            }
            return left;
        });
    }

    @Override
    public Set<JobId> children(JobId id) {
        return locked(() -> jobs.childrenOf(id));
    }

    @Override
    public List<Count> counts() {
        return locked(jobs::counts);
    }

    // ---- Events

    @Override
    public Events events(long after, int limit) {
        return locked(() -> jobs.events.page(_ -> true, after, limit));
    }

    @Override
    public Events events(JobId id, long after, int limit) {
        return locked(() -> jobs.events.page(e -> e.job().equals(id), after, limit));
    }

    @Override
    public long latestEvent() {
        return locked(jobs.events::latest);
    }

    @Override
    public Optional<Standing> standing(JobId id) {
        return locked(() ->
                job(id).map(j -> new Standing(jobs.seen(j), j.progress, jobs.events.latest())));
    }

    @Override
    public boolean pruneEvents(Instant until, long most, int max) {
        return locked(() -> jobs.events.prune(until, most, max));
    }

    // ---- Queues and workers

    @Override
    public List<QueueEntry> queues() {
        return locked(() -> List.copyOf(queues.values()));
    }

    @Override
    public Map<String, Instant> oldestDue() {
        return locked(jobs::oldestDue);
    }

    @Override
    public List<LimitEntry> limits() {
        return locked(() -> jobs.limits.entries(jobs, this::queue, queues.values(), now()));
    }

    @Override
    public void setQueue(QueueEntry queue) {
        run(() -> queues.put(queue.name(), queue));
    }

    private QueueEntry queue(String name) {
        return queues.getOrDefault(name, QueueEntry.of(name));
    }

    @Override
    public void register(WorkerEntry worker) {
        run(() ->
                workers.merge(
                        worker.id(),
                        worker.withSeenAt(now()),
                        (before, now) -> now.withDraining(before.draining())));
    }

    @Override
    public boolean drain(String worker) {
        return locked(
                () -> workers.computeIfPresent(worker, (_, w) -> w.withDraining(true)) != null);
    }

    @Override
    public void unregister(String worker) {
        run(() -> workers.remove(worker));
    }

    @Override
    public List<WorkerEntry> workers() {
        return locked(() -> List.copyOf(workers.values()));
    }

    @Override
    public void close() {}

    private Optional<MemoryJob> job(JobId id) {
        return Optional.ofNullable(jobs.all.get(id));
    }

    private <T> T locked(Supplier<T> call) {
        lock.lock();
        try {
            return call.get();
        } finally {
            lock.unlock();
        }
    }

    private void run(Runnable call) {
        locked(() -> {
            call.run();
            return call;
        });
    }
}
