package dev.pawl.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The other end of a {@link Desk}: a peer's process. */
final class PeerProcess implements AutoCloseable {
    private static final int ANSWER_MINUTES_MAX = 30;

    /** Jobs of a run that is made for the AOT cache, in bulk and singly. */
    private static final int TRAINING = 10_000;

    private static final int SUBMITS = 200;
    private static final Duration TRAINING_MAX = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(20);

    private final PeerKind kind;
    private final Process process;
    private final Writer commands;
    private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();

    /** By the job's number, when it was answered and when it was started. */
    final Map<Integer, Long> answered = new ConcurrentHashMap<>();

    final Map<Integer, Long> started = new ConcurrentHashMap<>();

    /** Of a Pawl that tells them. */
    final Queue<Claimed> claims = new ConcurrentLinkedQueue<>();

    private volatile int count;
    private volatile long last;

    /**
     * A claim that found jobs.
     *
     * @param at when it ended, on the clock that all processes share
     * @param took nanoseconds
     */
    record Claimed(long at, long took) {}

    private PeerProcess(PeerKind kind, Process process) {
        this.kind = kind;
        this.process = process;
        this.commands = process.outputWriter();
    }

    /** With an AOT cache, where one was made of its program: as {@code ./pawl worker} starts. */
    static PeerProcess start(PeerKind kind, String url) throws IOException {
        Optional<Path> cache = kind.cache().filter(Files::exists);
        return start(kind, url, cache.map(file -> "-XX:AOTCache=" + file).stream().toList());
    }

    /**
     * Runs the program of this job system once in all its parts, for the AOT cache of its next
     * starts: a cache holds what one run has loaded. Does nothing for one that isn't on the JVM.
     */
    static void train(PeerKind kind, String url) throws Exception {
        Path cache = kind.cache().orElse(null);
        if (cache == null) return;
        Files.deleteIfExists(cache);
        try (var first = start(kind, url)) {
            first.ask("migrate");
        }
        List<String> quietly =
                List.of("-XX:AOTCacheOutput=" + cache, "-Xlog:disable", "-Xlog:all=error:stderr");
        try (var peer = start(kind, url, quietly)) {
            int bulk = TRAINING / kind.fewer();
            peer.ask("connect 2");
            peer.ask("submit 2 " + SUBMITS);
            peer.ask("bulk " + bulk);
            peer.tell("work");
            long until = Jobs.TIME.nanos() + TRAINING_MAX.toNanos();
            while (peer.count() < bulk + SUBMITS && peer.alive() && Jobs.TIME.nanos() < until)
                Jobs.TIME.sleep(POLL);
            // The cache is written at the end.
            peer.commands.close();
            if (!peer.process.waitFor(ANSWER_MINUTES_MAX, TimeUnit.MINUTES))
                throw new IOException(kind.name() + " doesn't end; see " + kind.log());
        }
        if (!Files.exists(cache))
            throw new IOException(kind.name() + ": no AOT cache; see " + kind.log());
    }

    private static PeerProcess start(PeerKind kind, String url, List<String> flags)
            throws IOException {
        Process process =
                new ProcessBuilder(kind.commandFor(url, flags))
                        .redirectError(ProcessBuilder.Redirect.appendTo(kind.log().toFile()))
                        .start();
        var peer = new PeerProcess(kind, process);
        Thread.ofPlatform().daemon().name("peer").start(() -> peer.read(process.inputReader()));
        return peer;
    }

    private void read(BufferedReader lines) {
        try (lines) {
            for (String line = lines.readLine(); line != null; line = lines.readLine())
                take(line.split(" ", -1), line);
        } catch (IOException _) {
            // Closed, or gone: whoever waits for an answer hears of it below.
        } finally {
            answers.add("ended");
        }
    }

    private void take(String[] words, String line) {
        switch (words[0]) {
            case "count" -> {
                last = Long.parseLong(words[2]);
                count = Integer.parseInt(words[1]);
            }
            case "started" -> started.put(Integer.valueOf(words[1]), Long.valueOf(words[2]));
            case "answered" -> answered.put(Integer.valueOf(words[1]), Long.valueOf(words[2]));
            case "claimed" ->
                    claims.add(new Claimed(Long.parseLong(words[1]), Long.parseLong(words[2])));
            case "ok" -> answers.add(words[1]);
            default -> System.err.println(kind.name() + " says: " + line);
        }
    }

    /** Gives a command and doesn't wait. */
    void tell(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
    }

    /** Gives a command and waits for its answer: how many nanoseconds it took. */
    long ask(String command) throws IOException, InterruptedException {
        tell(command);
        String answer = answers.poll(ANSWER_MINUTES_MAX, TimeUnit.MINUTES);
        if (answer == null || answer.equals("ended"))
            throw new IOException(
                    "%s: no answer to %s; see %s".formatted(kind.name(), command, kind.log()));
        return Long.parseLong(answer);
    }

    /** Jobs started so far, as it told last. */
    int count() {
        return count;
    }

    /** When the last of them was. */
    long last() {
        return last;
    }

    boolean alive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
