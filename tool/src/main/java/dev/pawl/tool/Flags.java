package dev.pawl.tool;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * The flags of {@code pawl run TOOL}: one for each property of the tool's schema, and {@code
 * --input JSON|@FILE} for the whole input, to which the others add.
 */
public final class Flags {
    /** The whole input's flag, unless a property is called so. */
    public static final String WHOLE = "input";

    private static final int NESTING_MAX = 4;

    private final Map<String, Flag> byName = new LinkedHashMap<>();
    private final SchemaTree schema;

    private Flags(SchemaTree schema) {
        this.schema = schema;
    }

    public static Flags of(JsonSchema input) {
        SchemaTree schema = input.tree();
        var flags = new Flags(schema);
        flags.collect(schema.root(), List.of(), true);
        return flags;
    }

    /** The flags in the schema's order. */
    public List<Flag> list() {
        return List.copyOf(byName.values());
    }

    /** What came of reading arguments. */
    public sealed interface Parsed {
        /** The input they say; not yet checked against the schema. */
        record Input(JsonNode node) implements Parsed {}

        /** What is wrong, each naming its flag. */
        record Wrong(List<String> messages) implements Parsed {
            public Wrong {
                messages = List.copyOf(messages);
            }
        }
    }

    /** Reads {@code --name value}, {@code --name=value}, {@code --name} and {@code --no-name}. */
    public Parsed parse(List<String> arguments, ArgumentFiles files) {
        var given = new LinkedHashMap<String, List<String>>();
        var wrong = new ArrayList<String>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("--") || argument.length() == 2) {
                wrong.add("\"" + Texts.shortened(argument) + "\" is no flag; want --name value");
                continue;
            }
            int equals = argument.indexOf('=');
            String name = argument.substring(2, equals < 0 ? argument.length() : equals);
            Optional<Flag> flag = find(name);
            boolean negated = flag.isEmpty() && isNegated(name);
            boolean bare =
                    equals < 0
                            && (negated
                                    || flag.filter(f -> f.kind() == Flag.Kind.BOOLEAN).isPresent());
            String value = equals < 0 ? "" : argument.substring(equals + 1);
            if (bare) {
                boolean valueFollows =
                        i + 1 < arguments.size() && isTruth(arguments.get(i + 1)) && !negated;
                value = valueFollows ? arguments.get(++i) : Boolean.toString(!negated);
            } else if (equals < 0) {
                if (i + 1 == arguments.size()) {
                    wrong.add("--" + name + " has no value");
                    continue;
                }
                value = arguments.get(++i);
            }
            String key = negated ? name.substring("no-".length()) : name;
            given.computeIfAbsent(key, _ -> new ArrayList<>()).add(value);
        }
        return input(given, wrong, files);
    }

    /** The input that these flags' texts say; a bare boolean flag's text is {@code true}. */
    public Parsed input(Map<String, List<String>> given, ArgumentFiles files) {
        return input(given, new ArrayList<>(), files);
    }

    private Parsed input(Map<String, List<String>> given, List<String> wrong, ArgumentFiles files) {
        var reader = new FlagReader(files, wrong);
        List<String> whole =
                byName.containsKey(WHOLE) ? List.of() : given.getOrDefault(WHOLE, List.of());
        var input = reader.whole(whole);
        given.forEach((name, texts) -> {
            Optional<Flag> flag = find(name);
            if (flag.isPresent()) reader.set(flag.get(), texts, input);
            else if (!name.equals(WHOLE)) wrong.add(unknown(name));
        });
        return wrong.isEmpty() ? new Parsed.Input(input) : new Parsed.Wrong(wrong);
    }

    private Optional<Flag> find(String name) {
        Flag exact = byName.get(name);
        if (exact != null) return Optional.of(exact);
        List<Flag> alike =
                byName.values().stream()
                        .filter(f -> f.name().replace('_', '-').equals(name.replace('_', '-')))
                        .toList();
        return alike.size() == 1 ? Optional.of(alike.getFirst()) : Optional.empty();
    }

    private boolean isNegated(String name) {
        return name.startsWith("no-")
                && find(name.substring("no-".length()))
                        .filter(f -> f.kind() == Flag.Kind.BOOLEAN)
                        .isPresent();
    }

    private static boolean isTruth(String text) {
        return text.equals("true") || text.equals("false");
    }

    private String unknown(String name) {
        String hint =
                Nearest.of(name, byName.keySet())
                        .map(near -> "did you mean --" + near + "?")
                        .orElse(
                                byName.isEmpty()
                                        ? "give the input as --input JSON"
                                        : "known: --" + String.join(", --", byName.keySet()));
        return "--" + name + " is not known; " + hint;
    }

    private void collect(JsonNode object, List<String> path, boolean required) {
        List<JsonNode> rules = schema.applied(object);
        Set<String> names = new TreeSet<>();
        for (JsonNode rule : rules)
            for (JsonNode name : rule.path("required").values()) names.add(name.asString(""));
        SchemaTree.properties(rules)
                .forEach((name, property) -> {
                    var at = new ArrayList<>(path);
                    at.add(name);
                    boolean needed = required && names.contains(name);
                    add(property, at, needed);
                });
    }

    private void add(JsonNode property, List<String> path, boolean required) {
        List<JsonNode> rules = schema.applied(property);
        Set<String> types = types(rules);
        boolean list = types.equals(Set.of("array"));
        List<JsonNode> itemRules = list ? itemRules(rules) : rules;
        JsonNode fallback = first(rules, "default").orElse(null);
        var flag =
                new Flag(
                        String.join(".", path),
                        path,
                        list ? kind(itemRules, types(itemRules)) : kind(rules, types),
                        required && fallback == null,
                        fallback,
                        choices(itemRules),
                        first(rules, "description").map(d -> d.asString("")).orElse(""),
                        list,
                        first(itemRules, "contentMediaType").map(m -> m.asString("")).orElse(""),
                        schema.possible(itemRules.getFirst()).stream()
                                .anyMatch(SchemaTree::isFile));
        byName.put(flag.name(), flag);
        boolean object = types.equals(Set.of("object")) || !SchemaTree.properties(rules).isEmpty();
        if (object && path.size() < NESTING_MAX) collect(property, path, required);
    }

    private List<JsonNode> itemRules(List<JsonNode> rules) {
        var found = new ArrayList<JsonNode>();
        for (JsonNode rule : rules)
            if (rule.path("items").isObject()) found.addAll(schema.applied(rule.path("items")));
        return found.isEmpty() ? List.of(JsonSchema.ANYTHING.node()) : found;
    }

    private static Flag.Kind kind(List<JsonNode> rules, Set<String> all) {
        Set<String> types = new TreeSet<>(all);
        types.remove("null");
        if (types.equals(Set.of("string"))) return Flag.Kind.TEXT;
        if (types.equals(Set.of("integer"))) return Flag.Kind.INTEGER;
        if (types.equals(Set.of("number"))) return Flag.Kind.NUMBER;
        if (types.equals(Set.of("boolean"))) return Flag.Kind.BOOLEAN;
        if (types.contains("object") || types.contains("array")) return Flag.Kind.JSON;
        Optional<JsonNode> values = first(rules, "enum");
        if (values.isPresent() && values.get().valueStream().allMatch(JsonNode::isString))
            return Flag.Kind.TEXT;
        if (!SchemaTree.properties(rules).isEmpty()) return Flag.Kind.JSON;
        return Flag.Kind.ANY;
    }

    private static Set<String> types(List<JsonNode> rules) {
        var types = new TreeSet<String>();
        rules.forEach(rule -> types.addAll(SchemaTree.types(rule)));
        return types;
    }

    private static List<String> choices(List<JsonNode> rules) {
        return first(rules, "enum")
                .map(values -> values.valueStream().map(Template::shown).toList())
                .orElse(List.of());
    }

    private static Optional<JsonNode> first(List<JsonNode> rules, String key) {
        return rules.stream().map(r -> r.path(key)).filter(v -> !v.isMissingNode()).findFirst();
    }
}
