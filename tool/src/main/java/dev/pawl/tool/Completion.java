package dev.pawl.tool;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BigIntegerNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Fills in the defaults that surely apply: those of properties, of array items, through {@code
 * $ref} and {@code allOf}. A default that stands in a branch ({@code anyOf}, {@code oneOf}, {@code
 * if}) is not filled in, since whether it applies could depend on it.
 */
final class Completion {
    private final SchemaTree schema;
    private final List<FieldError> errors = new ArrayList<>();
    private boolean filled;

    Completion(SchemaTree schema) {
        this.schema = schema;
    }

    /** What was found wrong. */
    List<FieldError> errors() {
        return errors;
    }

    /** Whether it says more than its text did, or says it otherwise. */
    boolean filled() {
        return filled;
    }

    /**
     * Completes a value that {@link StrictReader} made and nobody else has.
     *
     * @return it, or what stands for it
     */
    JsonNode completeOwn(JsonNode own) {
        if (own.isBigDecimal()) return madeWhole(own);
        makeWhole(own);
        fill(schema.root(), own, "", 0);
        return own;
    }

    /** Completes a copy of the value, whoever made it. */
    JsonNode complete(JsonNode input) {
        return complete(schema.root(), input);
    }

    /** Completes a copy of a value that one part of the schema is about. */
    JsonNode complete(JsonNode rules, JsonNode value) {
        JsonNode copy = copy(value, "", 0);
        if (errors.isEmpty()) fill(rules, copy, "", 0);
        return copy;
    }

    private JsonNode copy(JsonNode node, String at, int depth) {
        if (depth > StrictReader.DEPTH_MAX) {
            errors.add(
                    new FieldError(
                            at, "is nested deeper than " + StrictReader.DEPTH_MAX + " levels"));
            return JsonNodeFactory.instance.nullNode();
        }
        return switch (node.getNodeType()) {
            case OBJECT -> {
                ObjectNode copy = JsonNodeFactory.instance.objectNode();
                for (var member : node.properties()) {
                    requireWhole(member.getKey(), at);
                    String child = Pointer.child(at, member.getKey());
                    copy.set(member.getKey(), copy(member.getValue(), child, depth + 1));
                }
                yield copy;
            }
            case ARRAY -> {
                ArrayNode copy = JsonNodeFactory.instance.arrayNode(node.size());
                for (JsonNode item : node.values())
                    copy.add(copy(item, Pointer.child(at, copy.size()), depth + 1));
                yield copy;
            }
            case STRING -> {
                requireWhole(node.stringValue(), at);
                yield node;
            }
            case NUMBER -> number(node, at);
            case BOOLEAN, NULL -> node;
            case BINARY, MISSING, POJO -> {
                errors.add(new FieldError(at, "is no JSON value"));
                yield JsonNodeFactory.instance.nullNode();
            }
        };
    }

    private JsonNode number(JsonNode node, String at) {
        if (node.isDouble() || node.isFloat()) {
            double number = node.doubleValue();
            if (!Double.isNaN(number) && !Double.isInfinite(number)) return node;
            errors.add(new FieldError(at, "is " + number + "; want a number"));
            return node;
        }
        if (!node.isBigDecimal()) return node;
        BigDecimal number = node.decimalValue();
        if (Math.abs((long) number.scale()) > StrictReader.DIGITS_MAX) {
            errors.add(new FieldError(at, "has more than " + StrictReader.DIGITS_MAX + " digits"));
            return node;
        }
        return whole(node);
    }

    /** The validator can't hold a whole number beyond long in any but an integer's node. */
    private static JsonNode whole(JsonNode node) {
        BigDecimal number = node.decimalValue();
        boolean whole = number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
        return whole && !node.canConvertToLong()
                ? BigIntegerNode.valueOf(number.toBigInteger())
                : node;
    }

    private JsonNode madeWhole(JsonNode number) {
        JsonNode whole = whole(number);
        filled |= whole.isIntegralNumber();
        return whole;
    }

    /** As a copy would have them. */
    private void makeWhole(JsonNode own) {
        if (own instanceof ObjectNode object)
            for (var member : object.properties()) {
                if (member.getValue().isBigDecimal())
                    object.set(member.getKey(), madeWhole(member.getValue()));
                else makeWhole(member.getValue());
            }
        if (own instanceof ArrayNode array)
            for (int i = 0; i < array.size(); i++) {
                if (array.get(i).isBigDecimal()) array.set(i, madeWhole(array.get(i)));
                else makeWhole(array.get(i));
            }
    }

    private void requireWhole(String text, String at) {
        if (!Texts.isWholeUnicode(text))
            errors.add(new FieldError(at, "holds half a surrogate pair: it is no Unicode"));
    }

    private void fill(JsonNode rules, JsonNode value, String at, int depth) {
        if (depth > StrictReader.DEPTH_MAX) {
            errors.add(new FieldError(at, "has defaults without end; give one a value of its own"));
            return;
        }
        for (JsonNode rule : schema.applied(rules)) {
            if (value instanceof ObjectNode object) fillObject(rule, object, at, depth);
            if (value instanceof ArrayNode array) fillArray(rule, array, at, depth);
        }
    }

    private void fillObject(JsonNode rule, ObjectNode object, String at, int depth) {
        JsonNode properties = rule.path("properties");
        for (var property : properties.properties()) {
            String name = property.getKey();
            if (!object.has(name)) setDefault(property.getValue(), object, name);
            JsonNode value = object.path(name);
            if (value.isContainer())
                fill(property.getValue(), value, Pointer.child(at, name), depth + 1);
        }
        JsonNode others = rule.path("additionalProperties");
        if (!others.isObject()) return;
        for (var member : object.properties())
            if (!properties.has(member.getKey()) && member.getValue().isContainer())
                fill(others, member.getValue(), Pointer.child(at, member.getKey()), depth + 1);
    }

    private void setDefault(JsonNode property, ObjectNode object, String name) {
        for (JsonNode rule : schema.applied(property)) {
            JsonNode value = rule.path("default");
            if (value.isMissingNode()) continue;
            object.set(name, value.deepCopy());
            filled = true;
            return;
        }
    }

    private void fillArray(JsonNode rule, ArrayNode array, String at, int depth) {
        for (int i = 0; i < array.size(); i++) {
            var items = new ArrayList<JsonNode>();
            SchemaTree.item(rule, i, items);
            for (JsonNode item : items)
                if (array.get(i).isContainer())
                    fill(item, array.get(i), Pointer.child(at, i), depth + 1);
        }
    }
}
