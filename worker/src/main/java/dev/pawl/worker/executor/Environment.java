package dev.pawl.worker.executor;

import dev.pawl.core.ClaimedJob;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The variables a command gets: few of the worker's, which holds secrets, and its own. */
record Environment(Map<String, String> ofWorker) {
    private static final Set<String> ALWAYS = Set.of("PATH", "HOME", "LANG", "TZ", "TMPDIR");

    Environment {
        ofWorker = Map.copyOf(ofWorker);
    }

    Map<String, String> of(
            CommandPlan plan, ClaimedJob job, AttemptFolder folder, Map<String, String> markers) {
        var result = new TreeMap<String, String>();
        ofWorker.forEach((name, value) -> {
            if (ALWAYS.contains(name)
                    || name.startsWith("LC_")
                    || plan.environment().contains(name)) result.put(name, value);
        });
        result.putAll(plan.fixed());
        result.put("PAWL_JOB", job.id().toString());
        result.put("PAWL_ATTEMPT", Integer.toString(job.token().attempt()));
        result.put("PAWL_TOOL", job.submission().tool().toString());
        result.put("PAWL_CORRELATION_ID", job.submission().correlationId());
        result.put("PAWL_INPUT", folder.input().toString());
        result.put("PAWL_OUTPUT", folder.output().toString());
        result.putAll(markers);
        return result;
    }
}
