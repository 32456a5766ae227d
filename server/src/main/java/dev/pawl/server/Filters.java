package dev.pawl.server;

import dev.pawl.api.Problem.FieldProblem;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobFilter.InputField;
import dev.pawl.core.JobState;
import dev.pawl.tool.Pointer;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Reads a filter of jobs from a query or from a body; the names are the same. */
final class Filters {
    /** Every part of a filter; {@code input.*} stands for any field of the input. */
    static final Set<String> NAMES =
            Set.of(
                    "state",
                    "tool",
                    "queue",
                    "tag",
                    "key",
                    "correlation_id",
                    "causation_id",
                    "error",
                    "input.*",
                    "since",
                    "before");

    /** As {@link #NAMES}, where the states are known already. */
    static final Set<String> WITHOUT_STATE =
            NAMES.stream()
                    .filter(name -> !name.equals("state"))
                    .collect(Collectors.toUnmodifiableSet());

    /** How far back a filter looks that looks into jobs and says nothing of it. */
    static final Duration TEXT_SPAN = Duration.ofHours(24);

    private static final String INPUT = "input.";

    private final Map<String, List<String>> values;
    private final Instant now;

    private Filters(Map<String, List<String>> values, Instant now) {
        this.values = values;
        this.now = now;
    }

    static JobFilter ofQuery(Exchange exchange) {
        var values = new TreeMap<String, List<String>>();
        for (String name : exchange.request().query().names())
            values.put(
                    name,
                    exchange.queries(name).stream()
                            .filter(v -> !v.isEmpty() || name.startsWith(INPUT))
                            .toList());
        return new Filters(values, exchange.site().engine().store().now()).filter();
    }

    /**
     * @param pointer where it is in the body
     */
    static JobFilter ofBody(Instant now, JsonNode json, String pointer) {
        var values = new TreeMap<String, List<String>>();
        var errors = new ArrayList<FieldProblem>();
        if (!json.isObject()) errors.add(new FieldProblem(pointer, "want an object"));
        for (var member : json.properties()) {
            String name = member.getKey();
            JsonNode value = member.getValue();
            if (!known(NAMES, name))
                errors.add(
                        new FieldProblem(
                                pointer + "/" + name,
                                "is not known; known are " + new TreeSet<>(NAMES)));
            List<JsonNode> each = value.isArray() ? List.copyOf(value.values()) : List.of(value);
            // A number, true and false are what they are in an input.
            if (each.isEmpty() || !each.stream().allMatch(JsonNode::isValueNode))
                errors.add(new FieldProblem(pointer + "/" + name, "want a text"));
            values.put(name, each.stream().map(Filters::text).toList());
        }
        if (!errors.isEmpty()) throw Refused.wrong(errors);
        return new Filters(values, now).filter();
    }

    private static String text(JsonNode value) {
        return value.isString() ? value.stringValue() : value.toString();
    }

    /** Whether one of the known names is this, or stands for it. */
    static boolean known(Set<String> known, String name) {
        return known.contains(name)
                || (known.contains("input.*")
                        && name.startsWith(INPUT)
                        && name.length() > INPUT.length());
    }

    /** Whether jobs have to be looked into to know. */
    static boolean looksInto(JobFilter filter) {
        return !filter.error().isEmpty() || !filter.inputs().isEmpty();
    }

    private JobFilter filter() {
        Set<JobState.Name> states = EnumSet.noneOf(JobState.Name.class);
        for (String text : values.getOrDefault("state", List.of())) states.add(state(text));
        JobFilter filter =
                JobFilter.ALL
                        .withTool(one("tool"))
                        .withQueue(one("queue"))
                        .withTag(one("tag"))
                        .withIdempotencyKey(one("key"))
                        .withCorrelationId(one("correlation_id"))
                        .withCausation(one("causation_id"))
                        .withError(one("error"))
                        .withInputs(inputs());
        // Who asks for an error wants to know of what is dead, unless he says otherwise.
        if (!filter.error().isEmpty() && states.isEmpty()) states.add(JobState.Name.DEAD);
        Instant since = looksInto(filter) ? now.minus(TEXT_SPAN) : Instant.EPOCH;
        return filter.withStates(states)
                .withTime(moment("since", since), moment("before", Instant.MAX));
    }

    private String one(String name) {
        List<String> given = values.getOrDefault(name, List.of());
        if (given.size() > 1)
            throw Exchange.badRequest("\"%s\" is given twice; only state may be".formatted(name));
        return given.isEmpty() ? "" : given.getFirst();
    }

    private List<InputField> inputs() {
        var inputs = new ArrayList<InputField>();
        try {
            for (var each : values.entrySet())
                if (each.getKey().startsWith(INPUT))
                    for (String value : each.getValue())
                        inputs.add(new InputField(steps(each.getKey()), value));
            return JobFilter.ALL.withInputs(inputs).inputs();
        } catch (IllegalArgumentException e) {
            // The record checks itself; here its refusal becomes the caller's.
            throw Exchange.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static List<String> steps(String name) {
        String field = name.substring(INPUT.length());
        return field.startsWith("/") ? Pointer.steps(field) : List.of(field.split("\\.", -1));
    }

    private static JobState.Name state(String text) {
        for (JobState.Name name : JobState.Name.values())
            if (name.wire().equals(text.toLowerCase(Locale.ROOT))) return name;
        throw Exchange.badRequest(
                "state \"%s\" is none; want waiting, queued, running, succeeded, dead or cancelled"
                        .formatted(text));
    }

    private Instant moment(String name, Instant standard) {
        String text = one(name);
        if (text.isEmpty()) return standard;
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw Exchange.badRequest(
                    "\"%s\" is \"%s\"; want a moment as 2026-01-31T08:00:00Z"
                            .formatted(name, text));
        }
    }
}
