package dev.pawl.worker.executor;

import dev.pawl.core.ToolId;
import dev.pawl.tool.JsonSchema;
import dev.pawl.tool.Run;
import dev.pawl.tool.Template;
import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolPolicy;
import java.util.Arrays;
import java.util.List;

/** Tools as their files would make them. */
final class Tools {
    private Tools() {}

    static Tool of(Run run) {
        return of(run, JsonSchema.ANYTHING);
    }

    static Tool of(Run run, JsonSchema output) {
        return new Tool(
                ToolId.parse("test@1"),
                "test",
                "",
                JsonSchema.ANYTHING,
                output,
                run,
                ToolPolicy.defaults(),
                Tool.Examples.NONE,
                "test");
    }

    static JsonSchema schema(String text) {
        return JsonSchema.of(Json.read(text));
    }

    static Template text(String text) {
        return new Template(List.of(new Template.Part.Text(text)));
    }

    /** The value of an input's property. */
    static Template input(String... path) {
        return new Template(
                List.of(new Template.Part.Input(Arrays.asList(path), Template.Aspect.VALUE)));
    }

    /** A file that holds an input's property. */
    static Template path(String... path) {
        return new Template(
                List.of(new Template.Part.Input(Arrays.asList(path), Template.Aspect.PATH)));
    }
}
