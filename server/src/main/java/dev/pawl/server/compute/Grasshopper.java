package dev.pawl.server.compute;

import dev.pawl.api.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The wire format of Rhino.Compute's {@code POST /grasshopper}. A parameter's values are a tree of
 * lists; each value is a .NET type and the value's JSON, as text. Parameters of one contract have
 * one list, {@code {0}}; lists of an answer are read one after the other.
 */
final class Grasshopper {
    private static final BigInteger INT_MIN = BigInteger.valueOf(Integer.MIN_VALUE);
    private static final BigInteger INT_MAX = BigInteger.valueOf(Integer.MAX_VALUE);

    private Grasshopper() {}

    /**
     * The call's {@code values}. A parameter whose part of the inputs isn't there is left out.
     *
     * @throws ComputeProblem 422 for a value that the parameter's type can't hold
     */
    static List<JsonNode> values(Bindings bindings, JsonNode inputs) {
        var values = new ArrayList<JsonNode>();
        for (Bindings.Bound bound : bindings.inputs()) {
            List<JsonNode> found = bound.path().values(inputs);
            if (found.isEmpty()) continue;
            ObjectNode value = JsonNodeFactory.instance.objectNode();
            value.put("ParamName", bound.parameter());
            var branch = value.putObject("InnerTree").putArray("{0}");
            for (JsonNode one : found) branch.add(encoded(bound, one));
            values.add(value);
        }
        return values;
    }

    private static ObjectNode encoded(Bindings.Bound bound, JsonNode value) {
        return switch (bound.type()) {
            case CURVE -> item(PolylineCurve.TYPE, curve(bound, value));
            case JSON -> item("System.String", text(value.toString()));
            case TEXT -> item("System.String", text(value.asString(value.toString())));
            case NUMBER -> {
                if (!value.isNumber()) throw unfit(bound, value, "no number");
                yield item("System.Double", value.toString());
            }
            case INTEGER -> item("System.Int32", integer(bound, value).toString());
        };
    }

    private static String curve(Bindings.Bound bound, JsonNode value) {
        try {
            return PolylineCurve.closed(value).json().toString();
        } catch (IllegalArgumentException e) {
            throw new ComputeProblem(
                    422, "%s takes a curve: %s".formatted(bound.parameter(), e.getMessage()));
        }
    }

    private static BigInteger integer(Bindings.Bound bound, JsonNode value) {
        BigInteger whole = whole(value);
        if (whole == null) throw unfit(bound, value, "no whole number");
        if (whole.compareTo(INT_MIN) < 0 || whole.compareTo(INT_MAX) > 0)
            throw unfit(bound, value, "beyond the 32 bits of Grasshopper's integers");
        return whole;
    }

    private static ComputeProblem unfit(Bindings.Bound bound, JsonNode value, String why) {
        String shown = value.toString();
        if (shown.length() > 40) shown = shown.substring(0, 40) + "…";
        return new ComputeProblem(
                422,
                "%s takes %s: %s is %s".formatted(bound.parameter(), bound.type(), shown, why));
    }

    private static String text(String value) {
        return JsonNodeFactory.instance.stringNode(value).toString();
    }

    private static ObjectNode item(String type, String data) {
        return JsonNodeFactory.instance.objectNode().put("type", type).put("data", data);
    }

    /**
     * The outputs that an answer has.
     *
     * @throws ComputeProblem 502 when it is none of Rhino.Compute; 500 when it doesn't go with the
     *     bindings
     */
    static ObjectNode outputs(Bindings bindings, JsonNode answer) {
        Map<String, List<String>> given = given(answer);
        ObjectNode outputs = JsonNodeFactory.instance.objectNode();
        for (Bindings.Bound bound : bindings.outputs()) {
            List<String> data = given.get(bound.parameter());
            if (data == null)
                throw new ComputeProblem(
                        500,
                        "The definition gives no %s; it gives %s"
                                .formatted(bound.parameter(), given.keySet()));
            try {
                bound.path()
                        .put(
                                outputs,
                                data.stream().map(one -> decoded(bound.type(), one)).toList());
            } catch (IllegalArgumentException e) {
                throw new ComputeProblem(
                        500,
                        "The definition's %s: %s".formatted(bound.parameter(), e.getMessage()));
            }
        }
        return outputs;
    }

    /** The texts of all values by parameter. */
    private static Map<String, List<String>> given(JsonNode answer) {
        var given = new LinkedHashMap<String, List<String>>();
        JsonNode values = answer.path("values");
        if (!values.isArray()) throw new ComputeProblem(502, "Rhino.Compute answered no values");
        for (JsonNode value : values) {
            if (!value.path("ParamName").isString() || !value.path("InnerTree").isObject())
                throw new ComputeProblem(502, "Rhino.Compute answered a value without its tree");
            var texts = new ArrayList<String>();
            for (JsonNode branch : value.path("InnerTree").values())
                for (JsonNode item : branch) {
                    if (!item.path("data").isString())
                        throw new ComputeProblem(
                                502, "Rhino.Compute answered a value that is no text");
                    texts.add(item.path("data").stringValue());
                }
            given.put(value.path("ParamName").stringValue(), texts);
        }
        return given;
    }

    private static JsonNode decoded(Bindings.Type type, String data) {
        JsonNode node = json(data);
        return switch (type) {
            case CURVE -> {
                if (!node.isObject()) throw wrong(data, "no geometry");
                yield node;
            }
            case JSON -> node.isString() ? json(node.stringValue()) : node;
            case TEXT -> {
                if (!node.isString()) throw wrong(data, "no text");
                yield node;
            }
            case NUMBER -> {
                if (!node.isNumber()) throw wrong(data, "no number");
                yield node;
            }
            case INTEGER -> {
                BigInteger whole = whole(node);
                if (whole == null) throw wrong(data, "no whole number");
                yield JsonNodeFactory.instance.numberNode(whole);
            }
        };
    }

    private static JsonNode json(String text) {
        return switch (Json.read(text.getBytes(StandardCharsets.UTF_8))) {
            case Json.Reading.Read(var node) -> node;
            case Json.Reading.Unreadable(var reason) -> throw wrong(text, "no JSON: " + reason);
        };
    }

    private static IllegalArgumentException wrong(String data, String why) {
        String shown = data.length() > 40 ? data.substring(0, 40) + "…" : data;
        return new IllegalArgumentException("%s is %s".formatted(shown, why));
    }

    /** As {@code 7} and {@code 7.0}; null for what is no whole number. */
    private static @Nullable BigInteger whole(JsonNode node) {
        if (!node.isNumber()) return null;
        BigDecimal number = node.decimalValue();
        // Digits that nobody sends would be made of 1e999999999.
        if (number.scale() < -400) return null;
        try {
            return number.toBigIntegerExact();
        } catch (ArithmeticException e) {
            return null;
        }
    }
}
