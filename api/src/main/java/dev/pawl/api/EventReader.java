package dev.pawl.api;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Takes a stream of events apart (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 * A thread of its own reads, so that a connection that has silently died is given up.
 */
final class EventReader implements AutoCloseable {
    /** A server says something every 15 seconds. */
    private static final Duration SILENCE_MAX = Duration.ofSeconds(45);

    /** No line of an event stream is this one. */
    private static final String END = "\0";

    private final InputStream in;
    private final ArrayBlockingQueue<String> lines = new ArrayBlockingQueue<>(256);
    private final Thread thread;

    /** One event. */
    record Read(String event, String id, String data) {}

    EventReader(InputStream in) {
        this.in = in;
        this.thread = Thread.ofVirtual().name("event-reader").start(this::read);
    }

    private void read() {
        try (var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine())
                lines.put(line);
        } catch (IOException e) {
            // The connection is broken: the same as its end, whoever listens comes again.
        } catch (InterruptedException e) {
            return;
        }
        try {
            lines.put(END);
        } catch (InterruptedException e) {
            // Nobody waits for it.
        }
    }

    /** The next event; empty when the connection is over. */
    Optional<Read> next() throws InterruptedException {
        String event = "message";
        String id = "";
        var data = new StringBuilder();
        while (true) {
            String line = lines.poll(SILENCE_MAX.toSeconds(), TimeUnit.SECONDS);
            if (line == null || line.equals(END)) return Optional.empty();
            if (line.startsWith("event:")) event = value(line, 6);
            else if (line.startsWith("id:")) id = value(line, 3);
            else if (line.startsWith("data:")) data.append(value(line, 5));
            else if (line.isEmpty() && !data.isEmpty())
                return Optional.of(new Read(event, id, data.toString()));
        }
    }

    private static String value(String line, int from) {
        return line.startsWith(" ", from) ? line.substring(from + 1) : line.substring(from);
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            in.close();
        } catch (IOException e) {
            // It is of no use any more either way.
        }
    }
}
