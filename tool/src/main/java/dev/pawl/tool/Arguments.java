package dev.pawl.tool;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** An input as a command's flags. */
public final class Arguments {
    private Arguments() {}

    /**
     * {@code --key value} for each member in the input's order: true is a bare flag, false and null
     * are left out, a list repeats its flag, an object is JSON text.
     */
    public static List<String> flags(JsonNode input) {
        var flags = new ArrayList<String>();
        for (var member : input.properties()) {
            JsonNode value = member.getValue();
            if (!value.isArray()) add("--" + member.getKey(), value, flags);
            else for (JsonNode item : value.values()) add("--" + member.getKey(), item, flags);
        }
        return flags;
    }

    private static void add(String flag, JsonNode value, List<String> flags) {
        if (value.isNull() || (value.isBoolean() && !value.booleanValue())) return;
        flags.add(flag);
        if (!value.isBoolean()) flags.add(Template.shown(value));
    }
}
