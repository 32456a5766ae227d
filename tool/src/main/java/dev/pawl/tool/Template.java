package dev.pawl.tool;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Text with placeholders: <code>{{input.x}}</code>, and for a property that may be a file <code>
 * {{input.x.name}}</code> (without its extension), <code>{{input.x.filename}}</code> and <code>
 * {{input.x.path}}</code>; <code>{{job.id}}</code>, <code>{{job.attempt}}</code>; <code>
 * {{tool.dir}}
 * </code>, <code>{{java}}</code> and what the registry was given, which are known when the tool is
 * loaded. Two opening braces are written as four.
 */
public record Template(List<Part> parts) {
    public Template {
        parts = List.copyOf(parts);
    }

    /** A piece of a template. */
    public sealed interface Part {
        record Text(String text) implements Part {}

        /**
         * A value of the input.
         *
         * @param path names of the property and those around it
         */
        record Input(List<String> path, Aspect aspect) implements Part {
            public Input {
                path = List.copyOf(path);
            }
        }

        record Job(JobValue value) implements Part {}
    }

    /** What of a value is meant. */
    public enum Aspect {
        /** The value itself; of a file its content. */
        VALUE,
        /** A file's name without its extension; of inline text the property's name. */
        NAME,
        /** A file's whole name. */
        FILENAME,
        /** A path to read the value from. */
        PATH
    }

    /** What of the job is meant. */
    public enum JobValue {
        ID,
        ATTEMPT
    }

    /** The text; a value that isn't there leaves nothing. */
    public String text(TemplateValues values) {
        return parts.stream().map(p -> text(p, values).orElse("")).collect(Collectors.joining());
    }

    /** The text with each value encoded for a part of a URL. */
    public String urlText(TemplateValues values) {
        return parts.stream()
                .map(part ->
                        part instanceof Part.Text(var text)
                                ? text
                                : encoded(text(part, values).orElse("")))
                .collect(Collectors.joining());
    }

    /**
     * What the template adds to a command line: nothing when a value isn't there, each item of a
     * list when it is nothing but a list's placeholder, else one word.
     */
    public List<String> words(TemplateValues values) {
        if (parts.size() == 1
                && parts.getFirst() instanceof Part.Input(var path, var aspect)
                && aspect == Aspect.VALUE
                && find(path, values.input()).isArray())
            return find(path, values.input()).valueStream().map(Template::shown).toList();
        boolean whole = parts.stream().allMatch(p -> text(p, values).isPresent());
        return whole ? List.of(text(values)) : List.of();
    }

    /** The text in UTF-8, with the content of files; to be closed by the caller. */
    public InputStream open(TemplateValues values) {
        var streams = new ArrayList<InputStream>();
        for (Part part : parts) streams.add(open(part, values));
        return new SequenceInputStream(Collections.enumeration(streams));
    }

    /** The properties whose file's name the template shows, as JSON pointers. */
    List<String> namesShown() {
        return parts.stream()
                .filter(Part.Input.class::isInstance)
                .map(Part.Input.class::cast)
                .filter(i -> i.aspect == Aspect.NAME || i.aspect == Aspect.FILENAME)
                .map(i -> Pointer.of(i.path))
                .toList();
    }

    private static Optional<String> text(Part part, TemplateValues values) {
        return switch (part) {
            case Part.Text(var text) -> Optional.of(text);
            case Part.Job(var value) when value == JobValue.ID -> Optional.of(values.job());
            case Part.Job _ -> Optional.of(Integer.toString(values.attempt()));
            case Part.Input(var path, var aspect) -> {
                JsonNode value = find(path, values.input());
                if (value.isMissingNode() || value.isNull()) yield Optional.empty();
                yield Optional.of(text(value, path.getLast(), aspect, values));
            }
        };
    }

    private static String text(JsonNode value, String field, Aspect aspect, TemplateValues values) {
        Optional<FileRef> file = FileRef.of(value);
        return switch (aspect) {
            case VALUE -> file.isPresent() ? content(file.get(), values) : shown(value);
            case NAME -> file.map(FileRef::stem).orElse(field);
            case FILENAME -> file.map(FileRef::name).orElse(field);
            case PATH ->
                    file.map(f -> values.files().stored(f))
                            .orElseGet(() -> values.files().inline(field, shown(value)))
                            .toString();
        };
    }

    private static InputStream open(Part part, TemplateValues values) {
        if (part instanceof Part.Input(var path, var aspect) && aspect == Aspect.VALUE) {
            Optional<FileRef> file = FileRef.of(find(path, values.input()));
            if (file.isPresent()) return stream(file.get(), values);
        }
        String text = text(part, values).orElse("");
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String content(FileRef file, TemplateValues values) {
        try {
            return Files.readString(values.files().stored(file));
        } catch (IOException e) {
            throw new UncheckedIOException("file " + file.name() + " can't be read as text", e);
        }
    }

    private static InputStream stream(FileRef file, TemplateValues values) {
        try {
            return Files.newInputStream(values.files().stored(file));
        } catch (IOException e) {
            throw new UncheckedIOException("file " + file.name() + " can't be read", e);
        }
    }

    static String shown(JsonNode value) {
        return value.isString() ? value.stringValue() : value.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static JsonNode find(List<String> path, JsonNode input) {
        JsonNode here = input;
        for (String step : path) here = here.isArray() ? here.path(index(step)) : here.path(step);
        return here;
    }

    private static int index(String step) {
        return step.matches("\\d{1,9}") ? Integer.parseInt(step) : -1;
    }
}
