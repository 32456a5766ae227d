package dev.pawl.server;

import dev.pawl.api.Problem;
import dev.pawl.api.Problem.FieldProblem;
import dev.pawl.core.Artifact;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobId;
import dev.pawl.core.LeaseId;
import dev.pawl.core.ToolId;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Reads a request's JSON object field by field. What is wrong is collected, so that {@link #check}
 * refuses the request with all of it at once; until then a wrong field reads as its default.
 */
final class Body {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private final JsonNode json;
    private final String at;
    private final List<FieldProblem> errors;

    /** The whole body, of which these fields are known. */
    Body(JsonNode json, String... known) {
        this(json, "", new ArrayList<>(), known);
    }

    private Body(JsonNode json, String at, List<FieldProblem> errors, String... known) {
        this.json = json;
        this.at = at;
        this.errors = errors;
        if (!json.isObject()) {
            errors.add(new FieldProblem(at, "want an object"));
            return;
        }
        var names = new TreeSet<>(Set.of(known));
        for (String name : json.propertyNames())
            if (!names.contains(name))
                wrong(
                        name.replace("~", "~0").replace("/", "~1"),
                        "is not known; known are " + names);
    }

    /** Refuses the request when anything was wrong. */
    void check() {
        if (errors.isEmpty()) return;
        String detail =
                errors.size() == 1
                        ? errors.getFirst().pointer() + ": " + errors.getFirst().message()
                        : errors.size() + " fields are wrong; errors names each";
        throw new Refused(Problem.of(ErrorCode.INPUT_INVALID, detail).withErrors(errors));
    }

    void wrong(String name, String message) {
        errors.add(new FieldProblem(at + "/" + name, message));
    }

    boolean has(String name) {
        return json.has(name);
    }

    JsonNode node(String name) {
        return json.path(name);
    }

    String text(String name, String standard) {
        JsonNode value = json.path(name);
        if (value.isMissingNode()) return standard;
        if (!value.isString()) wrong(name, "want text");
        return value.stringValue(standard);
    }

    /** A name without spaces, which must be there. */
    String word(String name) {
        String value = text(name, "");
        if (value.isEmpty() || value.length() > 100 || value.chars().anyMatch(c -> c <= ' '))
            wrong(name, "want 1 to 100 characters without spaces");
        return value;
    }

    long number(String name, long standard, long min, long max) {
        JsonNode value = json.path(name);
        if (value.isMissingNode()) return standard;
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            long number = value.longValue();
            if (number >= min && number <= max) return number;
        }
        wrong(name, "want a whole number, %d to %d".formatted(min, max));
        return standard;
    }

    Duration millis(String name, Duration standard, Duration min, Duration max) {
        return Duration.ofMillis(number(name, standard.toMillis(), min.toMillis(), max.toMillis()));
    }

    Instant moment(String name, Instant standard) {
        if (!has(name)) return standard;
        try {
            return Instant.parse(json.path(name).stringValue(""));
        } catch (DateTimeParseException e) {
            wrong(name, "want a moment as 2026-01-31T08:00:00Z");
            return standard;
        }
    }

    LeaseId lease(String name) {
        Optional<LeaseId> lease = LeaseId.parse(json.path(name).stringValue(""));
        if (lease.isEmpty()) wrong(name, "want a UUID, as the claim named it");
        return lease.orElse(new LeaseId(new UUID(0, 0)));
    }

    Set<LeaseId> leases(String name) {
        return set(name, "a lease's UUID", LeaseId::parse);
    }

    Set<JobId> jobs(String name) {
        return set(name, "a job's UUID", JobId::parse);
    }

    Set<ToolId> tools(String name) {
        Set<ToolId> tools = set(name, "a tool as name@version", Body::tool);
        if (tools.isEmpty()) wrong(name, "want at least one tool as name@version");
        return tools;
    }

    Set<String> words(String name) {
        return set(name, "text", text -> text.isBlank() ? Optional.empty() : Optional.of(text));
    }

    private <T> Set<T> set(String name, String what, Function<String, Optional<T>> read) {
        var all = new LinkedHashSet<T>();
        JsonNode list = json.path(name);
        if (!list.isMissingNode() && !list.isArray()) wrong(name, "want a list");
        for (int i = 0; i < list.size() && list.isArray(); i++) {
            Optional<T> one = read.apply(list.get(i).stringValue(""));
            if (one.isEmpty()) wrong(name + "/" + i, "want " + what);
            one.ifPresent(all::add);
        }
        return all;
    }

    private static Optional<ToolId> tool(String text) {
        try {
            return Optional.of(ToolId.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The objects of a list, each with the fields that are known in it. */
    List<Body> list(String name, int max, String... known) {
        JsonNode list = json.path(name);
        if (list.isMissingNode()) return List.of();
        if (!list.isArray() || list.size() > max) {
            wrong(name, "want a list of at most " + max);
            return List.of();
        }
        var all = new ArrayList<Body>();
        for (int i = 0; i < list.size(); i++)
            all.add(new Body(list.get(i), at + "/" + name + "/" + i, errors, known));
        return all;
    }

    /** Artifacts as their upload answered them. */
    List<Artifact> artifacts(int max) {
        var all = new ArrayList<Artifact>();
        for (Body file : list("artifacts", max, "name", "size", "sha256", "media_type")) {
            String name = file.text("name", "");
            String sha256 = file.text("sha256", "");
            if (!Artifact.validName(name)) file.wrong("name", "want a relative path");
            else if (!SHA256.matcher(sha256).matches()) file.wrong("sha256", "want 64 hex digits");
            else
                all.add(
                        new Artifact(
                                name,
                                file.number("size", 0, 0, Long.MAX_VALUE),
                                sha256,
                                file.text("media_type", "")));
        }
        return all;
    }
}
