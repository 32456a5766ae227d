package dev.pawl.tool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;

/**
 * One object of a tool file. Reads its keys and notes every mistake with its place; a value that is
 * wrong reads as if it weren't there, so that one reading finds all mistakes.
 */
final class Section {
    private final JsonNode node;
    private final String pointer;
    private final Problems problems;

    Section(JsonNode node, String pointer, Problems problems) {
        this.node = node;
        this.pointer = pointer;
        this.problems = problems;
    }

    /** Notes every key that isn't among these, with the nearest that is. */
    Section allow(String... keys) {
        Set<String> known = new LinkedHashSet<>(List.of(keys));
        for (String key : node.propertyNames())
            if (!known.contains(key))
                unknown(
                        key,
                        Nearest.of(key, known)
                                .map(Section::didYouMean)
                                .orElse("known: " + String.join(", ", known)));
        return this;
    }

    /** Notes the first key that is nearly one of these; whether there is one. */
    boolean misspells(List<String> words) {
        for (String key : node.propertyNames()) {
            Optional<String> near = Nearest.of(key, words);
            if (near.isEmpty()) continue;
            unknown(key, didYouMean(near.get()));
            return true;
        }
        return false;
    }

    private void unknown(String key, String hint) {
        mistake(key, "unknown key \"" + key + "\"", hint);
    }

    private static String didYouMean(String near) {
        return "did you mean \"" + near + "\"?";
    }

    boolean has(String key) {
        return node.has(key) && !node.path(key).isNull();
    }

    JsonNode node(String key) {
        return node.path(key);
    }

    String pointer(String key) {
        return Pointer.child(pointer, key);
    }

    void mistake(String key, String reason, String hint) {
        problems.add(pointer(key), reason, hint);
    }

    /** Notes a mistake at a pointer into the file. */
    void mistakeAt(String at, String reason, String hint) {
        problems.add(at, reason, hint);
    }

    void mistakeHere(String reason, String hint) {
        problems.add(pointer, reason, hint);
    }

    /** The text of a key; a number or a boolean is taken as it is written. */
    Optional<String> text(String key) {
        if (!has(key)) return Optional.empty();
        JsonNode value = node.path(key);
        if (!value.isContainer()) return Optional.of(Template.shown(value));
        wrong(key, "text");
        return Optional.empty();
    }

    Optional<Section> section(String key) {
        if (!has(key)) return Optional.empty();
        if (node.path(key).isObject())
            return Optional.of(new Section(node.path(key), pointer(key), problems));
        wrong(key, "keys and values");
        return Optional.empty();
    }

    /** The items of a list of objects. */
    List<Section> sections(String key) {
        var found = new ArrayList<Section>();
        for (int i = 0; i < list(key).size(); i++) {
            String at = Pointer.child(pointer(key), i);
            JsonNode item = list(key).get(i);
            if (item.isObject()) found.add(new Section(item, at, problems));
            else problems.add(at, "is " + Texts.shown(item), "want keys and values");
        }
        return found;
    }

    /** An item of {@link #list}, whatever it is. */
    Section item(String key, int index) {
        JsonNode value = node.path(key);
        return value.isArray()
                ? new Section(value.get(index), Pointer.child(pointer(key), index), problems)
                : new Section(value, pointer(key), problems);
    }

    /** A list, or one value as a list of one. */
    List<JsonNode> list(String key) {
        if (!has(key)) return List.of();
        JsonNode value = node.path(key);
        return value.isArray() ? List.copyOf(value.values()) : List.of(value);
    }

    List<String> texts(String key) {
        var found = new ArrayList<String>();
        for (JsonNode item : list(key)) {
            if (!item.isContainer()) {
                found.add(Template.shown(item));
                continue;
            }
            wrong(key, "a list of texts");
            return List.of();
        }
        return found;
    }

    /** The entries of an object of texts. */
    Map<String, String> map(String key) {
        var found = new LinkedHashMap<String, String>();
        Optional<Section> section = section(key);
        if (section.isEmpty()) return found;
        for (String name : section.get().node.propertyNames())
            section.get().text(name).ifPresent(text -> found.put(name, text));
        return found;
    }

    int number(String key, int min, int max, int otherwise) {
        if (!has(key)) return otherwise;
        JsonNode value = node.path(key);
        if (value.canConvertToInt() && value.isIntegralNumber()) {
            int number = value.intValue();
            if (number >= min && number <= max) return number;
        }
        String most = max == Integer.MAX_VALUE ? "" : " to " + max;
        wrong(key, "a whole number from " + min + most);
        return otherwise;
    }

    boolean truth(String key) {
        if (!has(key)) return false;
        if (node.path(key).isBoolean()) return node.path(key).booleanValue();
        wrong(key, "true or false");
        return false;
    }

    Duration duration(String key, Duration otherwise) {
        if (!has(key)) return otherwise;
        Optional<Duration> duration = DurationText.parse(Template.shown(node.path(key)));
        if (duration.isEmpty()) wrong(key, "a duration as 250ms, 60s, 5m, 1h30m, 30d");
        return duration.orElse(otherwise);
    }

    Optional<Pattern> pattern(String key) {
        Optional<String> text = text(key);
        try {
            return text.map(Pattern::compile);
        } catch (PatternSyntaxException e) {
            mistake(key, "\"%s\" is no pattern".formatted(text.orElse("")), e.getDescription());
            return Optional.empty();
        }
    }

    /** The one of these words that a key has. */
    Optional<String> word(String key, List<String> words) {
        Optional<String> text = text(key);
        if (text.isEmpty() || words.contains(text.get())) return text;
        wrong(key, "one of " + String.join(", ", words));
        return Optional.empty();
    }

    private void wrong(String key, String wanted) {
        mistake(key, key + " is " + Texts.shown(node.path(key)), "want " + wanted);
    }
}
