package dev.pawl.app.cli;

import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.LogLine;
import dev.pawl.core.Store;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;

/** {@code pawl jobs logs}. */
public final class JobsLogs implements Command {
    private static final Flag<Boolean> FOLLOW =
            Flag.on("--follow", "Go on until the job has ended.").aliased("-f");
    private static final Flag<Integer> ATTEMPT =
            Flag.number("--attempt", "N", "Only of this attempt (default: all).");
    private static final int PAGE = 1_000;
    private static final Duration REST = Duration.ofMillis(200);

    @Override
    public String name() {
        return "jobs logs";
    }

    @Override
    public String summary() {
        return "Prints what a job's attempts have logged.";
    }

    @Override
    public String operands() {
        return "JOB";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(FOLLOW, ATTEMPT);
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        JobId id = call.job();
        try (Opened opened = call.open()) {
            Store store = opened.store();
            var log = new LogPrinter(call.screen(), store, id, call.get(ATTEMPT).orElse(0));
            while (true) {
                // Asked before the log is read, or the last lines of a job that ends in between
                // would be missing.
                Job job = Jobs.find(store, id);
                boolean over = job.state().ended() && !job.stopping();
                log.printNew();
                if (over || !call.has(FOLLOW)) return ExitCode.SUCCEEDED;
                call.outside().time().sleep(REST);
            }
        }
    }

    /** Prints the lines that it has not printed yet. */
    static final class LogPrinter {
        private final Screen screen;
        private final Store store;
        private final JobId id;
        private final int only;
        private int attempt;
        private long seq = -1;

        /**
         * @param only of this attempt; 0 for all
         */
        LogPrinter(Screen screen, Store store, JobId id, int only) {
            this.screen = screen;
            this.store = store;
            this.id = id;
            this.only = only;
        }

        void printNew() {
            List<LogLine> lines;
            do {
                lines = store.logs(id, attempt, seq, PAGE);
                for (LogLine line : lines) {
                    if (only == 0 || line.attempt() == only) print(line);
                    attempt = line.attempt();
                    seq = line.seq();
                }
            } while (lines.size() == PAGE);
            screen.out().flush();
        }

        private void print(LogLine line) {
            if (!screen.json()) {
                String text = Screen.clean(line.text());
                Style style = screen.style();
                screen.line(
                        switch (line.stream()) {
                            case STDOUT -> text;
                            case STDERR -> style.warning(text);
                            case PAWL -> style.faint(text);
                        });
                return;
            }
            var fields = new LinkedHashMap<String, Object>();
            fields.put("attempt", line.attempt());
            fields.put("seq", line.seq());
            fields.put("at", line.at());
            fields.put("stream", line.stream().wire());
            fields.put("text", line.text());
            screen.json(fields);
        }
    }
}
