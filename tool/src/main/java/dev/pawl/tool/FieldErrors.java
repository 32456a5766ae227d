package dev.pawl.tool;

import com.networknt.schema.Error;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Puts what the validator found into words: the value, and what is wanted instead. */
final class FieldErrors {
    private final SchemaTree schema;
    private final Map<String, LinkedHashSet<String>> found = new LinkedHashMap<>();
    private final Map<String, Choice> choices = new LinkedHashMap<>();

    /** What several branches want of the same place. */
    private record Choice(JsonNode value, LinkedHashSet<String> wanted) {}

    private FieldErrors(SchemaTree schema) {
        this.schema = schema;
    }

    static List<FieldError> of(List<Error> errors, SchemaTree schema) {
        if (errors.isEmpty()) return List.of();
        var words = new FieldErrors(schema);
        errors.forEach(words::add);
        return words.all();
    }

    private List<FieldError> all() {
        choices.forEach((pointer, choice) ->
                note(
                        pointer,
                        "is %s; want %s"
                                .formatted(
                                        Texts.shown(choice.value),
                                        String.join(", or ", choice.wanted))));
        var all = new ArrayList<FieldError>();
        found.forEach((at, messages) -> messages.forEach(m -> all.add(new FieldError(at, m))));
        return all;
    }

    private void add(Error error) {
        String at = error.getInstanceLocation().toString();
        JsonNode value = error.getInstanceNode();
        JsonNode rule = error.getSchemaNode();
        switch (error.getKeyword()) {
            case "required" -> addMissing(Pointer.child(at, error.getProperty()));
            case "additionalProperties", "unevaluatedProperties" -> {
                if (error.getProperty() == null) note(at, error.getMessage());
                else addUnknown(at, error.getProperty());
            }
            case "dependentRequired" ->
                    note(
                            Pointer.child(at, String.valueOf(error.getArguments()[0])),
                            "is missing; want it beside \"" + error.getArguments()[1] + "\"");
            case "minLength", "maxLength" ->
                    note(
                            at,
                            "has %d characters; want at %s %s"
                                    .formatted(
                                            value.asString("")
                                                    .codePointCount(0, value.asString("").length()),
                                            error.getKeyword().startsWith("min") ? "least" : "most",
                                            rule));
            case "minItems", "maxItems", "minProperties", "maxProperties" ->
                    note(
                            at,
                            "has %d entries; want at %s %s"
                                    .formatted(
                                            value.size(),
                                            error.getKeyword().startsWith("min") ? "least" : "most",
                                            rule));
            case "uniqueItems" -> note(at, "has an item twice; want each once");
            case "not" -> note(at, "is " + Texts.shown(value) + ", which the schema rules out");
            case "anyOf", "oneOf" -> addChoice(at, error);
            default -> addWanted(at, error);
        }
    }

    private void addWanted(String at, Error error) {
        JsonNode value = error.getInstanceNode();
        Optional<String> wanted = wanted(error);
        if (wanted.isEmpty()) note(at, "is " + Texts.shown(value) + ": " + error.getMessage());
        else if (isBranch(error))
            choices.computeIfAbsent(at, _ -> new Choice(value, new LinkedHashSet<>()))
                    .wanted
                    .add(wanted.get());
        else note(at, "is %s; want %s".formatted(Texts.shown(value), wanted.get()));
    }

    private Optional<String> wanted(Error error) {
        JsonNode rule = error.getSchemaNode();
        String text = rule == null ? "" : rule.isString() ? rule.stringValue() : rule.toString();
        return Optional.ofNullable(
                switch (error.getKeyword()) {
                    case "type" -> type(rule, error);
                    case "enum" -> oneOf(rule);
                    case "const" -> text(rule);
                    case "minimum" -> "at least " + text;
                    case "maximum" -> "at most " + text;
                    case "exclusiveMinimum" -> "more than " + text;
                    case "exclusiveMaximum" -> "less than " + text;
                    case "multipleOf" -> "a multiple of " + text;
                    case "pattern" -> "what matches " + text;
                    case "format" -> "a " + text;
                    case "contentMediaType" -> "text of type " + text;
                    default -> null;
                });
    }

    private String type(JsonNode rule, Error error) {
        String types =
                rule.isArray()
                        ? rule.valueStream()
                                .map(JsonNode::asString)
                                .collect(Collectors.joining(" or "))
                        : rule.asString("");
        boolean file = schema.isFile(Pointer.steps(error.getInstanceLocation().toString()));
        return file ? types + " or a file" : types;
    }

    private static String oneOf(JsonNode values) {
        return (values.size() == 1 ? "" : "one of ")
                + values.valueStream().map(FieldErrors::text).collect(Collectors.joining(", "));
    }

    private static String text(JsonNode value) {
        return Texts.shown(value);
    }

    private void addChoice(String at, Error error) {
        Object fitting = error.getArguments().length == 0 ? 0 : error.getArguments()[0];
        if (error.getKeyword().equals("oneOf") && !"0".equals(fitting.toString()))
            note(at, "fits %s of the schema's choices; want exactly one".formatted(fitting));
    }

    private static boolean isBranch(Error error) {
        String path = error.getEvaluationPath().toString();
        return path.contains("/anyOf/") || path.contains("/oneOf/");
    }

    private void addMissing(String at) {
        List<JsonNode> rules = schema.at(Pointer.steps(at));
        String types =
                rules.stream()
                        .flatMap(r -> SchemaTree.types(r).stream())
                        .distinct()
                        .collect(Collectors.joining(" or "));
        String description =
                rules.stream()
                        .map(r -> r.path("description").asString(""))
                        .filter(d -> !d.isEmpty())
                        .findFirst()
                        .orElse("");
        String wanted =
                types.isEmpty() || description.isEmpty()
                        ? types + description
                        : types + " (" + description + ")";
        note(at, wanted.isEmpty() ? "is missing" : "is missing; want " + wanted);
    }

    private void addUnknown(String at, String name) {
        Collection<String> known = SchemaTree.properties(schema.at(Pointer.steps(at))).keySet();
        String hint =
                Nearest.of(name, known)
                        .map(near -> "; did you mean \"" + near + "\"?")
                        .orElse(known.isEmpty() ? "" : "; known: " + String.join(", ", known));
        note(Pointer.child(at, name), "is not known" + hint);
    }

    private void note(String at, String message) {
        found.computeIfAbsent(at, _ -> new LinkedHashSet<>()).add(message);
    }
}
