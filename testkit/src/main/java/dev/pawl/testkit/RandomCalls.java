package dev.pawl.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.Claim;
import dev.pawl.core.Claim.Want;
import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.End;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Event;
import dev.pawl.core.Hit;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.JobState.Dead;
import dev.pawl.core.Kept;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Limit;
import dev.pawl.core.LimitKey;
import dev.pawl.core.NewJob;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Rate;
import dev.pawl.core.Renewal;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Reuse;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Makes the same random calls on two stores and compares every answer and, after each call, every
 * job's state. What may differ between stores is left out: the text of messages that a store itself
 * writes, and the next due moment, which is only a hint.
 */
public final class RandomCalls {
    private static final List<String> QUEUES = List.of("a", "b");
    private static final List<String> FLIGHTS = List.of("x", "y", "z");

    private final StoreDriver s;
    private final Store memory;
    private final SplittableRandom random;
    private final long seed;
    private final List<JobId> ids = new ArrayList<>();
    private final List<ClaimedJob> attempts = new ArrayList<>();
    private final List<Claimed.Answerable> answerable = new ArrayList<>();
    private String where = "";

    private RandomCalls(StoreDriver s, Store memory, long seed) {
        this.s = s;
        this.memory = memory;
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    /** Makes calls drawn from this seed on a fresh store, which is closed after them. */
    public static void make(StoreSubject on, long seed, int calls) {
        try (var s = new StoreDriver(on);
                var memory = new MemoryStore(s.time)) {
            new RandomCalls(s, memory, seed).run(calls);
        }
    }

    private void run(int calls) {
        for (int i = 0; i < calls; i++) {
            where = "seed %d, call %d".formatted(seed, i);
            one();
            both(store -> store.states(ids));
            if (i % 50 == 49) compareAll();
        }
    }

    private void one() {
        switch (random.nextInt(21)) {
            case 0, 1, 2, 3 -> submit();
            case 4, 5, 6 -> claim();
            case 7, 8, 9, 10 -> end();
            case 11, 12 -> advance();
            case 13 -> onJob("cancel", Store::cancel);
            case 14 -> redrive();
            case 15 -> onJob("discard", Store::discard);
            case 16 -> stopped();
            case 17 -> reclaim();
            case 18 -> renew();
            case 19 -> answer();
            default -> pause();
        }
    }

    private void submit() {
        var jobs = new ArrayList<NewJob>();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            Submission job = submission();
            Kept kept = null;
            if (job.sharesFlight() && random.nextBoolean())
                kept = both(store -> store.kept(job.tenant(), job.key().hash())).orElse(null);
            jobs.add(new NewJob(s.nextId(), job, kept));
        }
        where += ": submit " + jobs;
        List<Submitted> answers = both(store -> store.submit(jobs), RandomCalls::withoutText);
        for (Submitted answer : answers)
            if (answer instanceof Submitted.Accepted(var id, _)) ids.add(id);
    }

    private Submission submission() {
        boolean shared = random.nextInt(3) == 0;
        Submission.Builder job = shared ? StoreDriver.shared(pick(FLIGHTS)) : StoreDriver.job();
        if (shared) job.reuse(new Reuse(Duration.ofMinutes(10), random.nextBoolean()));
        job.queue(pick(QUEUES)).priority(random.nextInt(-2, 3));
        job.retry(RetryPolicy.defaults().withAttempts(random.nextInt(1, 4)));
        if (random.nextInt(4) == 0) job.ttl(Duration.ofSeconds(random.nextInt(1, 90)));
        if (random.nextInt(6) == 0) job.runAt(s.now().plusSeconds(random.nextInt(90)));
        if (random.nextInt(3) == 0) job.limit(limit());
        if (random.nextInt(8) == 0) job.idempotencyKey("key-" + random.nextInt(4));
        if (random.nextInt(4) == 0 && !ids.isEmpty()) {
            var parents = new HashSet<JobId>();
            for (int i = random.nextInt(1, 4); i > 0; i--) parents.add(recent(ids));
            job.parents(parents).goOn(random.nextBoolean());
        }
        return job.build();
    }

