package dev.pawl.app.cli;

import dev.pawl.api.JobView;
import dev.pawl.app.config.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** What is said of a job in a line. */
final class JobText {
    private JobText() {}

    /** What a person wants to know beside the state, in a few words. */
    static String detail(JobView job, Instant now) {
        return switch (job.state()) {
            case WAITING ->
                    job.follows()
                            .map(leader -> "follows " + leader)
                            .orElse("for %d parents".formatted(job.waitsFor().size()));
            case QUEUED -> {
                Instant runAt = job.runAt().orElse(now);
                String due = runAt.isAfter(now) ? "in " + since(now, runAt) : "due";
                yield job.failures() == 0 ? due : due + ", " + job.failures() + " failed";
            }
            case RUNNING ->
                    job.progress()
                            .map(done -> "%.0f%% %s".formatted(done * 100, job.progressText()))
                            .orElse("attempt %d on %s".formatted(job.attempt(), job.worker()));
            case SUCCEEDED -> job.cachedFrom().isPresent() ? "from the cache" : took(job);
            case DEAD -> job.errorClass() + ": " + job.error();
            case CANCELLED -> job.stopping() ? "its handler is still stopping" : "";
        };
    }

    private static String took(JobView job) {
        return job.startedAt()
                .flatMap(start -> job.finishedAt().map(end -> "in " + since(start, end)))
                .orElse("");
    }

    static String since(Instant from, Instant to) {
        return Durations.shown(Duration.between(from, to));
    }

    /** {@code 1,234 bytes}; the same in every locale. */
    static String size(long bytes) {
        return String.format(Locale.ROOT, "%,d bytes", bytes);
    }
}
