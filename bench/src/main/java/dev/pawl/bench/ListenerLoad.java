package dev.pawl.bench;

import dev.pawl.api.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Submits jobs at an even rate, listens to each until its end, and meanwhile may submit others as
 * fast as it can; in a process of its own. A submit's time counts from the moment it was due, so
 * that one that is held up isn't spared its followers' wait.
 */
final class ListenerLoad {
    private static final int CALLERS = 32;

    /** For the followed jobs, and for the others, which stay in a queue that nobody serves. */
    private static final String FOLLOWED = "{\"tool\":\"noop\",\"input\":%s}".formatted(Jobs.INPUT);

    private static final String OTHER =
            "{\"tool\":\"noop\",\"run_at\":\"2100-01-01T00:00:00Z\",\"input\":%s}"
                    .formatted(Jobs.INPUT);

    private final Plan plan;
    private final long[] times;

    /** So many of the jobs are not counted: a fresh JVM is slow. */
    private final int warmUp;

    private final AtomicInteger next = new AtomicInteger();
    private final LinkedBlockingQueue<String> submitted = new LinkedBlockingQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger ends = new AtomicInteger();
    private final AtomicInteger eager = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();

    /** When the measuring began; 0 while this process still warms up. */
    private final AtomicLong warmAt = new AtomicLong();

    private final LinkedBlockingQueue<Exception> failures = new LinkedBlockingQueue<>();

    private ListenerLoad(Plan plan, int jobs) {
        this.plan = plan;
        this.times = new long[jobs];
        this.warmUp = jobs / 4;
    }

    /**
     * What to do.
     *
     * @param listeners at most at a time; 0 for none
     * @param eager callers that submit other jobs, each its next one when the last is answered
     */
    record Plan(int port, int perSecond, int listeners, int eager) {
        Plan with(int number) {
            return new Plan(port, perSecond, number, eager);
        }
    }

    /**
     * What came of it.
     *
     * @param most listeners at a time
     * @param ends how many heard of their job's success
     */
    record Result(
            double perSecond,
            double p50Millis,
            double p99Millis,
            int most,
            int ends,
            double eagerPerSecond) {
        @Override
        public String toString() {
            String others =
                    eagerPerSecond == 0 ? "" : " and %,.0f/s of others".formatted(eagerPerSecond);
            String heard = most == 0 ? "" : ", %,d at a time heard %,d ends".formatted(most, ends);
            return "%.0f/s%s, p50 %.1f ms, p99 %.1f ms%s"
                    .formatted(perSecond, others, p50Millis, p99Millis, heard);
        }
    }

    static Result run(Plan plan, int jobs) throws Exception {
        String said =
                Child.run(
                        ListenerLoad.class,
                        Stream.of(plan.port, plan.perSecond, plan.listeners, plan.eager, jobs)
                                .map(String::valueOf)
                                .toArray(String[]::new));
        double[] numbers =
                Arrays.stream(said.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
        return new Result(
                numbers[0], numbers[1], numbers[2], (int) numbers[3], (int) numbers[4], numbers[5]);
    }

    public static void main(String[] arguments) throws Exception {
        int[] numbers = Stream.of(arguments).mapToInt(Integer::parseInt).toArray();
        var plan = new Plan(numbers[0], numbers[1], numbers[2], numbers[3]);
        System.out.println(new ListenerLoad(plan, numbers[4]).run());
    }

    private String run() throws Exception {
        long begun = Jobs.TIME.nanos();
        var callers = new ArrayList<Thread>();
        for (int i = 0; i < CALLERS; i++) callers.add(started(() -> submit(begun)));
        var others = new ArrayList<Thread>();
        for (int i = 0; i < plan.eager; i++) others.add(started(this::submitOthers));
        var listeners = new ArrayList<Thread>();
        for (int i = 0; i < plan.listeners; i++) listeners.add(started(this::listen));
        for (Thread caller : callers) caller.join();
        double seconds = (Jobs.TIME.nanos() - warmAt.get()) / 1e9;
        over.set(true);
        for (Thread other : others) other.join();
        for (int i = 0; i < plan.listeners; i++) submitted.add("");
        for (Thread listener : listeners) listener.join();
        Exception failure = failures.poll();
        if (failure != null) throw failure;
        long[] counted = Arrays.copyOfRange(times, warmUp, times.length);
        Arrays.sort(counted);
        return String.format(
                Locale.ROOT,
                "%f %f %f %d %d %f",
                counted.length / seconds,
                counted[counted.length / 2] / 1e6,
                counted[counted.length * 99 / 100] / 1e6,
                most.get(),
                ends.get(),
                eager.get() / seconds);
    }

    private interface Work {
        void run() throws Exception;
    }

    private Thread started(Work work) {
        return Thread.ofVirtual()
                .start(() -> {
                    try {
                        work.run();
                    } catch (Exception e) {
                        failures.add(e);
                    }
                });
    }

    private void submit(long begun) throws Exception {
        byte[] ask = post(FOLLOWED);
        try (var socket = connected()) {
            var in = new BufferedInputStream(socket.getInputStream());
            for (int i = next.getAndIncrement(); i < times.length; i = next.getAndIncrement()) {
                long due = begun + i * 1_000_000_000L / plan.perSecond;
                Duration early = Duration.ofNanos(due - Jobs.TIME.nanos());
                if (early.isPositive()) Jobs.TIME.sleep(early);
                if (i == warmUp) warmAt.set(Jobs.TIME.nanos());
                socket.getOutputStream().write(ask);
                byte[] answer = HttpLoad.answer(in);
                times[i] = Jobs.TIME.nanos() - due;
                if (plan.listeners > 0) submitted.add(id(answer));
            }
        }
    }

    private void submitOthers() throws Exception {
        byte[] ask = post(OTHER);
        try (var socket = connected()) {
            var in = new BufferedInputStream(socket.getInputStream());
            while (!over.get()) {
                socket.getOutputStream().write(ask);
                byte[] _ = HttpLoad.answer(in);
                if (warmAt.get() > 0) eager.incrementAndGet();
            }
        }
    }

    /** One job after the other, on one connection. */
    private void listen() throws Exception {
        try (var socket = connected()) {
            var in = new BufferedInputStream(socket.getInputStream());
            for (String id = submitted.take(); !id.isEmpty(); id = submitted.take()) {
                String path = "/v1/jobs/%s/events".formatted(id);
                most.accumulateAndGet(open.incrementAndGet(), Math::max);
                socket.getOutputStream()
                        .write(new HttpLoad.Ask(plan.port, "GET", path, "", "", 1).bytes());
                String said = new String(HttpLoad.answer(in), StandardCharsets.UTF_8);
                if (!said.contains("\"succeeded\"")) throw new IOException("heard " + said);
                ends.incrementAndGet();
                open.decrementAndGet();
            }
        }
    }

    private Socket connected() throws IOException {
        var socket = new Socket("localhost", plan.port);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static byte[] post(String body) {
        return new HttpLoad.Ask(0, "POST", "/v1/jobs", "application/json", body, 1).bytes();
    }

    private static String id(byte[] answer) throws IOException {
        if (!(Json.read(answer) instanceof Json.Reading.Read(var node)))
            throw new IOException("answered no JSON");
        return node.path("id").stringValue("");
    }
}
