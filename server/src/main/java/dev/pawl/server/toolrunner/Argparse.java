package dev.pawl.server.toolrunner;

import dev.pawl.server.toolrunner.PythonSource.Call;
import dev.pawl.server.toolrunner.PythonSource.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What argparse's calls say as parameters: what {@code --name value} on a command line may be. */
final class Argparse {
    private static final Set<String> NO_VALUE =
            Set.of("store_true", "store_false", "store_const", "count");
    private static final Set<String> NO_PARAMETER = Set.of("version", "help");

    private Argparse() {}

    /** The parameters of these calls, in their order; of two with one name the last. */
    static List<Parameter> parameters(List<Call> calls) {
        var found = new ArrayList<Parameter>();
        for (Call call : calls)
            for (Parameter parameter : parameters(call)) {
                found.removeIf(other -> other.name().equals(parameter.name()));
                found.add(parameter);
            }
        return found;
    }

    /** The first argument that has to be given without a flag, which no parameter can. */
    static Optional<String> positional(List<Call> calls) {
        return calls.stream()
                .filter(call -> !call.names().isEmpty())
                .filter(call -> !call.names().getFirst().startsWith("-"))
                .filter(call -> !call.text("nargs").equals("?") && !call.text("nargs").equals("*"))
                .map(call -> call.names().getFirst())
                .findFirst();
    }

    private static List<Parameter> parameters(Call call) {
        Optional<String> flag = flag(call);
        String action = action(call);
        if (flag.isEmpty() || NO_PARAMETER.contains(action)) return List.of();
        Parameter parameter = parameter(call, flag.get(), action);
        if (!action.equals("BooleanOptionalAction")) return List.of(parameter);
        var opposite =
                new Parameter(
                        "no-" + parameter.name(),
                        Parameter.Type.BOOLEAN,
                        false,
                        JsonNodeFactory.instance.nullNode(),
                        "the opposite of " + parameter.name(),
                        List.of(),
                        false);
        return List.of(parameter, opposite);
    }

    private static Parameter parameter(Call call, String name, String action) {
        boolean bare = NO_VALUE.contains(action) || action.equals("BooleanOptionalAction");
        JsonNode standard = JsonNodeFactory.instance.nullNode();
        if (call.option("default") instanceof Value.Known(var node)) standard = node;
        else if (action.equals("store_true"))
            standard = JsonNodeFactory.instance.booleanNode(false);
        boolean required =
                call.option("required") instanceof Value.Known(var node)
                        && node.booleanValue(false);
        return new Parameter(
                name,
                bare ? Parameter.Type.BOOLEAN : type(call),
                required,
                standard,
                help(call, standard),
                bare ? List.of() : choices(call),
                !bare && repeats(call, action));
    }

    /** The first long option without its dashes; a short one can't be called with two. */
    private static Optional<String> flag(Call call) {
        return call.names().stream()
                .filter(name -> name.startsWith("--") && name.length() > 2)
                .map(name -> name.substring(2))
                .findFirst();
    }

    private static String action(Call call) {
        return switch (call.option("action")) {
            case Value.Known(var node) -> node.stringValue("");
            case Value.Named(var name) -> name.substring(name.lastIndexOf('.') + 1);
            case Value.Unknown _ -> "";
        };
    }

    private static Parameter.Type type(Call call) {
        if (!(call.option("type") instanceof Value.Named(var name))) return Parameter.Type.STRING;
        return switch (name) {
            case "int" -> Parameter.Type.INTEGER;
            case "float" -> Parameter.Type.NUMBER;
            default -> Parameter.Type.STRING;
        };
    }

    private static List<JsonNode> choices(Call call) {
        if (call.option("choices") instanceof Value.Known(var node) && node.isArray())
            return List.copyOf(node.values());
        return List.of();
    }

    private static boolean repeats(Call call, String action) {
        if (action.equals("append") || action.equals("extend")) return true;
        if (!(call.option("nargs") instanceof Value.Known(var node))) return false;
        return node.isNumber() || node.stringValue("").matches("[*+]");
    }

    private static String help(Call call, JsonNode standard) {
        String shown = standard.isString() ? standard.stringValue() : standard.toString();
        return call.text("help").replace("%(default)s", shown).replace("%%", "%").strip();
    }
}
