package dev.pawl.server.webhook;

import dev.pawl.api.JobView;
import dev.pawl.api.Json;
import dev.pawl.core.Event;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Limit;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.core.Webhook;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a webhook is told once: the input of the job that tells it. It is made of the event and of
 * nothing that changes, so that making it again gives the same job.
 *
 * @param event as it stands in the input; without a {@code number} it is a test
 */
record Message(String webhook, ObjectNode event) {
    /** No tool file has it, so that no caller submits such a job. */
    static final ToolId TOOL = new ToolId("pawl-webhook", "1");

    static final String QUEUE = "webhooks";

    /** Longest output that goes along, in characters of its JSON. */
    static final int OUTPUT_MAX = 64 << 10;

    /** At once to one webhook, so that a slow one doesn't take the room of others. */
    private static final int AT_ONCE = 4;

    private static final RetryPolicy RETRY =
            RetryPolicy.defaults()
                    .withAttempts(15)
                    .withBackoff(Duration.ofSeconds(5), Duration.ofHours(4));

    static Message of(Webhook webhook, Event event) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("number", event.number())
                .put("job", event.job().toString())
                .put("state", event.to().map(JobState.Name::wire).orElse(""));
        event.from().ifPresent(from -> node.put("from", from.wire()));
        node.put("attempt", event.attempt())
                .put("at", event.at().toString())
                .put("queue", event.queue())
                .put("tool", event.tool().toString());
        return new Message(webhook.id(), node);
    }

    static Message test(Webhook webhook, Instant at) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        return new Message(webhook.id(), node.put("at", at.toString()));
    }

    /** As {@link #submission} wrote it. */
    static Message read(String input) {
        JsonNode node = Json.trusted(input);
        return new Message(node.path("webhook").stringValue(""), (ObjectNode) node.path("event"));
    }

    /** The job that delivers it; the same again, where the store has it already. */
    Submission once(Webhook to) {
        return submission(to).idempotencyKey("webhook/%s/%d".formatted(webhook, number())).build();
    }

    /** A job that delivers it, whether it was delivered or not. */
    Submission again(Webhook to) {
        return submission(to).build();
    }

    private Submission.Builder submission(Webhook to) {
        ObjectNode input = JsonNodeFactory.instance.objectNode();
        input.put("webhook", webhook).set("event", event);
        return Submission.of(TOOL, input.toString())
                .queue(QUEUE)
                .tags(Set.of("webhook:" + webhook))
                .tenant(to.tenant().isEmpty() ? Submission.DEFAULT_TENANT : to.tenant())
                .limit(new Limit("webhook:" + webhook, AT_ONCE))
                .retry(RETRY);
    }

    /** The event's; 0 for a test. */
    long number() {
        return event.path("number").longValue(0);
    }

    /** Of which job. */
    Optional<JobId> job() {
        return JobId.parse(event.path("job").stringValue(""));
    }

    /** The same however often it is sent, so that a receiver knows it again. */
    String id(JobId delivery) {
        return "%s_%s".formatted(webhook, number() == 0 ? delivery : Long.toString(number()));
    }

    /**
     * What is sent.
     *
     * @param job as it is now, if it is there
     */
    byte[] body(Optional<Job> job) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        String state = event.path("state").stringValue("");
        body.put("type", number() == 0 ? "webhook.test" : "job." + state);
        body.put("timestamp", event.path("at").stringValue(""));
        ObjectNode data = body.putObject("data");
        data.put("webhook", webhook);
        if (number() > 0) data.set("event", event);
        job.ifPresent(each -> data.set("job", document(each)));
        return Json.bytes(body);
    }

    /** As lists show it, and its output unless that is long. */
    private static JsonNode document(Job job) {
        ObjectNode node = (ObjectNode) JobView.of(job).json();
        if (!(job.state() instanceof JobState.Succeeded) || job.output().isEmpty()) return node;
        if (job.output().length() > OUTPUT_MAX) return node.put("output_left_out", true);
        node.set("output", Json.trusted(job.output()));
        return node;
    }
}
