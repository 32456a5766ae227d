package dev.pawl.testkit;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd.How;
import dev.pawl.core.Claim;
import dev.pawl.core.Claim.Want;
import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Count;
import dev.pawl.core.End;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Event;
import dev.pawl.core.Events;
import dev.pawl.core.InputKey;
import dev.pawl.core.Job;
import dev.pawl.core.JobError;
import dev.pawl.core.JobEvent;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Lifecycle;
import dev.pawl.core.NewJob;
import dev.pawl.core.PastJob;
import dev.pawl.core.Ran;
import dev.pawl.core.Reclaimed;
import dev.pawl.core.Reuse;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.ToolId;
import dev.pawl.core.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A store under test with everything around it that a test needs in order to say a thing in one
 * line. Each new one has a fresh store; closing it checks that the kept counters equal a recount,
 * that its events lead to where its jobs are, and that the store's own invariant holds.
 * Thread-safe.
 */
final class StoreDriver implements AutoCloseable {
    static final ToolId TOOL = new ToolId("count", "1");
    static final Duration TTL = Duration.ofSeconds(30);
    static final String WORKER = "worker-1";

    /** The chance in every backoff: half of the bound. */
    static final double CHANCE = 0.5;

    final StoreSubject subject;
    final FakeTime time = FakeTime.waiting();
    final Store store;
    private final AtomicLong serial = new AtomicLong();
    private final Map<JobId, JobState> adopted = new HashMap<>();

    StoreDriver(StoreSubject subject) {
        this.subject = subject;
        this.store = subject.open(time);
    }

    @Override
    public void close() {
        try {
            checkCounters();
            checkEvents();
            assertThat(subject.violations()).isEmpty();
        } finally {
            store.close();
        }
    }

    void checkCounters() {
        record Cell(String queue, ToolId tool, JobState.Name state) {}
        var recount = new HashMap<Cell, Count>();
        for (Job job : listAll(JobFilter.ALL)) {
            Submission asked = job.submission();
            var cell = new Cell(asked.queue(), asked.tool(), job.state().name());
            var one = new Count(cell.queue, cell.tool, cell.state, 1, ran(job));
            recount.merge(cell, one, StoreDriver::sum);
        }
        assertThat(store.counts())
                .as("the kept counters equal a recount")
                .containsExactlyInAnyOrderElementsOf(recount.values());
    }

    private static Count sum(Count a, Count b) {
        return new Count(a.queue(), a.tool(), a.state(), a.jobs() + b.jobs(), a.ran().and(b.ran()));
    }

    /** The attempt that ended the job by itself. */
    private Ran ran(Job job) {
        if (job.cachedFrom().isPresent() || job.started() == null) return Ran.NONE;
        return switch (job.state()) {
            case JobState.Succeeded done -> Ran.once(job.started(), done.at());
            case JobState.Dead dead ->
                    store.history(job.id()).stream()
                            .filter(end -> end.attempt() == dead.attempt())
                            .filter(end -> end.at().equals(dead.at()))
                            .filter(end -> end.kind().equals(Optional.of(dead.kind())))
                            .map(end -> Ran.once(end.startedAt(), end.at()))
                            .findFirst()
                            .orElse(Ran.NONE);
            case JobState.Waiting _, JobState.Queued _, JobState.Running _, JobState.Cancelled _ ->
                    Ran.NONE;
        };
    }

    /** From an empty store on, if none is forgotten, the events lead to where every job is. */
    private void checkEvents() {
        if (!store.events(0, 1).events().stream().allMatch(e -> e.number() == 1)) return;
        record Place(JobState.Name state, int attempt) {}
        var replayed = new HashMap<JobId, Place>();
        // History makes no event.
        adopted.forEach((id, state) -> replayed.put(id, new Place(state.name(), state.attempt())));
        long last = 0;
        for (Events page = store.events(0, 999);
                !page.events().isEmpty();
                page = store.events(page.upTo(), 999))
            for (Event e : page.events()) {
                assertThat(e.number()).as("no hole before %s", e).isEqualTo(++last);
                Place was = replayed.remove(e.job());
                assertThat(was == null ? null : was.state)
                        .as("%s follows from the one before", e)
                        .isEqualTo(e.from().orElse(null));
                e.to().ifPresent(to -> replayed.put(e.job(), new Place(to, e.attempt())));
            }
        assertThat(replayed)
                .as("the events lead to where the jobs are")
                .isEqualTo(
                        listAll(JobFilter.ALL).stream()
                                .collect(
                                        toMap(
                                                Job::id,
                                                j ->
                                                        new Place(
                                                                j.state().name(),
                                                                j.state().attempt()))));
    }

