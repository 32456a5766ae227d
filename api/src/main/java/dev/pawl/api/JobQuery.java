package dev.pawl.api;

import dev.pawl.core.JobFilter;
import dev.pawl.core.JobState;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Which page of which jobs.
 *
 * @param cursor the {@code next_cursor} of the page before; empty for the first page
 * @param limit 1 to 1,000
 */
public record JobQuery(JobFilter filter, String cursor, int limit) {
    public JobQuery {
        if (limit < 1 || limit > 1_000)
            throw new IllegalArgumentException("limit is " + limit + ", want 1 to 1000");
    }

    /** As it stands in a URL after the question mark. */
    String text() {
        var parts = new ArrayList<String>();
        for (JobState.Name state : filter.states().stream().sorted().toList())
            add(parts, "state", state.wire());
        add(parts, "tool", filter.tool());
        add(parts, "queue", filter.queue());
        add(parts, "tag", filter.tag());
        add(parts, "correlation_id", filter.correlationId());
        add(parts, "causation_id", filter.causation());
        add(parts, "key", filter.idempotencyKey());
        add(parts, "error", filter.error());
        for (JobFilter.InputField field : filter.inputs())
            parts.add("input." + encoded(pointer(field.steps())) + "=" + encoded(field.value()));
        if (!filter.since().equals(Instant.EPOCH)) add(parts, "since", filter.since().toString());
        if (!filter.before().equals(Instant.MAX)) add(parts, "before", filter.before().toString());
        add(parts, "cursor", cursor);
        add(parts, "limit", Integer.toString(limit));
        return String.join("&", parts);
    }

    /** A JSON pointer (https://www.rfc-editor.org/rfc/rfc6901). */
    private static String pointer(List<String> steps) {
        var pointer = new StringBuilder();
        for (String step : steps)
            pointer.append('/').append(step.replace("~", "~0").replace("/", "~1"));
        return pointer.toString();
    }

    private static void add(List<String> parts, String name, String value) {
        if (!value.isEmpty()) parts.add(name + "=" + encoded(value));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
