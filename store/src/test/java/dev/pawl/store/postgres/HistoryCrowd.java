package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Retention;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Several threads that use stores at once while days go by, and periods are made and dropped. Each
 * thread knows where its own jobs have to be ({@link HistoryActor}); that what it does meets what
 * others do, and the drops, is the point.
 */
final class HistoryCrowd {
    /** What goes by between two turns of history. */
    private static final Duration STEP = Duration.ofHours(12);

    private static final Duration SHORTEST = Duration.ofDays(2);

    static final Retention RETENTION =
            Retention.FOREVER
                    .with(JobState.Name.SUCCEEDED, SHORTEST)
                    .with(JobState.Name.DEAD, Duration.ofDays(3))
                    .with(JobState.Name.CANCELLED, SHORTEST);

    private static final int RECENT = 40;

    /** As many periods are to be dropped while others work, or they go on for longer. */
    private static final int DROPS = 5;

    private final HistoryScenes scenes;
    private final List<PostgresStore> stores;

    /** At least so late it is; and at most so late. */
    private volatile Instant shown;

    private volatile Instant coming;

    /** Jobs that anybody has submitted lately. */
    private final ConcurrentLinkedDeque<JobId> recent = new ConcurrentLinkedDeque<>();

    /** Jobs that somebody has found gone: they never come back. */
    private final Set<JobId> gone = ConcurrentHashMap.newKeySet();

    private final AtomicInteger working = new AtomicInteger();

    /** Periods that were dropped while others worked. */
    private final AtomicInteger dropped = new AtomicInteger();

    HistoryCrowd(HistoryScenes scenes, List<PostgresStore> stores) {
        this.scenes = scenes;
        this.stores = stores;
        shown = scenes.now;
        coming = scenes.now;
    }

    /**
     * Ends with every job gone that could go, and nothing left of any.
     *
     * @param rounds what each thread does at least, and a ninth of what it does at most
     */
    void mingle(int threads, int rounds) throws InterruptedException {
        var actors = new ArrayList<HistoryActor>();
        for (int i = 0; i < threads; i++)
            actors.add(new HistoryActor(this, stores.get(i % stores.size()), i));
        working.set(threads);
        var calls = new ArrayList<Callable<Void>>();
        for (HistoryActor actor : actors)
            calls.add(() -> {
                try {
                    for (int i = 0; i < rounds || (dropped.get() < DROPS && i < 9 * rounds); i++)
                        actor.act();
                } finally {
                    working.decrementAndGet();
                }
                return null;
            });
        calls.add(this::time);
        calls.add(this::chores);
        together(calls);

        assertThat(dropped.get())
                .as("periods that were dropped meanwhile")
                .isGreaterThanOrEqualTo(DROPS);
        assertThat(stores.getFirst().violations()).isEmpty();
        for (HistoryActor actor : actors) actor.checkAll();
        assertThat(stores.getFirst().states(gone)).isEmpty();
        for (boolean ended = false; !ended; ) {
            goOn(STEP);
            stores.getFirst().promote(1_000);
            ended = true;
            for (HistoryActor actor : actors) ended &= actor.finish();
        }
        everythingGoes();
        assertThat(scenes.rows("idempotency"))
                .isEqualTo(actors.stream().mapToInt(HistoryActor::keys).sum());
    }

    private static void together(List<Callable<Void>> calls) throws InterruptedException {
        try (var pool = Executors.newFixedThreadPool(calls.size())) {
            for (Future<Void> each : pool.invokeAll(calls)) each.get();
        } catch (ExecutionException e) {
            throw new AssertionError("a thread failed: " + e.getCause(), e.getCause());
        }
    }

    // ---- What goes on beside them

    /** Lets time go by as fast as history can follow. */
    private Void time() {
        var history = new History(stores.getFirst(), 1 << 20, "200ms");
        Set<String> before = Set.copyOf(scenes.names());
        while (working.get() > 0) {
            if (upToDate()) goOn(STEP);
            history.keep(RETENTION);
            var now = new HashSet<>(scenes.names());
            dropped.addAndGet((int) before.stream().filter(name -> !now.contains(name)).count());
            before = now;
        }
        assertThat(history.said())
                .as("what is no matter of time")
                .doesNotContain("failed", "owner");
        return null;
    }

    /** What is due is dropped, and what comes is made. */
    private boolean upToDate() {
        List<Period> periods = stores.getFirst().read(History::periods);
        return periods.getFirst().end().plus(SHORTEST).isAfter(shown)
                && periods.getLast().end().isAfter(shown.plus(STEP));
    }

    /** As another process does it, which leads at the same time. */
    private Void chores() {
        PostgresStore store = stores.getLast();
        while (working.get() > 0) {
            store.keepHistory(RETENTION);
            scenes.prune(store, RETENTION);
            store.promote(100);
            store.sweep(100);
            assertThat(store.expire(100)).isZero();
        }
        return null;
    }

    private void goOn(Duration step) {
        coming = shown.plus(step);
        scenes.at(coming);
        shown = coming;
    }

    private void everythingGoes() {
        PostgresStore store = stores.getFirst();
        goOn(Duration.ofDays(4));
        for (int turns = scenes.names().size(); turns > 0; turns--) store.keepHistory(RETENTION);
        scenes.prune(store, RETENTION);
        for (String table :
                List.of("job", "outcome", "tag", "attempt_end", "log", "progress", "expiry"))
            assertThat(scenes.rows(table)).as(table).isZero();
        assertThat(scenes.rows("flow_edge")).isZero();
        assertThat(scenes.tables("_gone")).isZero();
        assertThat(scenes.checks()).isEmpty();
        assertThat(store.counts()).isEmpty();
        assertThat(store.violations()).isEmpty();
    }

    // ---- What they ask

    /** At least so late it is. */
    Instant atLeast() {
        return shown;
    }

    /** Whether what ended then, or later, is still to be there. */
    boolean mustBeThere(JobState.Name state, Instant ended) {
        Duration kept = RETENTION.kept().getOrDefault(state, SHORTEST);
        return !ended.isBefore(coming.minus(kept));
    }

    void submitted(JobId id) {
        recent.addFirst(id);
        if (recent.size() > RECENT) recent.pollLast();
    }

    /** Jobs of anybody. */
    List<JobId> recent() {
        return List.copyOf(recent);
    }

    void gone(JobId id) {
        gone.add(id);
    }
}
