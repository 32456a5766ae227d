package dev.pawl.api;

import dev.pawl.api.Problem.FieldProblem;
import dev.pawl.core.JobId;
import dev.pawl.core.Submission;
import dev.pawl.core.Token;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The body of {@code POST /v1/jobs}. What it leaves out is as the tool's policy says.
 *
 * @param json an object whose fields are those of {@link #FIELDS}, each of its type
 */
public record SubmitRequest(JsonNode json) {
    /** Every field that a request may have. */
    public static final Set<String> FIELDS =
            Set.of(
                    "tool",
                    "input",
                    "queue",
                    "priority",
                    "run_at",
                    "delay_ms",
                    "ttl_ms",
                    "parents",
                    "on_parent_failure",
                    "tags",
                    "correlation_id",
                    "idempotency_key",
                    "no_cache",
                    "by");

    /** What became of a body. */
    public sealed interface Reading {
        record Good(SubmitRequest request) implements Reading {}

        /** All that is wrong with its shape; at least one. */
        record Bad(List<FieldProblem> errors) implements Reading {
            public Bad {
                errors = List.copyOf(errors);
            }
        }
    }

    /** A request for this tool, its name or name@version, with this input. */
    public static SubmitRequest of(String tool, JsonNode input) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("tool", tool).set("input", input);
        return new SubmitRequest(json);
    }

    /** Reads a body, and says all that is wrong with its shape at once. */
    public static Reading read(JsonNode json) {
        var reader = new Reader(json);
        List<FieldProblem> errors = reader.errors();
        return errors.isEmpty()
                ? new Reading.Good(new SubmitRequest(json))
                : new Reading.Bad(errors);
    }

    public String tool() {
        return json.path("tool").stringValue("");
    }

    /** An empty object where there is none. */
    public JsonNode input() {
        JsonNode input = json.path("input");
        return input.isMissingNode() ? JsonNodeFactory.instance.objectNode() : input;
    }

    public Optional<String> queue() {
        return text("queue");
    }

    public Optional<Integer> priority() {
        JsonNode value = json.path("priority");
        return value.isMissingNode() ? Optional.empty() : Optional.of(value.intValue());
    }

    public Optional<Instant> runAt() {
        return text("run_at").map(Instant::parse);
    }

    public Optional<Duration> delay() {
        return millis("delay_ms");
    }

    public Optional<Duration> ttl() {
        return millis("ttl_ms");
    }

    public Set<JobId> parents() {
        var parents = new LinkedHashSet<JobId>();
        for (JsonNode each : json.path("parents").values())
            JobId.parse(each.stringValue("")).ifPresent(parents::add);
        return parents;
    }

    /** Whether the job runs even when a parent has not succeeded. */
    public boolean goOn() {
        return json.path("on_parent_failure").stringValue("").equals("go_on");
    }

    public Set<String> tags() {
        var tags = new LinkedHashSet<String>();
        for (JsonNode each : json.path("tags").values()) tags.add(each.stringValue(""));
        return tags;
    }

    /** Empty where there is none. */
    public String correlationId() {
        return json.path("correlation_id").stringValue("");
    }

    /** Empty where there is none. */
    public String idempotencyKey() {
        return json.path("idempotency_key").stringValue("");
    }

    /** Whether no kept result may answer it, nor its own result others. */
    public boolean noCache() {
        return json.path("no_cache").booleanValue(false);
    }

    /**
     * Puts what it says into a submission; what it leaves out stays as it is there.
     *
     * @param now from when a delay counts
     */
    public void applyTo(Submission.Builder builder, Instant now) {
        queue().ifPresent(builder::queue);
        priority().ifPresent(builder::priority);
        runAt().ifPresent(builder::runAt);
        delay().ifPresent(delay -> builder.runAt(now.plus(delay)));
        ttl().ifPresent(builder::ttl);
        builder.parents(parents()).goOn(goOn()).tags(tags());
        if (!correlationId().isEmpty()) builder.correlationId(correlationId());
        if (!idempotencyKey().isEmpty()) builder.idempotencyKey(idempotencyKey());
    }

    /** The running attempt that submits it, and without which it is refused. */
    public Optional<Token> by() {
        return LeaseJson.token(json.path("by"));
    }

    private Optional<String> text(String name) {
        return json.path(name).stringValueOpt();
    }

    private Optional<Duration> millis(String name) {
        JsonNode value = json.path(name);
        return value.isMissingNode()
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(value.longValue()));
    }

    /** Checks a body field by field. */
    private static final class Reader {
        private final JsonNode json;
        private final List<FieldProblem> errors = new ArrayList<>();

        Reader(JsonNode json) {
            this.json = json;
        }

        List<FieldProblem> errors() {
            if (!json.isObject()) {
                wrong("", "want an object with \"tool\" and \"input\"");
                return errors;
            }
            for (String name : json.propertyNames())
                if (!FIELDS.contains(name))
                    wrong("/" + escaped(name), "is not known; known are " + new TreeSet<>(FIELDS));
            if (json.path("tool").stringValue("").isEmpty())
                wrong("/tool", "is required: a tool's name, or name@version");
            for (String name : List.of("queue", "correlation_id", "idempotency_key")) text(name);
            priority();
            whole("delay_ms");
            whole("ttl_ms");
            moment();
            if (json.has("run_at") && json.has("delay_ms"))
                wrong("/delay_ms", "says the same as run_at; give one of them");
            texts("tags");
            texts("parents");
            for (int i = 0; i < json.path("parents").size(); i++)
                if (JobId.parse(json.path("parents").get(i).stringValue("")).isEmpty())
                    wrong("/parents/" + i, "is no job id");
            choice();
            JsonNode fresh = json.path("no_cache");
            if (!fresh.isMissingNode() && !fresh.isBoolean())
                wrong("/no_cache", "want true or false");
            if (json.has("by") && LeaseJson.token(json.path("by")).isEmpty())
                wrong("/by", "want job, attempt and lease, as they were claimed");
            return errors;
        }

        private void text(String name) {
            JsonNode value = there(name);
            if (value != null && !value.isString()) wrong("/" + name, "want text");
        }

        private void priority() {
            JsonNode value = there("priority");
            if (value == null) return;
            boolean fits = value.isIntegralNumber() && value.canConvertToInt();
            if (!fits || value.intValue() != (short) value.intValue())
                wrong("/priority", "want a whole number, -32768 to 32767");
        }

        private void whole(String name) {
            JsonNode value = there(name);
            if (value == null) return;
            boolean fits = value.isIntegralNumber() && value.canConvertToLong();
            if (!fits || value.longValue() < 0 || value.longValue() > MILLIS_MAX)
                wrong("/" + name, "want a whole number of milliseconds, at most 100 years");
        }

        private static final long MILLIS_MAX = Duration.ofDays(36_525).toMillis();

        private void moment() {
            JsonNode value = there("run_at");
            if (value == null) return;
            try {
                Instant.parse(value.stringValue(""));
            } catch (DateTimeParseException e) {
                wrong("/run_at", "want a moment as 2026-01-31T08:00:00Z");
            }
        }

        private void texts(String name) {
            JsonNode value = there(name);
            if (value == null) return;
            if (!value.isArray()) wrong("/" + name, "want a list of texts");
            for (int i = 0; i < value.size() && value.isArray(); i++)
                if (!value.get(i).isString()) wrong("/" + name + "/" + i, "want text");
        }

        private void choice() {
            JsonNode value = there("on_parent_failure");
            if (value == null) return;
            if (!Set.of("cancel", "go_on").contains(value.stringValue("")))
                wrong("/on_parent_failure", "want cancel or go_on");
        }

        private @Nullable JsonNode there(String name) {
            JsonNode value = json.path(name);
            return value.isMissingNode() ? null : value;
        }

        private static String escaped(String name) {
            return name.replace("~", "~0").replace("/", "~1");
        }

        private void wrong(String pointer, String message) {
            errors.add(new FieldProblem(pointer, message));
        }
    }
}
