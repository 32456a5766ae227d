package dev.pawl.tool;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * What a schema says of places in a value, found by reading it: through {@code $ref} within the
 * schema, {@code allOf} and the branches. Validation is the library's; this is for defaults, files,
 * flags, placeholders and messages.
 */
final class SchemaTree {
    private static final List<String> ALWAYS = List.of("allOf");
    private static final List<String> MAYBE = List.of("allOf", "anyOf", "oneOf");
    private static final List<String> CONDITIONS = List.of("then", "else");

    private final JsonNode root;

    /** What {@link #applied} says of parts of the schema, by identity. */
    private final IdentityHashMap<JsonNode, List<JsonNode>> applied = new IdentityHashMap<>();

    SchemaTree(JsonNode root) {
        this.root = root;
    }

    /** That of a schema that is kept and is known to be good: what applies is found once. */
    static SchemaTree kept(JsonNode root) {
        var tree = new SchemaTree(root);
        tree.note(root);
        return tree;
    }

    private void note(JsonNode part) {
        if (part.isObject()) applied.put(part, List.copyOf(spread(part, false)));
        FileRule.subschemas(part).values().forEach(this::note);
    }

    JsonNode root() {
        return root;
    }

    /** The schema and all that surely applies to the same value: {@code $ref} and {@code allOf}. */
    List<JsonNode> applied(JsonNode schema) {
        List<JsonNode> known = applied.get(schema);
        return known == null ? spread(schema, false) : known;
    }

    /** The schema and all that may apply to the same value, the branches too. */
    List<JsonNode> possible(JsonNode schema) {
        return spread(schema, true);
    }

    /** The properties that these schemas name, in their order; the first to name one wins. */
    static Map<String, JsonNode> properties(List<JsonNode> schemas) {
        var found = new LinkedHashMap<String, JsonNode>();
        for (JsonNode schema : schemas)
            for (var property : schema.path("properties").properties())
                found.putIfAbsent(property.getKey(), property.getValue());
        return found;
    }

    /** Every schema that may apply to what stands at this path of property names and indexes. */
    List<JsonNode> at(List<String> path) {
        List<JsonNode> here = possible(root);
        for (String step : path) {
            var next = new ArrayList<JsonNode>();
            for (JsonNode schema : here)
                for (JsonNode child : children(schema, step)) next.addAll(possible(child));
            here = next;
        }
        return here;
    }

    /** Whether a name may stand there although no schema names it. */
    boolean allowsAnyName(List<String> path) {
        List<JsonNode> here = at(path);
        return here.stream().noneMatch(s -> s.path("properties").isObject());
    }

    boolean isFile(List<String> path) {
        return at(path).stream().anyMatch(SchemaTree::isFile);
    }

    /** Whether the schema is one of text that may be given as a file. */
    static boolean isFile(JsonNode schema) {
        boolean marked =
                schema.has("contentMediaType")
                        || schema.has("contentEncoding")
                        || schema.path("format").asString("").equals("file");
        return marked && types(schema).stream().allMatch("string"::equals);
    }

    /** The types a schema names; empty when it names none. */
    static Set<String> types(JsonNode schema) {
        var types = new TreeSet<String>();
        JsonNode type = schema.path("type");
        if (type.isString()) types.add(type.stringValue());
        for (JsonNode item : type.values()) if (item.isString()) types.add(item.stringValue());
        return types;
    }

    private List<JsonNode> children(JsonNode schema, String step) {
        var found = new ArrayList<JsonNode>();
        JsonNode property = schema.path("properties").path(step);
        if (!property.isMissingNode()) found.add(property);
        else if (schema.path("additionalProperties").isObject())
            found.add(schema.path("additionalProperties"));
        if (!step.isEmpty() && step.chars().allMatch(Character::isDigit))
            item(schema, step.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(step), found);
        return found;
    }

    /** The schema of an array's item; {@code items} as a list is draft-07's prefixItems. */
    static void item(JsonNode schema, int index, List<JsonNode> found) {
        JsonNode items = schema.path("items");
        JsonNode prefix = items.isArray() ? items : schema.path("prefixItems");
        JsonNode rest = items.isArray() ? schema.path("additionalItems") : items;
        if (prefix.has(index)) found.add(prefix.get(index));
        else if (rest.isObject()) found.add(rest);
    }

    private List<JsonNode> spread(JsonNode schema, boolean branches) {
        var seen = new IdentityHashMap<JsonNode, Boolean>();
        var found = new ArrayList<JsonNode>();
        spread(schema, branches, seen, found);
        return found;
    }

    private void spread(
            JsonNode schema,
            boolean branches,
            IdentityHashMap<JsonNode, Boolean> seen,
            List<JsonNode> found) {
        if (seen.put(schema, true) != null) return;
        found.add(schema);
        String ref = schema.path("$ref").asString("");
        if (ref.startsWith("#/") || ref.equals("#")) {
            JsonNode target = target(ref);
            if (!target.isMissingNode()) spread(target, branches, seen, found);
        }
        for (String list : branches ? MAYBE : ALWAYS)
            for (JsonNode part : schema.path(list).values()) spread(part, branches, seen, found);
        if (branches)
            for (String part : CONDITIONS)
                if (schema.path(part).isObject()) spread(schema.path(part), true, seen, found);
    }

    private JsonNode target(String ref) {
        String pointer =
                URLDecoder.decode(ref.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
        return root.at(pointer);
    }
}