    private Limit limit() {
        var limit = new Limit("limit", 2);
        var rate = new Rate(3, Duration.ofSeconds(20));
        var key = new LimitKey("", 1, Rate.NONE);
        return switch (random.nextInt(4)) {
            case 0 -> limit;
            case 1 -> new Limit("rated", 9).withRate(rate);
            default -> new Limit("limit", 3).per("key", key).of("key-" + random.nextInt(4));
        };
    }

    private void claim() {
        // A store may do these two within a claim or leave them to their own calls.
        both(store -> store.promote(1_000));
        both(store -> store.expire(1_000));
        var want =
                new Want(
                        Set.of(StoreDriver.TOOL),
                        random.nextInt(3) == 0 ? Set.of(pick(QUEUES)) : Set.of(),
                        Set.of(),
                        random.nextInt(4));
        var claim =
                new Claim(
                        s.nextLease(),
                        "worker-" + random.nextInt(2),
                        StoreDriver.TTL,
                        List.of(want),
                        Set.of());
        where += ": " + claim;
        Claimed claimed = both(store -> withoutDue(store.claim(claim)));
        attempts.addAll(claimed.jobs());
        answerable.addAll(claimed.answerable());
    }

    /** Without the next due moment, which is only a hint. */
    private static Claimed withoutDue(Claimed claimed) {
        return new Claimed(claimed.jobs(), claimed.answerable(), Instant.MAX);
    }

    /** Now or later, when it may be too late. */
    private void answer() {
        var hits = new ArrayList<Hit>();
        for (Claimed.Answerable job : answerable) {
            where += ": answer " + job;
            both(store -> store.kept(job.tenant(), job.hash()))
                    .ifPresent(kept -> hits.add(new Hit(job.job(), kept)));
        }
        answerable.clear();
        both(store -> store.answer(hits));
    }

    private void end() {
        if (attempts.isEmpty()) return;
        var ends = new ArrayList<End>();
        for (int i = random.nextInt(1, 3); i > 0; i--) {
            ClaimedJob job = recent(attempts);
            ends.add(
                    switch (random.nextInt(6)) {
                        case 0 -> s.released(job);
                        case 1 -> s.snoozed(job, Duration.ofSeconds(random.nextInt(60)), "why");
                        case 2 -> s.failed(job, pick(List.of(ErrorClass.values())), "no");
                        case 3 -> s.failed(job, ErrorClass.USER, "input", file("log"));
                        default -> s.completed(job, "{\"n\": 1}", file("a"), file("b"));
                    });
        }
        where += ": end " + ends;
        both(store -> store.end(ends), RandomCalls::withoutReasons);
    }

    private Artifact file(String name) {
        return StoreDriver.file(name, "content " + random.nextInt(3));
    }

    private void advance() {
        s.time.advance(Duration.ofMillis(random.nextInt(20_000)));
        both(store -> store.promote(1_000));
        both(store -> store.expire(1_000));
        both(store -> store.sweep(1_000));
        both(store -> store.pruneKept(s.now()));
    }

    private void onJob(String what, BiFunction<Store, JobId, Optional<JobState>> call) {
        if (ids.isEmpty()) return;
        JobId id = recent(ids);
        where += ": " + what + " " + id;
        both(store -> call.apply(store, id));
    }

    private void redrive() {
        Instant notBefore = s.now().plusSeconds(random.nextInt(3) * 60L);
        onJob("redrive not before " + notBefore, (store, id) -> store.redrive(id, notBefore));
    }

    private void stopped() {
        if (attempts.isEmpty()) return;
        ClaimedJob job = recent(attempts);
        where += ": stopped " + job.token();
        both(store -> List.of(store.stopped(job.token())), RandomCalls::withoutReasons);
    }