    // ---- Time

    Instant now() {
        return store.now();
    }

    /** Lets time pass and makes claimable what has become due. */
    void advance(Duration duration) {
        time.advance(duration);
        while (store.promote(1_000) > 0) {}
    }

    // ---- Submit

    /**
     * A UUIDv7 by the fake time; each is larger than the one before as long as that isn't set back.
     */
    JobId nextId() {
        long n = serial.incrementAndGet();
        return new JobId(new UUID(time.millis() << 16 | 0x7000L, 0x8000000000000000L | n));
    }

    LeaseId nextLease() {
        return new LeaseId(
                new UUID(0x5EA5E00000004000L, 0x8000000000000000L | serial.incrementAndGet()));
    }

    static Submission.Builder job() {
        return Submission.of(TOOL, "{\"n\": 1}");
    }

    /** A job whose result is kept for an hour and whose equals follow it. */
    static Submission.Builder shared(String name) {
        return Submission.of(TOOL, "{\"name\": \"%s\"}".formatted(name))
                .key(new InputKey(hash(name), "{}"))
                .reuse(new Reuse(Duration.ofHours(1), false));
    }

    /** Something that looks like an input hash; the same for the same name. */
    static String hash(String name) {
        return "%064x".formatted(name.hashCode() & 0xFFFFFFFFL);
    }

    static Artifact file(String name, String content) {
        return new Artifact(name, content.length(), hash(content), "text/plain");
    }

    /** The store's answer to one submission. */
    Submitted offer(Submission.Builder job) {
        return offer(new NewJob(nextId(), job.build()));
    }

    Submitted offer(NewJob job) {
        return store.submit(List.of(job)).getFirst();
    }

    /** The id of a job that has to be accepted. */
    JobId submit(Submission.Builder job) {
        return accepted(offer(job));
    }

    JobId submit() {
        return submit(job());
    }

    /** So many jobs in one commit. */
    void submitTogether(int jobs) {
        var all = new ArrayList<NewJob>();
        for (int i = 0; i < jobs; i++) all.add(new NewJob(nextId(), job().build()));
        store.submit(all).forEach(StoreDriver::accepted);
    }

    JobId child(JobId... parents) {
        return submit(job().parents(Set.of(parents)));
    }

    static JobId accepted(Submitted answer) {
        assertThat(answer).isInstanceOf(Submitted.Accepted.class);
        return ((Submitted.Accepted) answer).id();
    }

    static ErrorCode code(Submitted answer) {
        assertThat(answer).isInstanceOf(Submitted.Refused.class);
        var refused = (Submitted.Refused) answer;
        assertThat(refused.message()).isNotBlank();
        return refused.code();
    }

    /** Takes in jobs that ended elsewhere; answers those that weren't here. */
    Set<JobId> adopt(PastJob... jobs) {
        Set<JobId> fresh = store.adopt(List.of(jobs));
        for (PastJob job : jobs) if (fresh.contains(job.id())) adopted.put(job.id(), job.state());
        return fresh;
    }

    // ---- Claim and run

    Claimed claim(Want... wants) {
        return claim(WORKER, wants);
    }

    Claimed claim(String worker, Want... wants) {
        return store.claim(new Claim(nextLease(), worker, TTL, List.of(wants), Set.of()));
    }

    Claimed claim(int max) {
        return claim(Want.of(Set.of(TOOL), max));
    }

    /** Claims this job alone. */
    Claimed claimOnly(JobId id) {
        return claimOnly(WORKER, id);
    }

    Claimed claimOnly(String worker, JobId id) {
        return claim(worker, new Want(Set.of(TOOL), Set.of(), Set.of(id), 1));
    }

    /** Claims this job, which has to be claimable. */
    ClaimedJob start(JobId id) {
        return start(WORKER, id);
    }

    ClaimedJob start(String worker, JobId id) {
        List<ClaimedJob> jobs = claimOnly(worker, id).jobs();
        assertThat(jobs).as("job %s can be claimed", id).hasSize(1);
        return jobs.getFirst();
    }

