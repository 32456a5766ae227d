package dev.pawl.server.toolrunner;

import dev.pawl.server.toolrunner.PythonTokens.Token;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What a Python source says of itself: its docstring and its calls of argparse's {@code
 * add_argument}. Only read, never run: a value that isn't written out in the call is not known.
 */
final class PythonSource {
    private final List<Token> tokens;
    private int at;

    /** A value as it is written. */
    sealed interface Value {
        record Known(JsonNode node) implements Value {}

        /** A name, as {@code int} or {@code argparse.SUPPRESS}. */
        record Named(String name) implements Value {}

        record Unknown() implements Value {}
    }

    /** One call: its texts, then what it gives by name. */
    record Call(List<String> names, Map<String, Value> options) {
        Call {
            names = List.copyOf(names);
        }

        Value option(String name) {
            return options.getOrDefault(name, new Value.Unknown());
        }

        boolean gives(String name) {
            return options.containsKey(name);
        }

        /** A text that is written out; empty text for none. */
        String text(String name) {
            return option(name) instanceof Value.Known(var node) ? node.stringValue("") : "";
        }
    }

    PythonSource(String source) {
        this.tokens = PythonTokens.of(source);
    }

    /** The module's; empty text for none. */
    String docstring() {
        var text = new StringBuilder();
        for (Token token : tokens) {
            if (!(token instanceof Token.Text(var part, var literal)) || !literal) break;
            text.append(part);
        }
        return text.toString().strip();
    }

    /** Every call of {@code add_argument}, in the order of the source. */
    List<Call> arguments() {
        var calls = new ArrayList<Call>();
        for (at = 0; at + 2 < tokens.size(); at++)
            if (isSign(at, '.')
                    && tokens.get(at + 1).equals(new Token.Name("add_argument"))
                    && isSign(at + 2, '(')) {
                at += 3;
                calls.add(call());
            }
        return calls;
    }

    private Call call() {
        var names = new ArrayList<String>();
        var options = new LinkedHashMap<String, Value>();
        while (at < tokens.size() && !isSign(at, ')')) {
            int before = at;
            Optional<String> keyword = keyword();
            Value value = value();
            if (keyword.isPresent()) options.put(keyword.get(), value);
            else if (value instanceof Value.Known(var node) && node.isString())
                names.add(node.stringValue());
            // A bracket that closes nothing is stepped over like a comma.
            if (isSign(at, ',') || at == before) at++;
        }
        return new Call(names, options);
    }

    private Optional<String> keyword() {
        if (at + 2 >= tokens.size() || !isSign(at + 1, '=') || isSign(at + 2, '='))
            return Optional.empty();
        if (!(tokens.get(at) instanceof Token.Name(var name))) return Optional.empty();
        at += 2;
        return Optional.of(name);
    }

    /** Reads to the comma or bracket that ends the value. */
    private Value value() {
        int begin = at;
        int depth = 0;
        while (at < tokens.size()) {
            if (depth == 0 && (isSign(at, ',') || isSign(at, ')') || isSign(at, ']'))) break;
            if (isSign(at, '(') || isSign(at, '[') || isSign(at, '{')) depth++;
            if (isSign(at, ')') || isSign(at, ']') || isSign(at, '}')) depth--;
            at++;
        }
        int end = at;
        Value value = value(begin, end);
        at = end;
        return value;
    }

    private Value value(int begin, int end) {
        List<Token> words = tokens.subList(begin, end);
        if (words.isEmpty()) return new Value.Unknown();
        if (words.stream().allMatch(w -> w instanceof Token.Text(var _, var literal) && literal))
            return new Value.Known(JsonNodeFactory.instance.stringNode(joined(words)));
        boolean minus = words.getFirst().equals(new Token.Sign('-'));
        List<Token> rest = minus ? words.subList(1, words.size()) : words;
        if (rest.size() == 1 && rest.getFirst() instanceof Token.Digits(var digits))
            return number(minus ? "-" + digits : digits);
        if (isSign(begin, '[') || isSign(begin, '(')) return list(begin, end);
        return named(words);
    }

    private static String joined(List<Token> words) {
        var text = new StringBuilder();
        for (Token word : words) if (word instanceof Token.Text(var part, var _)) text.append(part);
        return text.toString();
    }

    private static Value number(String text) {
        try {
            var number = new BigDecimal(text);
            boolean sane = Math.abs((long) number.scale()) < 100 && number.precision() < 100;
            if (!sane) return new Value.Unknown();
            if (number.scale() > 0 || text.indexOf('.') >= 0)
                return new Value.Known(DecimalNode.valueOf(number));
            return new Value.Known(JsonNodeFactory.instance.numberNode(number.toBigIntegerExact()));
        } catch (NumberFormatException e) {
            return new Value.Unknown();
        }
    }

    /** A list or tuple that is nothing but values that are known. */
    private Value list(int begin, int end) {
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        at = begin + 1;
        while (at < end - 1) {
            int before = at;
            if (!(value() instanceof Value.Known(var item))) return new Value.Unknown();
            items.add(item);
            if (isSign(at, ',')) at++;
            if (at == before) return new Value.Unknown();
        }
        boolean whole = at == end - 1 && (isSign(at, ']') || isSign(at, ')'));
        return whole ? new Value.Known(items) : new Value.Unknown();
    }

    private static Value named(List<Token> words) {
        var name = new StringBuilder();
        for (Token word : words) {
            if (word instanceof Token.Name(var part)) name.append(part);
            else if (word.equals(new Token.Sign('.'))) name.append('.');
            else return new Value.Unknown();
        }
        return switch (name.toString()) {
            case "True" -> new Value.Known(JsonNodeFactory.instance.booleanNode(true));
            case "False" -> new Value.Known(JsonNodeFactory.instance.booleanNode(false));
            case "None" -> new Value.Known(JsonNodeFactory.instance.nullNode());
            default -> new Value.Named(name.toString());
        };
    }

    private boolean isSign(int place, char sign) {
        return place < tokens.size()
                && tokens.get(place) instanceof Token.Sign(var found)
                && found == sign;
    }
}
