package dev.pawl.worker;

import dev.pawl.core.ClaimedJob;
import org.slf4j.MDC;

/** Names the job on every line that this thread logs until closed. */
final class JobLog implements AutoCloseable {
    private JobLog() {}

    static JobLog of(ClaimedJob job) {
        MDC.put("job", job.id().toString());
        MDC.put("attempt", Integer.toString(job.token().attempt()));
        MDC.put("tool", job.submission().tool().toString());
        MDC.put("correlation_id", job.submission().correlationId());
        return new JobLog();
    }

    @Override
    public void close() {
        MDC.remove("job");
        MDC.remove("attempt");
        MDC.remove("tool");
        MDC.remove("correlation_id");
    }
}
