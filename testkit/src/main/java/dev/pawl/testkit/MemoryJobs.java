package dev.pawl.testkit;

import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.AttemptEnd.How;
import dev.pawl.core.Count;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Hit;
import dev.pawl.core.JobError;
import dev.pawl.core.JobEvent;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.JobState.Cancelled;
import dev.pawl.core.JobState.Dead;
import dev.pawl.core.JobState.Queued;
import dev.pawl.core.JobState.Running;
import dev.pawl.core.JobState.Succeeded;
import dev.pawl.core.JobState.Waiting;
import dev.pawl.core.Kept;
import dev.pawl.core.KeptEntry;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.NewJob;
import dev.pawl.core.PastJob;
import dev.pawl.core.Pruned;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Ran;
import dev.pawl.core.Reclaimed;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.Token;
import dev.pawl.core.ToolId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of a {@link MemoryStore}, and what ties them to one another: where each stands, who
 * follows whom, who waits for whom, what is kept. Touched only under the store's lock.
 *
 * <p>A job changes its state in {@link #move} only, which keeps the sets and the counters; it ends
 * in {@link #finish} only, which tells everyone that waits for it.
 */
final class MemoryJobs {
    final TreeMap<JobId, MemoryJob> all = new TreeMap<>();
    final Map<LeaseId, Lease> leases = new HashMap<>();
    final Map<Flight, Kept> kept = new HashMap<>();

    /** Claimable ones, in claim order. */
    final TreeSet<MemoryJob> ready = new TreeSet<>(MemoryJob.CLAIM_ORDER);

    /** Queued ones that were not due when last looked at. */
    final TreeSet<MemoryJob> later = new TreeSet<>(MemoryJob.DUE_ORDER);

    /** Running and stopping ones: they hold a lease, and a place under their limit. */
    private final Map<JobId, MemoryJob> held = new TreeMap<>();

    /** Who runs for all others of its input. */
    private final Map<Flight, JobId> leaders = new HashMap<>();

    private final Map<JobId, NavigableSet<JobId>> followers = new HashMap<>();
    private final Map<JobId, NavigableSet<JobId>> children = new HashMap<>();
    private final Map<Cell, Long> counters = new HashMap<>();
    final MemoryEvents events = new MemoryEvents();

    /** What equal jobs have in common. */
    record Flight(String tenant, String hash) {
        static Flight of(Submission s) {
            return new Flight(s.tenant(), s.key().hash());
        }
    }

    final MemoryLimits limits = new MemoryLimits();

    private record Cell(String queue, ToolId tool, JobState.Name state) {
        static Cell of(MemoryJob job) {
            return new Cell(job.submission.queue(), job.submission.tool(), job.state.name());
        }
    }

    // ---- Look

    /** The state as it is seen from outside: with the lease and the unfinished parents of now. */
    JobState seen(MemoryJob job) {
        return switch (job.state) {
            case Running(Lease lease, int attempt, int failures) ->
                    new Running(leases.getOrDefault(lease.id(), lease), attempt, failures);
            case Waiting w when !w.follower() ->
                    new Waiting(unfinished(job.submission.parents()), false);
            case JobState other -> other;
        };
    }

    /** All, the newest first, from after the last of the page before. */
    Stream<MemoryJob> page(String after) {
        if (after.isEmpty()) return all.descendingMap().values().stream();
        JobId last =
                JobId.parse(after)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "after is \"" + after + "\", want a job id"));
        return all.headMap(last, false).descendingMap().values().stream();
    }

    Set<JobId> childrenOf(JobId id) {
        return Set.copyOf(children.getOrDefault(id, new TreeSet<>()));
    }

    List<MemoryJob> under(LeaseId lease) {
        return held.values().stream().filter(j -> lease.equals(leaseOf(j))).toList();
    }

    /** Running and stopping ones. */
    Collection<MemoryJob> held() {
        return held.values();
    }

    /** Refuses a job of a queue that has reached its cap. */
    static Submitted full(QueueEntry queue) {
        return new Submitted.Refused(
                ErrorCode.QUEUE_FULL,
                "queue \"%s\" holds %d unfinished jobs, its cap; try again later"
                        .formatted(queue.name(), queue.depthMax()));
    }

    long unfinishedIn(String queue) {
        return counters.entrySet().stream()
                .filter(e -> e.getKey().queue.equals(queue))
                .filter(e -> e.getKey().state.compareTo(JobState.Name.RUNNING) <= 0)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    List<Count> counts() {
        Map<Cell, Ran> ran =
                all.values().stream().collect(Collectors.toMap(Cell::of, job -> job.ran, Ran::and));
        return counters.entrySet().stream()
                .filter(e -> e.getValue() > 0)
                .map(e -> count(e.getKey(), e.getValue(), ran.getOrDefault(e.getKey(), Ran.NONE)))
                .toList();
    }

    Map<String, Instant> oldestDue() {
        var oldest = new TreeMap<String, Instant>();
        for (MemoryJob job : ready)
            oldest.merge(job.submission.queue(), job.runAt, (a, b) -> a.isBefore(b) ? a : b);
        return oldest;
    }

    // ---- Move

    /** Gives a new job its place in its life. */
    MemoryJob insert(NewJob asked, Instant now) {
        Submission s = asked.submission();
        JobState first =
                asked.answer().map(k -> answered(k, now)).orElseGet(() -> place(asked, now));
        var job = new MemoryJob(asked.id(), s, first, now);
        asked.answer().ifPresent(k -> answer(job, k.job(), k.output(), k.artifacts()));
        all.put(job.id, job);
        limits.submitted(s.limit());
        s.parents().forEach(p -> in(children, p).add(job.id));
        if (first instanceof Waiting(var on, boolean follower) && follower)
            on.forEach(leader -> in(followers, leader).add(job.id));
        enter(job, now);
        events.moved(job, null, first.name(), first.attempt(), now);
        return job;
    }

    /** Takes in jobs that ended elsewhere; answers those that weren't here. */
    Set<JobId> adopt(List<PastJob> jobs, Instant now) {
        var adopted = new LinkedHashSet<JobId>();
        for (PastJob past : jobs) {
            if (all.containsKey(past.id())) continue;
            var job = MemoryJob.of(past);
            limits.submitted(job.submission.limit());
            all.put(job.id, job);
            enter(job, now);
            adopted.add(job.id);
        }
        return adopted;
    }

    /** The only way from one state to the next. */
    void move(MemoryJob job, JobState to, Instant now) {
        leave(job);
        // A follower of another leader waits as before.
        if (job.state.name() != to.name())
            events.moved(job, job.state.name(), to.name(), to.attempt(), now);
        job.ran = ran(job, to, now);
        job.state = to;
        enter(job, now);
    }

    /** What ends the job, if an attempt does. */
    private static Ran ran(MemoryJob job, JobState to, Instant now) {
        boolean byItself = to instanceof Succeeded || to instanceof Dead;
        if (!byItself || !(job.state instanceof Running) || job.startedAt == null) return Ran.NONE;
        return Ran.once(job.startedAt, now);
    }

    /** The running attempt's log or progress has grown. */
    void said(MemoryJob job, Instant now) {
        events.moved(job, JobState.Name.RUNNING, JobState.Name.RUNNING, job.state.attempt(), now);
    }

    /** Who leads the job's flight; the job itself when nobody did. */
    JobId leader(MemoryJob job) {
        return leaders.computeIfAbsent(Flight.of(job.submission), _ -> job.id);
    }

    boolean leads(MemoryJob job) {
        return job.id.equals(leaders.get(Flight.of(job.submission)));
    }

    /** A job that would have started waits for another of the same input. */
    void join(MemoryJob job, JobId leader, Instant now) {
        in(followers, leader).add(job.id);
        move(job, next(job, new JobEvent.Joined(leader)), now);
    }

    /** Ends a job that never ran with what is kept, if both are still there. */
    boolean answer(Hit hit, Instant now) {
        MemoryJob job = all.get(hit.job());
        if (job == null || !ready.contains(job) || job.state.attempt() > 0) return false;
        if (job.submission.reuse().never()) return false;
        Optional<Kept> found = kept(Flight.of(job.submission), now);
        if (found.isEmpty() || !found.get().job().equals(hit.kept().job())) return false;
        JobState to = next(job, new JobEvent.KeptFound(hit.kept().state(), now));
        answer(job, hit.kept().job(), hit.kept().output(), hit.kept().artifacts());
        settle(job, to, hit.kept().output(), now);
        tellAll(job, now);
        return true;
    }

    /** Ends a job whose time to live is over. */
    void expire(MemoryJob job, Instant now) {
        JobState to = next(job, new JobEvent.Expired(now));
        String message =
                "expired: did not start within %s of being submitted"
                        .formatted(job.submission.ttl());
        finish(job, to, message, now);
    }

    Optional<Kept> kept(Flight flight, Instant now) {
        return Optional.ofNullable(kept.get(flight)).filter(k -> k.until().isAfter(now));
    }

    boolean holds(Token token) {
        MemoryJob job = all.get(token.job());
        return job != null && token.equals(job.token());
    }

    /** Why a token is worth nothing. */
    String lost(Token token) {
        MemoryJob job = all.get(token.job());
        if (job == null) return "job %s does not exist".formatted(token.job());
        return "job %s is %s, attempt %d; attempt %d under lease %s has lost it"
                .formatted(
                        job.id,
                        job.state.name().wire(),
                        job.state.attempt(),
                        token.attempt(),
                        token.lease());
    }

    /** Makes up to {@code max} due jobs claimable; answers how many. */
    int promote(int max, Instant now) {
        int moved = 0;
        while (moved < max && !later.isEmpty() && !later.first().runAt.isAfter(now)) {
            ready.add(later.removeFirst());
            moved++;
        }
        return moved;
    }

    /**
     * Ends a job and everything that ends with it: answers or promotes its followers, frees or
     * cancels its children.
     *
     * @param output of a success; the message of a dead one
     * @return whether another job can be claimed now because of it
     */
    boolean finish(MemoryJob job, JobState to, String output, Instant now) {
        if (job.state instanceof Waiting(var on, boolean follower) && follower)
            on.forEach(leader -> in(followers, leader).remove(job.id));
        settle(job, to, output, now);
        keep(job);
        return tellAll(job, now);
    }

    private boolean tellAll(MemoryJob job, Instant now) {
        var ended = new ArrayDeque<MemoryJob>();
        ended.add(job);
        boolean readied = false;
        while (!ended.isEmpty()) {
            MemoryJob next = ended.remove();
            readied |= tellFollowers(next, ended, now);
            readied |= tellChildren(next, ended, now);
        }
        return readied;
    }

    /** Sends an ended job back; it runs for its equals again, unless another does by now. */
    void revive(MemoryJob job, JobState to, Instant runAt, Instant now) {
        forget(job);
        job.output = "";
        job.source = null;
        job.liveFrom(runAt);
        if (!job.submission.reuse().never()) leaders.putIfAbsent(Flight.of(job.submission), job.id);
        move(job, to, now);
    }

    void discard(MemoryJob job, Instant now) {
        boolean over = job.state.ended() && !(job.state instanceof JobState.Succeeded);
        if (over && job.stopping == null) remove(job, now);
    }

    Pruned prune(Map<JobState.Name, Instant> until, String after, int max, Instant now) {
        List<MemoryJob> page =
                all.values().stream()
                        .filter(job -> job.state.ended() && job.id.toString().compareTo(after) > 0)
                        .filter(job ->
                                until.values().stream()
                                        .anyMatch(end -> !job.id.madeAt().isAfter(end)))
                        .sorted(Comparator.comparing(job -> job.id))
                        .limit(max)
                        .toList();
        List<MemoryJob> old = page.stream().filter(job -> mayGo(job, until, now)).toList();
        old.forEach(job -> remove(job, now));
        return new Pruned(old.size(), page.size() < max ? "" : page.getLast().id.toString());
    }

    private boolean mayGo(MemoryJob job, Map<JobState.Name, Instant> until, Instant now) {
        return ended(job.state).isBefore(until.getOrDefault(job.state.name(), Instant.MIN))
                && job.stopping == null
                && kept.values().stream()
                        .noneMatch(k -> k.job().equals(job.id) && k.until().isAfter(now))
                && childrenOf(job.id).stream()
                        .flatMap(child -> Stream.ofNullable(all.get(child)))
                        .allMatch(child -> child.state.ended());
    }

    private static Instant ended(JobState state) {
        return switch (state) {
            case Succeeded(var at, _) -> at;
            case Dead(var at, _, _) -> at;
            case Cancelled(var at, _) -> at;
            case Waiting _, Queued _, Running _ -> Instant.MAX;
        };
    }

    void remove(MemoryJob job, Instant now) {
        leave(job);
        events.moved(job, job.state.name(), null, job.state.attempt(), now);
        forget(job);
        all.remove(job.id);
        job.submission.parents().forEach(p -> in(children, p).remove(job.id));
    }

    /** The handler of a cancelled attempt is gone. */
    void released(MemoryJob job) {
        job.stopping = null;
        held.remove(job.id);
    }

    /** What whoever takes its lease back is asked about. */
    Reclaimed reclaimed(MemoryJob job) {
        var state = (Running) seen(job);
        var token = new Token(job.id, state.attempt(), state.lease().id());
        return new Reclaimed(token, state, job.submission.retry());
    }

    /** Its lease is taken back. */
    void lose(MemoryJob job, Lease lease, JobState to, Instant now) {
        var error =
                new JobError(
                        ErrorClass.LEASE_LOST,
                        "lease lost: worker \"%s\" did not renew it until %s"
                                .formatted(lease.worker(), lease.until()));
        job.history.add(line(job, How.LEASE_LOST, lease.worker(), error, "", now));
        job.progress = null;
        if (to.ended()) finish(job, to, error.message(), now);
        else move(job, to, now);
    }

    /** One line of the job's history: how its running attempt ended. */
    static AttemptEnd line(
            MemoryJob job,
            How how,
            String worker,
            @Nullable JobError error,
            String why,
            Instant at) {
        return new AttemptEnd(
                job.state.attempt(),
                how,
                worker,
                job.startedAt == null ? at : job.startedAt,
                at,
                error == null ? null : error.kind(),
                error == null ? why : error.message());
    }

    static KeptEntry entry(MemoryJob job, Kept kept) {
        Submission s = job.submission;
        return new KeptEntry(
                job.id, s.tool(), s.tenant(), s.key().hash(), kept.artifacts(), kept.until());
    }

    private JobState place(NewJob asked, Instant now) {
        Submission s = asked.submission();
        Set<JobId> open = unfinished(s.parents());
        if (!s.goOn() && s.parents().stream().anyMatch(this::failed)) return new Cancelled(now, 0);
        if (!open.isEmpty()) return new Waiting(open, false);
        if (s.sharesFlight()) {
            JobId leader = leaders.putIfAbsent(Flight.of(s), asked.id());
            if (leader != null) return new Waiting(Set.of(leader), true);
        }
        return new Queued(later(now, s.runAt()), 0, 0);
    }

    private boolean tellFollowers(MemoryJob leader, Queue<MemoryJob> ended, Instant now) {
        Flight flight = Flight.of(leader.submission);
        if (!leaders.remove(flight, leader.id)) return false;
        NavigableSet<JobId> following = followers.remove(leader.id);
        if (following == null || following.isEmpty()) return false;
        if (answers(leader)) {
            for (JobId id : following) {
                MemoryJob job = existing(id);
                JobState to = next(job, new JobEvent.Answered(leader.state));
                answer(job, leader.id, leader.output, leader.artifacts.values());
                settle(job, to, leader.output, now);
                ended.add(job);
            }
            return false;
        }
        MemoryJob heir = existing(following.removeFirst());
        leaders.put(flight, heir.id);
        followers.put(heir.id, following);
        move(heir, next(heir, new JobEvent.Promoted(now)), now);
        for (JobId id : following) move(existing(id), new Waiting(Set.of(heir.id), true), now);
        return true;
    }

    private boolean tellChildren(MemoryJob parent, Queue<MemoryJob> ended, Instant now) {
        boolean readied = false;
        for (JobId id : childrenOf(parent.id).stream().sorted().toList()) {
            MemoryJob child = existing(id);
            // A follower doesn't wait for parents any more.
            if (!(child.state instanceof Waiting(_, var follower)) || follower) continue;
            if (!child.submission.goOn() && failed(parent.id)) {
                settle(child, next(child, new JobEvent.ParentFailed(now)), "", now);
                ended.add(child);
            } else if (unfinished(child.submission.parents()).isEmpty()) {
                Instant runAt = later(now, child.submission.runAt());
                move(child, next(child, new JobEvent.ParentsEnded(runAt)), now);
                readied |= !runAt.isAfter(now);
            }
        }
        return readied;
    }

    private void settle(MemoryJob job, JobState to, String output, Instant now) {
        job.output = output;
        job.progress = null;
        move(job, to, now);
    }

    private void keep(MemoryJob job) {
        Submission s = job.submission;
        if (s.reuse().never() || !answers(job)) return;
        Instant at = job.state instanceof Succeeded done ? done.at() : ((Dead) job.state).at();
        kept.put(
                Flight.of(s),
                new Kept(
                        job.id,
                        job.state,
                        job.output,
                        List.copyOf(job.artifacts.values()),
                        at.plus(s.reuse().ttl())));
    }

    /** The job's result answers nobody any more. */
    private void forget(MemoryJob job) {
        kept.values().removeIf(k -> k.job().equals(job.id));
    }

    private void leave(MemoryJob job) {
        count(job, -1);
        ready.remove(job);
        later.remove(job);
        held.remove(job.id);
    }

    private void enter(MemoryJob job, Instant now) {
        if (job.state instanceof Queued q) {
            job.runAt = q.runAt();
            (q.runAt().isAfter(now) ? later : ready).add(job);
        }
        if (job.state instanceof Running || job.stopping != null) held.put(job.id, job);
        count(job, 1);
    }

    private void count(MemoryJob job, long change) {
        counters.merge(Cell.of(job), change, Long::sum);
    }

    private Set<JobId> unfinished(Set<JobId> parents) {
        return parents.stream()
                .filter(p -> all.containsKey(p) && !existing(p).state.ended())
                .collect(Collectors.toSet());
    }

    private boolean failed(JobId parent) {
        MemoryJob job = all.get(parent);
        return job != null && job.state.ended() && !(job.state instanceof Succeeded);
    }

    private MemoryJob existing(JobId id) {
        MemoryJob job = all.get(id);
        if (job == null) throw new AssertionError("job " + id + " is gone");
        return job;
    }

    private static JobState next(MemoryJob job, JobEvent event) {
        return job.next(job.state, event)
                .orElseThrow(() -> new AssertionError(event + " in " + job.state));
    }

    /** Whether the job's end answers others of its input too. */
    private static boolean answers(MemoryJob job) {
        return switch (job.state) {
            case Succeeded _ -> true;
            case Dead dead -> dead.kind() == ErrorClass.USER && job.submission.reuse().userErrors();
            case Waiting _, Queued _, Running _, Cancelled _ -> false;
        };
    }

    private static JobState answered(Kept kept, Instant now) {
        return switch (kept.state()) {
            case Succeeded _ -> new Succeeded(now, 0);
            case Dead dead -> new Dead(now, 0, dead.kind());
            case Waiting _, Queued _, Running _, Cancelled _ ->
                    throw new IllegalArgumentException(
                            "kept result of job " + kept.job() + " is " + kept.state());
        };
    }

    private static void answer(
            MemoryJob job, JobId source, String output, Collection<Artifact> artifacts) {
        job.source = source;
        job.output = output;
        artifacts.forEach(a -> job.artifacts.put(a.name(), a));
    }

    private static @Nullable LeaseId leaseOf(MemoryJob job) {
        if (job.stopping != null) return job.stopping.lease();
        return job.state instanceof Running running ? running.lease().id() : null;
    }

    private static Count count(Cell cell, long jobs, Ran ran) {
        return new Count(cell.queue, cell.tool, cell.state, jobs, ran);
    }

    private static NavigableSet<JobId> in(Map<JobId, NavigableSet<JobId>> of, JobId id) {
        return of.computeIfAbsent(id, _ -> new TreeSet<>());
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
