package dev.pawl.tool;

import dev.pawl.core.ToolId;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads one tool file: YAML, or JSON where its name ends so. */
final class ToolFile {
    /** What came of reading a file. */
    sealed interface Reading {
        record Good(Tool tool) implements Reading {}

        record Bad(List<ToolProblem> problems) implements Reading {}
    }

    private final Path file;
    private final Path relative;
    private final Map<String, String> values;

    /**
     * @param relative the file's path in its tools folder
     * @param values placeholders that the caller gives, by name
     */
    ToolFile(Path file, Path relative, Map<String, String> values) {
        this.file = file;
        this.relative = relative;
        this.values = values;
    }

    Reading read(String text) {
        boolean json = relative.toString().endsWith(".json");
        return switch (json
                ? StrictReader.jsonWithPlaces(text)
                : StrictReader.yamlWithPlaces(text)) {
            case StrictReader.Unreadable(var mistake) ->
                    new Reading.Bad(
                            List.of(
                                    new ToolProblem(
                                            file,
                                            mistake.place().line(),
                                            mistake.place().column(),
                                            mistake.reason(),
                                            "")));
            case StrictReader.Read(var node, var places) -> tool(node, new Problems(file, places));
        };
    }

    private Reading tool(JsonNode node, Problems problems) {
        if (!node.isObject()) {
            problems.add("", "is " + Texts.shown(node), "want keys and values");
            return new Reading.Bad(problems.found());
        }
        Section top =
                new Section(node, "", problems)
                        .allow(
                                "tool",
                                "title",
                                "description",
                                "input",
                                "output",
                                "run",
                                "policy",
                                "examples");
        Optional<ToolId> id = id(top);
        JsonSchema input = schema("input", top, problems);
        JsonSchema output = schema("output", top, problems);
        var templates = new TemplateReader(input.tree(), fixedValues());
        Optional<Run> run = new RunReader(templates).read(top);
        ToolPolicy policy = new PolicyReader(templates).read(top);
        Tool.Examples examples = examples(top);
        Optional<String> title = top.text("title");
        String description = top.text("description").orElse("");
        if (!problems.found().isEmpty() || id.isEmpty() || run.isEmpty())
            return new Reading.Bad(problems.found());
        return new Reading.Good(
                new Tool(
                        id.get(),
                        title.orElse(id.get().name()),
                        description,
                        input,
                        output,
                        run.get(),
                        policy,
                        examples,
                        file.toString()));
    }

    private Optional<ToolId> id(Section top) {
        if (!top.has("tool")) {
            top.mistakeHere("\"tool\" is missing", "write tool: " + wantedId());
            return Optional.empty();
        }
        try {
            ToolId id = ToolId.parse(top.text("tool").orElse(""));
            if (agrees(id)) return Optional.of(id);
            top.mistake(
                    "tool",
                    "tool is " + id + " in a file called " + slashed(relative),
                    "name it " + wantedId() + " or move the file");
        } catch (IllegalArgumentException e) {
            top.mistake("tool", String.valueOf(e.getMessage()), "as in " + wantedId());
        }
        return Optional.empty();
    }

    private boolean agrees(ToolId id) {
        boolean foldered = relative.getNameCount() > 1;
        return foldered
                ? id.name().equals(relative.getName(0).toString()) && id.version().equals(stem())
                : id.name().equals(stem());
    }

    private String wantedId() {
        return relative.getNameCount() > 1 ? relative.getName(0) + "@" + stem() : stem() + "@1";
    }

    private String stem() {
        String name = relative.getFileName().toString();
        return name.substring(0, name.lastIndexOf('.'));
    }

    private static String slashed(Path path) {
        return path.toString().replace('\\', '/');
    }

    private JsonSchema schema(String key, Section top, Problems problems) {
        if (!top.has(key)) return JsonSchema.ANYTHING;
        JsonNode node = top.node(key);
        if (!node.isObject()) {
            top.mistake(key, key + " is " + Texts.shown(node), "want a JSON Schema");
            return JsonSchema.ANYTHING;
        }
        return switch (JsonSchema.compile(node)) {
            case JsonSchema.Compiled.Good(var schema) -> schema;
            case JsonSchema.Compiled.Bad(var mistakes) -> {
                for (FieldError mistake : mistakes)
                    problems.add(
                            top.pointer(key) + mistake.pointer(),
                            "%s schema: %s".formatted(key, mistake),
                            "");
                yield JsonSchema.ANYTHING;
            }
        };
    }

    private static Tool.Examples examples(Section top) {
        Optional<Section> section = top.section("examples");
        if (section.isEmpty()) return Tool.Examples.NONE;
        section.get().allow("valid", "invalid");
        return new Tool.Examples(section.get().list("valid"), section.get().list("invalid"));
    }

    private Map<String, String> fixedValues() {
        var fixed = new HashMap<String, String>(values);
        Path folder = file.toAbsolutePath().getParent();
        fixed.put("tool.dir", folder == null ? "." : folder.toString());
        fixed.putIfAbsent(
                "java", Path.of(System.getProperty("java.home"), "bin", "java").toString());
        return fixed;
    }
}
