package dev.pawl.worker.executor;

import dev.pawl.core.Attempt;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** A worker's process with one command: {@code DATA SCRIPT [STDOUT-NAME]}. */
final class CommandMain {
    private CommandMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        var commands = new Commands(Path.of(arguments[0]));
        if (arguments.length > 2 && !arguments[2].isEmpty()) commands.stdoutName(arguments[2]);
        var attempt = new PrintingAttempt();
        Outcome outcome = commands.shell(arguments[1]).run(attempt);
        System.out.println("lines " + attempt.count.get());
        System.out.println("outcome " + outcome);
    }

    /** Prints the short lines of the log and counts all. */
    private static final class PrintingAttempt implements Attempt {
        final AtomicLong count = new AtomicLong();
        private final RecordingAttempt job = new RecordingAttempt("{}");

        @Override
        public ClaimedJob job() {
            return job.job();
        }

        @Override
        public void progress(double fraction, String text) {}

        @Override
        public void log(LogLine.Stream stream, String text) {
            count.incrementAndGet();
            if (text.length() < 100) System.out.println(text);
        }
    }
}
