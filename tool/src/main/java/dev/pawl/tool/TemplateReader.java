package dev.pawl.tool;

import dev.pawl.tool.Template.Aspect;
import dev.pawl.tool.Template.JobValue;
import dev.pawl.tool.Template.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Reads templates of one tool; every placeholder must mean something. */
final class TemplateReader {
    /** Where a template is used, which decides what a file may stand for. */
    enum Use {
        /** A word of a command line or an environment value: a file is its path. */
        WORD,
        /** What a program or server reads: a file is its content. */
        CONTENT,
        /** A name, URL or header: a file can only be its name. */
        NAME
    }

    /** What came of reading; a mistake says what is wrong and what to do. */
    sealed interface Reading {
        record Good(Template template) implements Reading {}

        record Bad(String reason, String hint) implements Reading {}
    }

    private final SchemaTree input;
    private final Map<String, String> fixed;

    /**
     * @param fixed placeholders whose value is known now, as {@code java}
     */
    TemplateReader(SchemaTree input, Map<String, String> fixed) {
        this.input = input;
        this.fixed = fixed;
    }

    Reading read(String text, Use use) {
        var parts = new ArrayList<Part>();
        var plain = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf("{{", at);
            if (open < 0) break;
            plain.append(text, at, open);
            if (text.startsWith("{{{{", open)) {
                plain.append("{{");
                at = open + 4;
                continue;
            }
            int close = text.indexOf("}}", open);
            if (close < 0)
                return new Reading.Bad(
                        "\"{{\" is never closed in \"" + Texts.shortened(text) + "\"",
                        "write {{{{ for two braces");
            String name = text.substring(open + 2, close).strip();
            switch (placeholder(name, use)) {
                case Found.Fixed(var value) -> plain.append(value);
                case Found.Open(var part) -> {
                    if (!plain.isEmpty()) parts.add(new Part.Text(plain.toString()));
                    plain.setLength(0);
                    parts.add(part);
                }
                case Found.Wrong(var reason, var hint) -> {
                    return new Reading.Bad(reason, hint);
                }
            }
            at = close + 2;
        }
        plain.append(text, at, text.length());
        if (!plain.isEmpty() || parts.isEmpty()) parts.add(new Part.Text(plain.toString()));
        return new Reading.Good(new Template(parts));
    }

    private sealed interface Found {
        record Fixed(String value) implements Found {}

        record Open(Part part) implements Found {}

        record Wrong(String reason, String hint) implements Found {}
    }

    private Found placeholder(String name, Use use) {
        String value = fixed.get(name);
        if (value != null) return new Found.Fixed(value);
        if (name.equals("job.id")) return new Found.Open(new Part.Job(JobValue.ID));
        if (name.equals("job.attempt")) return new Found.Open(new Part.Job(JobValue.ATTEMPT));
        if (name.startsWith("input.")) return property(name, use);
        var known = new TreeSet<>(fixed.keySet());
        known.addAll(List.of("job.id", "job.attempt"));
        for (String property : SchemaTree.properties(input.possible(input.root())).keySet())
            known.add("input." + property);
        return unknown(name, known);
    }

    private Found property(String name, Use use) {
        List<String> path = List.of(name.substring("input.".length()).split("\\.", -1));
        if (isKnown(path)) return value(name, path, use);
        List<String> parent = path.subList(0, path.size() - 1);
        Optional<Aspect> aspect = aspect(path.getLast());
        if (aspect.isPresent() && !parent.isEmpty() && isKnown(parent)) {
            if (input.isFile(parent)) return new Found.Open(new Part.Input(parent, aspect.get()));
            return new Found.Wrong(
                    "{{" + name + "}}: " + String.join(".", parent) + " is never a file",
                    "give it a contentMediaType to let it be one");
        }
        var known = new TreeSet<String>();
        String prefix = parent.isEmpty() ? "input." : "input." + String.join(".", parent) + ".";
        for (String property : SchemaTree.properties(input.at(parent)).keySet())
            known.add(prefix + property);
        return unknown(name, known);
    }

    private Found value(String name, List<String> path, Use use) {
        if (!input.isFile(path)) return new Found.Open(new Part.Input(path, Aspect.VALUE));
        return switch (use) {
            case WORD -> new Found.Open(new Part.Input(path, Aspect.PATH));
            case CONTENT -> new Found.Open(new Part.Input(path, Aspect.VALUE));
            case NAME ->
                    new Found.Wrong(
                            "{{" + name + "}} may be a file, whose content can't stand here",
                            "write {{" + name + ".name}} or {{" + name + ".filename}}");
        };
    }

    private boolean isKnown(List<String> path) {
        return !input.at(path).isEmpty() || isOpen(path.subList(0, path.size() - 1));
    }

    /** Whether anything may stand within that place, since the schema says nothing of it. */
    private boolean isOpen(List<String> path) {
        List<JsonNode> rules = input.at(path);
        if (rules.isEmpty()) return isOpen(path.subList(0, path.size() - 1));
        return input.allowsAnyName(path) && rules.stream().allMatch(TemplateReader::mayHoldMore);
    }

    private static boolean mayHoldMore(JsonNode rule) {
        Set<String> types = SchemaTree.types(rule);
        boolean container = types.isEmpty() || types.contains("object") || types.contains("array");
        return container && !rule.path("additionalProperties").isBoolean();
    }

    private static Optional<Aspect> aspect(String word) {
        return switch (word) {
            case "name" -> Optional.of(Aspect.NAME);
            case "filename" -> Optional.of(Aspect.FILENAME);
            case "path" -> Optional.of(Aspect.PATH);
            case "text" -> Optional.of(Aspect.VALUE);
            default -> Optional.empty();
        };
    }

    private static Found unknown(String name, Set<String> known) {
        String hint =
                Nearest.of(name, known)
                        .map(near -> "did you mean {{" + near + "}}?")
                        .orElse("known: " + String.join(", ", known));
        return new Found.Wrong("{{" + name + "}} is not known", hint);
    }
}
