package dev.pawl.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What a job system's process is told, and what it answers: lines on its input and output. Each
 * command is answered by {@code ok NANOS}; a worker tells {@code count JOBS NANOS} now and then, or
 * {@code started NUMBER NANOS} for each. Times are of the clock that all processes of a Linux
 * machine share. Knows nothing but the JDK: peers are compiled with it and without Pawl.
 */
public final class Desk {
    /** A job system under measurement. {@link #submit} is called from many threads. */
    public interface Peer {
        /** Makes the tables. */
        void migrate() throws Exception;

        /** Called before the submits, and before no other command but them. */
        void connect(int clients) throws Exception;

        /** Stores so many jobs in the quickest way there is. */
        void bulk(int jobs) throws Exception;

        /** Stores one; durable on return. */
        void submit(int number) throws Exception;

        /**
         * Starts a worker in this process and returns.
         *
         * @param latency whether jobs will come singly, and how soon they start is what counts
         * @param handler to be called with each job's number
         */
        void work(boolean latency, Handler handler) throws Exception;
    }

    /** What a job does: be counted. */
    public interface Handler {
        void started(int number);
    }

    private static final int TELL_MILLIS = 20;

    /** Of a second. */
    private static final int TURNS = 100;

    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong last = new AtomicLong();
    private final Peer peer;

    private Desk(Peer peer) {
        this.peer = peer;
    }

    /** Obeys until its input ends, then ends the JVM, whatever the peer left running. */
    public static void serve(Peer peer) throws Exception {
        var desk = new Desk(peer);
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            long begun = System.nanoTime();
            desk.obey(line.split(" ", -1));
            say("ok " + (System.nanoTime() - begun));
        }
        System.exit(0);
    }

    /** About what a mail job's input is; as JSON. */
    public static String input(int number) {
        return "{\"to\":\"someone@example.org\",\"subject\":\"hello\",\"body\":\"some text as long"
                + " as the input of a usual job is, a hundred bytes or so\",\"number\":"
                + number
                + "}";
    }

    private void obey(String[] words) throws Exception {
        int one = words.length > 1 ? Integer.parseInt(words[1]) : 0;
        switch (words[0]) {
            case "migrate" -> peer.migrate();
            case "connect" -> peer.connect(one);
            case "bulk" -> peer.bulk(one);
            case "submit" -> submitAll(one, Integer.parseInt(words[2]));
            case "slowly" -> submitSlowly(one);
            case "steadily" -> submitSteadily(one, Integer.parseInt(words[2]));
            case "each" -> peer.work(true, n -> say("started " + n + " " + System.nanoTime()));
            case "work" -> {
                Thread.ofPlatform().daemon().name("tell").start(this::tell);
                peer.work(false, this::count);
            }
            default -> throw new IOException("unknown command " + words[0]);
        }
    }

    private void count(int number) {
        last.set(System.nanoTime());
        count.incrementAndGet();
    }

    private void tell() {
        int told = 0;
        while (true) {
            try {
                Thread.sleep(TELL_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
            int now = count.get();
            if (now == told) continue;
            told = now;
            say("count " + now + " " + last.get());
        }
    }

    private void submitAll(int clients, int jobs) throws Exception {
        var next = new AtomicInteger();
        var failure = new AtomicReference<Exception>();
        List<Thread> threads = new ArrayList<>();
        for (int c = 0; c < clients; c++)
            threads.add(
                    Thread.ofPlatform()
                            .name("submit-" + c)
                            .start(() -> {
                                try {
                                    for (int n = next.getAndIncrement();
                                            n < jobs;
                                            n = next.getAndIncrement()) peer.submit(n);
                                } catch (Exception e) {
                                    failure.set(e);
                                }
                            }));
        for (Thread thread : threads) thread.join();
        if (failure.get() != null) throw failure.get();
    }

    /** 2 to 12 ms apart, so that workers are idle and their polls are hit at random. */
    private void submitSlowly(int jobs) throws Exception {
        var random = new Random(1);
        for (int n = 0; n < jobs; n++) {
            Thread.sleep(2 + random.nextInt(10));
            peer.submit(n);
            say("answered " + n + " " + System.nanoTime());
        }
    }

    /** So many a second, for so many seconds: a hundredth of them at a time, late or not. */
    private void submitSteadily(int perSecond, int seconds) throws Exception {
        long begun = System.nanoTime();
        for (int turn = 0; turn < seconds * TURNS; turn++) {
            long early = begun + turn * (1_000_000_000L / TURNS) - System.nanoTime();
            if (early > 0) Thread.sleep(Duration.ofNanos(early));
            peer.bulk(perSecond / TURNS);
        }
    }

    /** Says a line to whoever started this process. */
    public static void say(String line) {
        synchronized (System.out) {
            System.out.println(line);
        }
    }
}
