package dev.pawl.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a server's process says, read by a thread that ends with it. The last lines are kept for the
 * message of a test that fails; none is printed.
 */
final class ServerLog {
    private static final int LINES_MAX = 200;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Deque<String> lines = new ArrayDeque<>();
    private final String wanted;
    private boolean found;
    private boolean ended;

    private ServerLog(String wanted) {
        this.wanted = wanted;
    }

    /**
     * @param wanted part of the line that says that the server can be used
     */
    static ServerLog of(Process process, String wanted) {
        var log = new ServerLog(wanted);
        Thread.ofPlatform()
                .daemon()
                .name("log-of-" + process.pid())
                .start(() -> log.read(process.inputReader()));
        return log;
    }

    private void read(BufferedReader said) {
        try (said) {
            for (String line = said.readLine(); line != null; line = said.readLine()) add(line);
        } catch (IOException e) {
            add(e.toString());
        } finally {
            end();
        }
    }

    private void add(String line) {
        lock.lock();
        try {
            if (lines.size() == LINES_MAX) lines.removeFirst();
            lines.addLast(line);
            found |= line.contains(wanted);
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the wanted line; false when the process ended without it, or time ran out. */
    boolean saysWanted(Duration max) throws InterruptedException {
        long left = max.toNanos();
        lock.lock();
        try {
            while (!found && !ended && left > 0) left = news.awaitNanos(left);
            return found;
        } finally {
            lock.unlock();
        }
    }

    /** The last lines. */
    String said() {
        lock.lock();
        try {
            return String.join("\n", lines);
        } finally {
            lock.unlock();
        }
    }
}
