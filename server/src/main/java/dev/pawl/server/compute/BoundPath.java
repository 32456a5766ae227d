package dev.pawl.server.compute;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The part of JSONPath (RFC 9535) that bindings use: {@code $}, members, and one {@code [*]}, which
 * stands for each element of a list.
 *
 * @param members names on the way, down to the list where there is one
 * @param each whether the last of them is a list whose elements are meant
 * @param within names on the way inside of each element
 */
record BoundPath(List<String> members, boolean each, List<String> within) {
    private static final Pattern STEP =
            Pattern.compile("\\.([\\p{L}_][\\p{L}\\p{N}_-]*)|\\['([^']+)'\\]|(\\[\\*\\])");

    BoundPath {
        members = List.copyOf(members);
        within = List.copyOf(within);
    }

    /** As {@code $.results[*].score}; empty when the text is no such path. */
    static Optional<BoundPath> parse(String text) {
        if (!text.startsWith("$")) return Optional.empty();
        var members = new ArrayList<String>();
        var within = new ArrayList<String>();
        boolean each = false;
        Matcher step = STEP.matcher(text);
        int at = 1;
        while (at < text.length()) {
            if (!step.region(at, text.length()).lookingAt()) return Optional.empty();
            if (step.group(3) == null)
                (each ? within : members)
                        .add(step.group(1) == null ? step.group(2) : step.group(1));
            else if (each) return Optional.empty();
            else each = true;
            at = step.end();
        }
        return Optional.of(new BoundPath(members, each, within));
    }

    /** What stands there, in order; nothing where the way is not there. */
    List<JsonNode> values(JsonNode inputs) {
        JsonNode at = down(inputs, members);
        var found = new ArrayList<JsonNode>();
        if (!each) found.add(at);
        else if (at.isArray()) for (JsonNode one : at) found.add(down(one, within));
        found.removeIf(JsonNode::isMissingNode);
        return found;
    }

    private static JsonNode down(JsonNode from, List<String> names) {
        JsonNode at = from;
        for (String name : names) at = at.path(name);
        return at;
    }

    /**
     * Puts values where the path leads, and makes the way. With {@code [*]} the first value is the
     * first element's, and no value makes an empty list; without, no value puts nothing.
     *
     * @throws IllegalArgumentException when something else is there already, or the numbers of
     *     values don't go together
     */
    void put(ObjectNode outputs, List<JsonNode> values) {
        if (members.isEmpty()) throw new IllegalArgumentException("the path names no member");
        String last = members.getLast();
        if (!each) {
            if (values.size() > 1)
                throw new IllegalArgumentException(
                        "%d values for one place; a list's path ends in [*]"
                                .formatted(values.size()));
            if (!values.isEmpty()) way(outputs, members).set(last, values.getFirst());
            return;
        }
        ArrayNode list =
                switch (way(outputs, members).get(last)) {
                    case null -> way(outputs, members).putArray(last);
                    case ArrayNode array -> array;
                    default -> throw taken(last);
                };
        if (!list.isEmpty() && !values.isEmpty() && list.size() != values.size())
            throw new IllegalArgumentException(
                    "%d values, where another parameter gave %d"
                            .formatted(values.size(), list.size()));
        for (int i = 0; i < values.size(); i++) put(list, i, values.get(i));
    }

    private void put(ArrayNode list, int index, JsonNode value) {
        if (within.isEmpty()) {
            if (index < list.size()) throw taken(members.getLast());
            list.add(value);
            return;
        }
        if (index == list.size()) list.addObject();
        if (!(list.get(index) instanceof ObjectNode element)) throw taken(members.getLast());
        way(element, within).set(within.getLast(), value);
    }

    /** The object that the last of the names is a member of. */
    private static ObjectNode way(ObjectNode from, List<String> names) {
        ObjectNode at = from;
        for (String name : names.subList(0, names.size() - 1)) {
            JsonNode next = at.get(name);
            if (next == null) {
                next = JsonNodeFactory.instance.objectNode();
                at.set(name, next);
            }
            if (!(next instanceof ObjectNode object)) throw taken(name);
            at = object;
        }
        return at;
    }

    private static IllegalArgumentException taken(String name) {
        return new IllegalArgumentException(name + " has another value already");
    }
}
