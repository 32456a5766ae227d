package dev.pawl.server;

import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Count;
import dev.pawl.core.End;
import dev.pawl.core.Engine;
import dev.pawl.core.EngineListener;
import dev.pawl.core.JobError;
import dev.pawl.core.PawlException;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Store;
import dev.pawl.core.Time;
import dev.pawl.core.Token;
import dev.pawl.core.WorkerEntry;
import dev.pawl.core.Written;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Figures for Prometheus. What the store keeps is read when it is asked for; attempts that are
 * claimed and ended in this process are timed as the engine tells of them. Labels are queue, tool
 * and what is fixed: a caller who invents queues makes no more than {@value #NAMES_MAX} of them.
 * Thread-safe.
 */
final class Metrics implements EngineListener, AutoCloseable {
    private static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** Different queues, and different tools, that have figures of their own. */
    static final int NAMES_MAX = 200;

    private static final String OTHERS = "(others)";

    /** Attempts whose end is awaited; of more, the longest under way are not timed. */
    private static final int RUNNING_MAX = 100_000;

    private static final Duration[] PICKUP = buckets(1, 5, 10, 50, 100, 500, 1_000, 5_000, 60_000);
    private static final Duration[] REQUEST = buckets(1, 5, 10, 50, 100, 500, 1_000, 10_000);
    private static final Duration[] RUN =
            buckets(5, 10, 50, 100, 500, 1_000, 5_000, 30_000, 60_000, 600_000, 3_600_000);

    private final Engine engine;
    private final Time time;
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final Set<String> queues = ConcurrentHashMap.newKeySet();
    private final Set<String> tools = ConcurrentHashMap.newKeySet();
    private final Map<Request, Timer> requests = new ConcurrentHashMap<>();
    private final Running running = new Running();

    private final ReentrantLock scraping = new ReentrantLock();
    private final Map<String, MultiGauge> gauges = new HashMap<>();

    /** An attempt that was claimed here. */
    private record Begun(String tool, long nanos) {}

    Metrics(Engine engine, Time time, IntSupplier connections) {
        this.engine = engine;
        this.time = time;
        Gauge.builder("pawl.http.connections", connections::getAsInt)
                .description("Open connections")
                .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        gc.bindTo(registry);
        engine.listen(this);
    }

    // ---- Requests

    /**
     * A request as it is counted.
     *
     * @param address the native API, or the front, that was asked
     * @param route as it stands in the list of routes, so that there are only so many
     */
    record Request(String address, String method, String route, int status) {}

    /** Notes that a request was answered; of a stream, that it is over. */
    void served(Request request, long nanos) {
        requests.computeIfAbsent(
                        request,
                        r ->
                                Timer.builder("pawl.http.requests")
                                        .description("From the headers to the answer's end")
                                        .tag("address", r.address)
                                        .tag("method", r.method)
                                        .tag("route", r.route)
                                        .tag("status", Integer.toString(r.status))
                                        .serviceLevelObjectives(REQUEST)
                                        .register(registry))
                .record(Duration.ofNanos(nanos));
    }

    /** The requests to that address. */
    List<Figure> served(String address) {
        return registry.find("pawl.http.requests").tag("address", address).timers().stream()
                .map(Metrics::figure)
                .toList();
    }

    /** The attempts that were claimed and ended here. */
    List<Figure> ran() {
        return registry.find("pawl.run").timers().stream().map(Metrics::figure).toList();
    }

    private static Figure figure(Timer timer) {
        var labels = new LinkedHashMap<String, String>();
        timer.getId().getTags().forEach(tag -> labels.put(tag.getKey(), tag.getValue()));
        return new Figure(labels, timer.count(), timer.totalTime(TimeUnit.SECONDS));
    }

    // ---- Attempts

    @Override
    public void claimed(List<ClaimedJob> jobs) {
        for (ClaimedJob job : jobs) {
            String tool = bounded(tools, job.submission().tool().toString());
            running.put(job.token(), new Begun(tool, time.nanos()));
            boolean first = job.state().attempt() == 1 && job.submission().parents().isEmpty();
            // When a later one was due isn't known here.
            if (first) pickedUp(job);
        }
    }

    private void pickedUp(ClaimedJob job) {
        Instant runAt = job.submission().runAt();
        Instant made = job.id().madeAt();
        Duration waited = Duration.between(runAt.isAfter(made) ? runAt : made, job.startedAt());
        Timer.builder("pawl.pickup")
                .description("From when a job was due to its first attempt")
                .tag("queue", bounded(queues, job.submission().queue()))
                .serviceLevelObjectives(PICKUP)
                .register(registry)
                .record(waited.isNegative() ? Duration.ZERO : waited);
    }

    @Override
    public void attemptEnded(End end, Written written) {
        Begun begun = running.take(end.token());
        if (begun == null) return;
        boolean lost = written instanceof Written.LeaseLost;
        String outcome = lost ? "lease_lost" : end.how().wire();
        Timer.builder("pawl.run")
                .description("How long attempts ran, from claim to end")
                .tag("tool", begun.tool)
                .tag("outcome", outcome)
                .serviceLevelObjectives(RUN)
                .register(registry)
                .record(Duration.ofNanos(time.nanos() - begun.nanos));
        registry.counter(
                        "pawl.attempts",
                        "tool",
                        begun.tool,
                        "outcome",
                        outcome,
                        "error_class",
                        end.error().map(JobError::kind).map(k -> k.wire()).orElse(""))
                .increment();
    }

    private static String bounded(Set<String> known, String name) {
        if (known.contains(name)) return name;
        return known.size() < NAMES_MAX && known.add(name) ? name : OTHERS;
    }

    private static Duration[] buckets(int... millis) {
        var buckets = new Duration[millis.length];
        for (int i = 0; i < millis.length; i++) buckets[i] = Duration.ofMillis(millis[i]);
        return buckets;
    }

    // ---- What the store keeps

    void show(Exchange exchange) {
        exchange.answer(MEDIA_TYPE, scrape());
    }

    String scrape() {
        scraping.lock();
        try {
            var rows = new Rows();
            try {
                read(rows);
                rows.add("pawl.store.up", Tags.empty(), 1);
            } catch (PawlException e) {
                // Who watches wants to know that, and the rest.
                rows.clear();
                rows.add("pawl.store.up", Tags.empty(), 0);
            }
            for (String name : rows.names())
                gauges.computeIfAbsent(name, n -> MultiGauge.builder(n).register(registry));
            gauges.forEach((name, gauge) -> gauge.register(rows.of(name), true));
            return registry.scrape();
        } finally {
            scraping.unlock();
        }
    }

    private void read(Rows rows) {
        Store store = engine.store();
        Instant now = store.now();
        for (Count count : store.counts()) {
            String queue = bounded(queues, count.queue());
            String tool = bounded(tools, count.tool().toString());
            rows.add(
                    "pawl.jobs",
                    Tags.of("queue", queue, "tool", tool, "state", count.state().wire()),
                    (double) count.jobs());
            rows.add("pawl.queue.depth", Tags.of("queue", queue), (double) depth(count));
        }
        for (QueueEntry queue : store.queues()) {
            Tags tags = Tags.of("queue", bounded(queues, queue.name()));
            rows.add("pawl.queue.depth", tags, 0);
            rows.add("pawl.queue.paused", tags, queue.paused() ? 1 : 0);
        }
        store.oldestDue()
                .forEach((queue, due) ->
                        rows.most(
                                "pawl.queue.oldest.age.seconds",
                                Tags.of("queue", bounded(queues, queue)),
                                Math.max(0, Duration.between(due, now).toMillis() / 1_000.0)));
        int slots = 0;
        List<WorkerEntry> workers = store.workers();
        for (WorkerEntry worker : workers) slots += worker.slots();
        rows.add("pawl.workers", Tags.empty(), workers.size());
        rows.add("pawl.worker.slots", Tags.empty(), slots);
        store.pool()
                .ifPresent(pool -> {
                    rows.add("pawl.store.connections", Tags.empty(), pool.connections());
                    rows.add("pawl.store.connections.busy", Tags.empty(), pool.busy());
                    rows.add("pawl.store.writes.waiting", Tags.empty(), pool.writesWaiting());
                });
    }

    private static long depth(Count count) {
        return Documents.depth(Map.of(count.state(), count.jobs()));
    }

    /** A scrape's figures by name and labels; those with the same labels are added up. */
    private static final class Rows {
        private final Map<String, Map<Tags, Double>> rows = new LinkedHashMap<>();

        void add(String name, Tags tags, double value) {
            rows.computeIfAbsent(name, _ -> new LinkedHashMap<>()).merge(tags, value, Double::sum);
        }

        void most(String name, Tags tags, double value) {
            rows.computeIfAbsent(name, _ -> new LinkedHashMap<>()).merge(tags, value, Math::max);
        }

        void clear() {
            rows.clear();
        }

        Set<String> names() {
            return rows.keySet();
        }

        List<MultiGauge.Row<?>> of(String name) {
            var list = new ArrayList<MultiGauge.Row<?>>();
            rows.getOrDefault(name, Map.of())
                    .forEach((tags, value) -> list.add(MultiGauge.Row.of(tags, value)));
            return list;
        }
    }

    /** Attempts under way, at most {@link #RUNNING_MAX}: some never end here. */
    private static final class Running {
        private final ReentrantLock lock = new ReentrantLock();
        private final LinkedHashMap<Token, Begun> attempts = new LinkedHashMap<>();

        void put(Token token, Begun begun) {
            lock.lock();
            try {
                attempts.put(token, begun);
                if (attempts.size() > RUNNING_MAX) attempts.pollFirstEntry();
            } finally {
                lock.unlock();
            }
        }

        @Nullable Begun take(Token token) {
            lock.lock();
            try {
                return attempts.remove(token);
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public void close() {
        engine.unlisten(this);
        gc.close();
        registry.close();
    }
}
