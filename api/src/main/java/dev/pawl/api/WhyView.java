package dev.pawl.api;

import dev.pawl.core.Explanation;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Why a job is where it is, as the API and {@code --json} say it.
 *
 * @param json an object
 */
public record WhyView(JsonNode json) {
    /** Of a job in this state. */
    public static WhyView of(JobId id, JobState.Name state, Explanation why) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", id.toString())
                .put("state", state.wire())
                .put("reason", why.reason().wire())
                .put("text", why.text())
                .put("advice", why.advice());
        var jobs = node.putArray("jobs");
        why.jobs().forEach(job -> jobs.add(job.toString()));
        return new WhyView(node);
    }

    public JobState.Name state() {
        return JobState.Name.valueOf(json.path("state").stringValue("").toUpperCase(Locale.ROOT));
    }

    /** For people. */
    public String text() {
        return json.path("text").stringValue("");
    }

    /** What to do; empty where there is nothing. */
    public String advice() {
        return json.path("advice").stringValue("");
    }

    /** The jobs that the text is about. */
    public List<JobId> jobs() {
        return json.path("jobs").values().stream()
                .flatMap(id -> JobId.parse(id.stringValue("")).stream())
                .toList();
    }
}
