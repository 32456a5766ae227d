package dev.pawl.worker;

import dev.pawl.core.ClaimedJob;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Names the job on every line that this thread logs until closed; then what was named before. */
final class JobLog implements AutoCloseable {
    private static final String[] KEYS = {"job", "attempt", "tool", "correlation_id"};

    private final @Nullable String[] before = new @Nullable String[KEYS.length];

    private JobLog(Run run) {
        ClaimedJob job = run.job();
        String[] values = {
            run.id(),
            Integer.toString(job.token().attempt()),
            job.submission().tool().toString(),
            job.submission().correlationId()
        };
        for (int i = 0; i < KEYS.length; i++) {
            before[i] = MDC.get(KEYS[i]);
            MDC.put(KEYS[i], values[i]);
        }
    }

    static JobLog of(Run run) {
        return new JobLog(run);
    }

    @Override
    public void close() {
        for (int i = 0; i < KEYS.length; i++) {
            String old = before[i];
            if (old == null) MDC.remove(KEYS[i]);
            else MDC.put(KEYS[i], old);
        }
    }
}