    private void reclaim() {
        List<Lease> leases = both(Store::leases, HashSet::new);
        if (leases.isEmpty()) return;
        Lease seen = pick(leases);
        where += ": reclaim " + seen;
        if (random.nextBoolean()) s.time.advance(Duration.ofSeconds(random.nextInt(40)));
        both(store -> store.reclaim(seen, s::afterLoss));
    }

    private void renew() {
        if (attempts.isEmpty()) return;
        var held = new HashSet<LeaseId>();
        for (int i = random.nextInt(4); i > 0; i--) held.add(recent(attempts).token().lease());
        var renewal = new Renewal("worker-" + random.nextInt(2), held, StoreDriver.TTL);
        where += ": " + renewal;
        both(store -> store.renew(renewal));
    }

    private void pause() {
        boolean limited = random.nextInt(4) == 0;
        var rate = new Rate(2, Duration.ofSeconds(10));
        QueueEntry queue =
                QueueEntry.of(pick(QUEUES))
                        .withPaused(random.nextInt(4) == 0)
                        .withLimits(limited ? 2 : Integer.MAX_VALUE, limited ? rate : Rate.NONE);
        where += ": " + queue;
        both(store -> {
            store.setQueue(queue);
            return Set.copyOf(store.queues());
        });
    }

    private void compareAll() {
        for (JobId id : ids) {
            both(store -> store.find(id).map(RandomCalls::withoutText));
            both(store -> store.history(id).stream().map(RandomCalls::withoutText).toList());
            both(store -> store.artifacts(id));
            both(store -> store.children(id));
            both(store -> store.events(id, 0, 1_000).events(), RandomCalls::withoutNumbers);
        }
        both(store -> Set.copyOf(store.counts()));
        both(store -> store.list(JobFilter.ALL, "", 1_000).stream().map(Job::id).toList());
        for (String name : FLIGHTS)
            both(store -> store.kept(Submission.DEFAULT_TENANT, StoreDriver.hash(name)));
    }

    /** In which order a call that moves several jobs tells of them is the store's own. */
    private static Object withoutNumbers(List<Event> events) {
        return events.stream().map(e -> List.of(e.at(), EventsContract.Told.of(e))).toList();
    }

    private <T> T both(Function<Store, T> call) {
        return both(call, answer -> answer);
    }

    /** The answer of the store under test, which has to be the memory's in what is compared. */
    private <T> T both(Function<Store, T> call, Function<T, Object> compared) {
        T answer = call.apply(s.store);
        assertThat(compared.apply(answer)).as(where).isEqualTo(compared.apply(call.apply(memory)));
        return answer;
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** Mostly one of the last twenty. */
    private <T> T recent(List<T> from) {
        int back = random.nextInt(4) == 0 ? from.size() : Math.min(20, from.size());
        return from.get(from.size() - 1 - random.nextInt(back));
    }

    private static Object withoutText(List<Submitted> answers) {
        return answers.stream()
                .map(a -> a instanceof Submitted.Refused(var code, _) ? code : a)
                .toList();
    }

    private static Object withoutReasons(List<Written> answers) {
        return answers.stream()
                .map(w -> w instanceof Written.LeaseLost ? "lease lost" : w)
                .toList();
    }

    /** Without the message that the store itself wrote. */
    private static Job withoutText(Job job) {
        if (!(job.state() instanceof Dead dead) || !isStores(dead.kind())) return job;
        return new Job(
                job.id(),
                job.submission(),
                job.submittedAt(),
                dead,
                job.startedAt().orElse(null),
                "",
                job.cachedFrom().orElse(null),
                job.progress().orElse(null),
                job.stopping());
    }

    private static AttemptEnd withoutText(AttemptEnd end) {
        if (end.how() != AttemptEnd.How.LEASE_LOST) return end;
        return new AttemptEnd(
                end.attempt(),
                end.how(),
                end.worker(),
                end.startedAt(),
                end.at(),
                end.kind().orElse(null),
                "");
    }

    private static boolean isStores(ErrorClass kind) {
        return kind == ErrorClass.EXPIRED || kind == ErrorClass.LEASE_LOST;
    }
}
