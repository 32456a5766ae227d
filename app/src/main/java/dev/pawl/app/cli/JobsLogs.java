package dev.pawl.app.cli;

import dev.pawl.api.JobView;
import dev.pawl.core.JobId;
import dev.pawl.core.LogLine;
import java.util.LinkedHashMap;
import java.util.List;

/** {@code pawl jobs logs}. */
public final class JobsLogs implements Command {
    private static final Flag<Boolean> FOLLOW =
            Flag.on("--follow", "Go on until the job has ended.").aliased("-f");
    private static final Flag<Integer> ATTEMPT =
            Flag.number("--attempt", "N", "Only of this attempt (default: all).");
    private static final int PAGE = 1_000;

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
        try (Target target = call.target()) {
            var log = new LogPrinter(call.screen(), target, id, call.get(ATTEMPT).orElse(0));
            JobView job = target.job(id);
            while (true) {
                // Asked before the log is read, or the last lines of a job that ends in between
                // would be missing.
                boolean over = job.ended() && !job.stopping();
                log.printNew();
                if (over || !call.has(FOLLOW)) return ExitCode.SUCCEEDED;
                job = target.awhile(id);
            }
        }
    }

    /** Prints the lines that it has not printed yet. */
    static final class LogPrinter {
        private final Screen screen;
        private final Target target;
        private final JobId id;
        private final int only;
        private int attempt;
        private long seq = -1;

        /**
         * @param only of this attempt; 0 for all
         */
        LogPrinter(Screen screen, Target target, JobId id, int only) {
            this.screen = screen;
            this.target = target;
            this.id = id;
            this.only = only;
        }

        void printNew() throws InterruptedException {
            List<LogLine> lines;
            do {
                lines = target.logs(id, attempt, seq, PAGE);
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
