package dev.pawl.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Claim;
import dev.pawl.core.Claim.Want;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Limit;
import dev.pawl.core.LimitEntry;
import dev.pawl.core.LimitKey;
import dev.pawl.core.NewJob;
import dev.pawl.core.Rate;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Eight platform threads at once on the same jobs, each through one of the given stores, which may
 * be several on the same data. Platform threads, as they are truly parallel.
 */
final class Crowd {
    static final int THREADS = 8;

    private final StoreDriver s;
    private final List<Store> stores;

    /** Every attempt that a claim handed out. */
    private final Set<Attempt> attempts = ConcurrentHashMap.newKeySet();

    /** How often each job was seen to end. */
    private final Map<JobId, Integer> ends = new ConcurrentHashMap<>();

    private final ConcurrentLinkedQueue<JobId> submitted = new ConcurrentLinkedQueue<>();

    private record Attempt(JobId job, int number) {}

    Crowd(StoreDriver s, Store... stores) {
        this.s = s;
        this.stores = List.of(stores);
    }

    /** Runs one action on each thread, all starting together; answers what they answered. */
    static <T> List<T> together(int threads, IntFunction<T> action) {
        var start = new CyclicBarrier(threads);
        var calls = new ArrayList<Callable<T>>();
        for (int i = 0; i < threads; i++) {
            int number = i;
            calls.add(() -> {
                start.await();
                return action.apply(number);
            });
        }
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var answers = new ArrayList<T>();
            for (Future<T> future : pool.invokeAll(calls)) answers.add(future.get());
            return answers;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new AssertionError("a thread failed: " + e.getCause(), e.getCause());
        }
    }

    Store store(int thread) {
        return stores.get(thread % stores.size());
    }

    /** Submits, claims, ends and cancels at random; in the end every job has ended once. */
    void everyJobEndsOnce(int rounds) {
        together(THREADS, thread -> mingle(thread, rounds));
        drain();

        assertThat(submitted).hasSizeGreaterThan(rounds);
        assertThat(ends.keySet()).containsExactlyInAnyOrderElementsOf(submitted);
        assertThat(ends.values()).as("how often each job ended").containsOnly(1);
        for (Store store : stores)
            assertThat(store.states(submitted).values()).allMatch(JobState::ended);
        s.checkCounters();
    }

    private int mingle(int thread, int rounds) {
        Store store = store(thread);
        var random = new SplittableRandom(thread);
        for (int i = 0; i < rounds; i++) {
            switch (random.nextInt(4)) {
                case 0 -> submit(store, random.nextInt(1, 6));
                case 1 -> cancel(store, random);
                default -> work(store, "worker-" + thread, random);
            }
        }
        return rounds;
    }

    private void submit(Store store, int count) {
        var jobs = new ArrayList<NewJob>();
        for (int i = 0; i < count; i++)
            jobs.add(
                    new NewJob(
                            s.nextId(),
                            StoreDriver.job()
                                    .priority(i)
                                    .retry(RetryPolicy.defaults().withAttempts(1_000))
                                    .build()));
        store.submit(jobs).forEach(a -> submitted.add(StoreDriver.accepted(a)));
    }

    private void cancel(Store store, SplittableRandom random) {
        List<JobId> known = List.copyOf(submitted);
        if (known.isEmpty()) return;
        JobId id = known.get(random.nextInt(known.size()));
        if (!store.cancel(id).orElseThrow().ended()) ended(id);
    }

    private void work(Store store, String worker, SplittableRandom random) {
        for (ClaimedJob job : claim(store, worker, random.nextInt(1, 5))) {
            int what = random.nextInt(5);
            var end =
                    switch (what) {
                        case 0 -> s.released(job);
                        case 1 -> s.failed(job, ErrorClass.TRANSIENT, "again");
                        default -> s.completed(job, "1");
                    };
            Written written = store.end(List.of(end)).getFirst();
            if (written instanceof Written.Done) {
                if (what > 1) ended(job.id());
            } else {
                // Cancelled meanwhile: the only way here to lose a lease.
                StoreDriver.done(store.stopped(job.token()));
            }
        }
    }

    private void drain() {
        var random = new SplittableRandom(99);
        while (!s.store.states(submitted).values().stream().allMatch(JobState::ended)) {
            s.advance(Duration.ofMinutes(10));
            work(s.store, "drain", random);
        }
    }

    private List<ClaimedJob> claim(Store store, String worker, int max) {
        return claim(store, worker, Want.of(Set.of(StoreDriver.TOOL), max));
    }

    private List<ClaimedJob> claim(Store store, String worker, Want want) {
        var claim = new Claim(s.nextLease(), worker, StoreDriver.TTL, List.of(want), Set.of());
        List<ClaimedJob> jobs = store.claim(claim).jobs();
        for (ClaimedJob job : jobs)
            assertThat(attempts.add(new Attempt(job.id(), job.token().attempt())))
                    .as("attempt %d of job %s is claimed once", job.token().attempt(), job.id())
                    .isTrue();
        return jobs;
    }

    private void ended(JobId id) {
        ends.merge(id, 1, Integer::sum);
    }

    /** All claim until nothing is left: each job is claimed by one. */
    void everyJobIsClaimedOnce(int jobs) {
        submit(s.store, jobs);

        List<Integer> claimed =
                together(
                        THREADS,
                        thread -> {
                            int count = 0;
                            int got;
                            do {
                                got = claim(store(thread), "worker-" + thread, 7).size();
                                count += got;
                            } while (got > 0);
                            return count;
                        });

        // Who found nothing stopped, while another may have taken the last ones.
        int total = claimed.stream().mapToInt(Integer::intValue).sum();
        assertThat(total).isEqualTo(jobs);
        assertThat(attempts).hasSize(jobs);
    }

    /** At no moment do more jobs run than their limit allows. */
    void theLimitHolds(int jobs, int max) {
        theLimitHolds(jobs, max, new Limit("shared", max));
    }

    /** The same of those that have one key. */
    void theKeysLimitHolds(int jobs, int max) {
        var none = new Limit("shared", Integer.MAX_VALUE);
        theLimitHolds(jobs, max, none.per("key", new LimitKey("a", max, Rate.NONE)));
    }

    /** Half of them claim from one queue, half from the other: they never look at the same head. */
    private void theLimitHolds(int jobs, int max, Limit limit) {
        for (int i = 0; i < jobs; i++)
            s.submit(StoreDriver.job().limit(limit).queue("queue" + i % 2));
        var left = new AtomicInteger(jobs);

        together(
                THREADS,
                thread -> {
                    Store store = store(thread);
                    Set<String> queue = Set.of("queue" + thread % 2);
                    var want = new Want(Set.of(StoreDriver.TOOL), queue, Set.of(), 2);
                    while (left.get() > 0) {
                        List<ClaimedJob> got = claim(store, "worker-" + thread, want);
                        for (LimitEntry each : store.limits())
                            assertThat(each.holders()).hasSizeLessThanOrEqualTo(max);
                        store.end(got.stream().map(j -> s.completed(j, "1")).toList());
                        left.addAndGet(-got.size());
                    }
                    return thread;
                });

        assertThat(attempts).hasSize(jobs);
    }

    /** Parents end while children come: no child is forgotten. */
    void noChildIsForgotten(int pairs) {
        var parents = new ArrayList<ClaimedJob>();
        for (int i = 0; i < pairs; i++) parents.add(s.start());
        var children = new ConcurrentLinkedQueue<JobId>();

        together(
                2,
                thread -> {
                    for (ClaimedJob parent : parents) {
                        if (thread == 0) {
                            StoreDriver.done(
                                    store(0).end(List.of(s.completed(parent, "1"))).getFirst());
                        } else {
                            var child = StoreDriver.job().parents(Set.of(parent.id())).build();
                            children.add(
                                    StoreDriver.accepted(
                                            store(1).submit(List.of(new NewJob(s.nextId(), child)))
                                                    .getFirst()));
                        }
                    }
                    return thread;
                });
        while (s.store.sweep(100) > 0) {}

        assertThat(s.names(children)).hasSize(pairs).containsOnly(JobState.Name.QUEUED);
    }

    /** The same key from all at once: one job, and all hear of it. */
    void oneKeyIsOneJob(int rounds) {
        for (int i = 0; i < rounds; i++) {
            Submission job = StoreDriver.job().idempotencyKey("key-" + i).build();

            List<Submitted> answers = together(THREADS, thread -> submitOne(thread, job));

            var ids =
                    answers.stream()
                            .map(a ->
                                    a instanceof Submitted.Existing(var id)
                                            ? id
                                            : StoreDriver.accepted(a))
                            .distinct();
            assertThat(ids).hasSize(1);
            assertThat(answers).filteredOn(a -> a instanceof Submitted.Accepted).hasSize(1);
        }
    }

    /** Equal jobs from all at once: one leads, and all others follow it. */
    void oneFlightHasOneLeader(int rounds) {
        for (int i = 0; i < rounds; i++) {
            Submission job = StoreDriver.shared("flight-" + i).build();

            List<Submitted> answers = together(THREADS, thread -> submitOne(thread, job));

            List<JobId> ids = answers.stream().map(StoreDriver::accepted).toList();
            List<JobId> leaders =
                    ids.stream().filter(id -> s.name(id) == JobState.Name.QUEUED).toList();
            assertThat(leaders).hasSize(1);
            assertThat(ids.stream().filter(id -> !leaders.contains(id)).map(s::state))
                    .containsOnly(new JobState.Waiting(Set.copyOf(leaders), true));
        }
    }

    private Submitted submitOne(int thread, Submission job) {
        return store(thread).submit(List.of(new NewJob(s.nextId(), job))).getFirst();
    }

    /** A worker completes while another takes its lease back: one of them wins, whole. */
    void aLateCompletionAndAReclaimNeverBothCount(int rounds) {
        for (int i = 0; i < rounds; i++) {
            ClaimedJob job = s.start();
            var seen = s.lease(job);
            s.advance(StoreDriver.TTL);

            List<Boolean> won =
                    together(
                            2,
                            thread ->
                                    thread == 0
                                            ? store(0).end(List.of(s.completed(job, "1")))
                                                            .getFirst()
                                                    instanceof Written.Done
                                            : store(1).reclaim(seen, s::afterLoss) == 1);

            assertThat(won).containsExactlyInAnyOrder(true, false);
            assertThat(s.name(job.id()))
                    .isEqualTo(won.getFirst() ? JobState.Name.SUCCEEDED : JobState.Name.QUEUED);
            assertThat(s.store.history(job.id())).hasSize(won.getFirst() ? 0 : 1);
        }
    }
}
