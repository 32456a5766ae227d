package dev.pawl.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The other end of a {@link Desk}: a peer's process. */
final class PeerProcess implements AutoCloseable {
    private static final int ANSWER_MINUTES_MAX = 30;

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

    static PeerProcess start(PeerKind kind, String url) throws IOException {
        Process process =
                new ProcessBuilder(kind.commandFor(url))
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