    /** Submits a job and claims it. */
    ClaimedJob start(Submission.Builder job) {
        return start(submit(job));
    }

    ClaimedJob start() {
        return start(job());
    }

    static List<JobId> ids(Claimed claimed) {
        return claimed.jobs().stream().map(ClaimedJob::id).toList();
    }

    static List<JobId> ids(Collection<Job> jobs) {
        return jobs.stream().map(Job::id).toList();
    }

    End completed(ClaimedJob job, String output, Artifact... files) {
        var to = new JobState.Succeeded(now(), job.token().attempt());
        return new End(job.token(), How.COMPLETED, to, WORKER, null, output, List.of(files));
    }

    End failed(ClaimedJob job, ErrorClass kind, String message, Artifact... files) {
        var error = new JobError(kind, message);
        JobState to = next(job, new JobEvent.Failed(job.token(), now(), error, CHANCE));
        return new End(job.token(), How.FAILED, to, WORKER, error, "", List.of(files));
    }

    End snoozed(ClaimedJob job, Duration delay, String why) {
        JobState to = next(job, new JobEvent.Snoozed(job.token(), now().plus(delay)));
        return new End(job.token(), How.SNOOZED, to, WORKER, null, why, List.of());
    }

    End released(ClaimedJob job) {
        JobState to = next(job, new JobEvent.Released(job.token(), now()));
        return new End(job.token(), How.RELEASED, to, WORKER, null, "", List.of());
    }

    Written end(End end) {
        return store.end(List.of(end)).getFirst();
    }

    /** Completes an attempt, which has to hold its lease. */
    Written.Done complete(ClaimedJob job, Artifact... files) {
        return done(end(completed(job, "{\"ok\": true}", files)));
    }

    Written.Done fail(ClaimedJob job, ErrorClass kind) {
        return done(end(failed(job, kind, "it failed")));
    }

    static Written.Done done(Written written) {
        assertThat(written).isInstanceOf(Written.Done.class);
        return (Written.Done) written;
    }

    /** Submits a job and brings it to this end. */
    JobId ended(JobState.Name name) {
        return ended(name, job());
    }

    JobId ended(JobState.Name name, Submission.Builder job) {
        JobId id = submit(job);
        switch (name) {
            case SUCCEEDED -> complete(start(id));
            case DEAD -> fail(start(id), ErrorClass.PERMANENT);
            case CANCELLED -> assertThat(store.cancel(id)).isPresent();
            case WAITING, QUEUED, RUNNING ->
                    throw new IllegalArgumentException(name + " is no end");
        }
        return id;
    }

    // ---- Leases

    Lease lease(ClaimedJob job) {
        return store.leases().stream()
                .filter(l -> l.id().equals(job.token().lease()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no lease of job " + job.id()));
    }

    /** Takes a lease back once its time is over; answers how many jobs moved. */
    int reclaim(Lease seen) {
        return store.reclaim(seen, this::afterLoss);
    }

    /** Lets every lease end and takes it back. */
    void reclaimAll() {
        advance(TTL);
        store.leases().forEach(this::reclaim);
    }

    JobState afterLoss(Reclaimed lost) {
        return new Lifecycle(lost.policy())
                .next(lost.state(), new JobEvent.LeaseLost(now(), CHANCE))
                .orElse(lost.state());
    }

    // ---- Look

    Job find(JobId id) {
        return store.find(id).orElseThrow(() -> new AssertionError("no job " + id));
    }

    JobState state(JobId id) {
        return find(id).state();
    }

    JobState.Name name(JobId id) {
        return state(id).name();
    }

    List<JobState.Name> names(Collection<JobId> ids) {
        return ids.stream().map(this::name).toList();
    }

    List<Job> listAll(JobFilter filter) {
        var all = new ArrayList<Job>();
        String after = "";
        while (true) {
            List<Job> page = store.list(filter, after, 1_000);
            all.addAll(page);
            if (page.size() < 1_000) return all;
            after = page.getLast().id().toString();
        }
    }

    private static JobState next(ClaimedJob job, JobEvent event) {
        return new Lifecycle(job.submission().retry())
                .next(job.state(), event)
                .orElseThrow(() -> new AssertionError(event + " in " + job.state()));
    }
}
