package dev.pawl.tool;

import dev.pawl.core.Rate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads {@code concurrency} and {@code rate} of a tool file's policy. */
final class LimitReader {
    private static final String KEY = "(tag:)?[^\\s.=]{1,100}(\\.[^\\s.=]{1,100}){0,20}";

    private final Section policy;
    private final JsonNode schema;
    private int max;
    private Rate rate = Rate.NONE;
    private PerKey perKey = PerKey.NONE;

    /**
     * @param schema of the input
     */
    private LimitReader(Section policy, JsonNode schema) {
        this.policy = policy;
        this.schema = schema;
    }

    /** The policy with what its section says of limits. */
    static ToolPolicy read(Section policy, JsonNode schema, ToolPolicy others) {
        var reader = new LimitReader(policy, schema);
        reader.concurrency();
        reader.rate();
        return others.withConcurrency(reader.max).withRate(reader.rate).withPerKey(reader.perKey);
    }

    private void concurrency() {
        List<JsonNode> items = policy.list("concurrency");
        if (!policy.node("concurrency").isContainer()) {
            max = policy.number("concurrency", 1, Integer.MAX_VALUE, 0);
            return;
        }
        for (int i = 0; i < items.size(); i++) {
            Section item = item("concurrency", i);
            if (!items.get(i).isObject()) {
                if (!items.get(i).canConvertToInt() || items.get(i).intValue() < 1)
                    item.mistakeHere(
                            "concurrency is " + Texts.shown(items.get(i)),
                            "want a whole number from 1, or {max: 1, per: site.id}");
                else if (max > 0) twice(item, "concurrency");
                else max = items.get(i).intValue();
                continue;
            }
            item.allow("max", "per");
            int number = item.number("max", 1, Integer.MAX_VALUE, 1);
            if (!item.has("max")) item.mistakeHere("\"max\" is missing", "as in max: 1");
            Optional<String> by = by(item);
            if (by.isPresent()) {
                if (perKey.max() < Integer.MAX_VALUE) twice(item, "concurrency with per");
                perKey = new PerKey(by.get(), number, perKey.rate());
            } else if (max > 0) twice(item, "concurrency");
            else max = number;
        }
    }

    private void rate() {
        List<JsonNode> items = policy.list("rate");
        for (int i = 0; i < items.size(); i++) {
            Section item = item("rate", i);
            if (!items.get(i).isObject()) {
                Optional<Rate> read = RateText.parse(Template.shown(items.get(i)));
                if (read.isEmpty())
                    item.mistakeHere(
                            "rate is " + Texts.shown(items.get(i)), "want " + RateText.WANTED);
                else if (!rate.none()) twice(item, "rate");
                else rate = read.get();
                continue;
            }
            item.allow("max", "every", "per");
            int number = item.number("max", 1, Integer.MAX_VALUE - 1, 1);
            if (!item.has("max")) item.mistakeHere("\"max\" is missing", "as in max: 100");
            Rate read = every(item, number);
            Optional<String> by = by(item);
            if (by.isPresent()) {
                if (!perKey.rate().none()) twice(item, "rate with per");
                perKey = new PerKey(by.get(), perKey.max(), read);
            } else if (!rate.none()) twice(item, "rate");
            else rate = read;
        }
    }

    private static Rate every(Section item, int number) {
        if (!item.has("every")) item.mistakeHere("\"every\" is missing", "as in every: 1m");
        Duration every =
                item.text("every")
                        .flatMap(RateText::period)
                        .filter(period -> RateText.of(1, period).isPresent())
                        .orElse(Duration.ZERO);
        if (!every.isZero()) return new Rate(number, every);
        if (item.has("every"))
            item.mistake(
                    "every", "every is " + Texts.shown(item.node("every")), "want 1ms to 366d");
        return Rate.NONE;
    }

    /** An item of a list, or the one value there is. */
    private Section item(String key, int index) {
        return policy.item(key, index);
    }

    private static void twice(Section item, String what) {
        item.mistakeHere("there is a second " + what, "one for all, and one with per, is all");
    }

    private Optional<String> by(Section item) {
        Optional<String> text = item.text("per");
        if (text.isEmpty()) return text;
        String by = text.get().startsWith("input.") ? text.get().substring(6) : text.get();
        if (!by.matches(KEY)) {
            item.mistake(
                    "per",
                    "per is " + Texts.shown(item.node("per")),
                    "want a field of the input as site.id, or a tag as tag:customer");
            return Optional.empty();
        }
        if (!perKey.by().isEmpty() && !perKey.by().equals(by)) {
            item.mistake(
                    "per",
                    "per is \"%s\" here and \"%s\" above".formatted(by, perKey.by()),
                    "a tool's limits have one key");
            return Optional.empty();
        }
        known(item, new PerKey(by, 1, Rate.NONE).path());
        return Optional.of(by);
    }

    /** Whether the input may have the field, as far as its schema lists its fields. */
    private void known(Section item, List<String> path) {
        JsonNode at = schema;
        for (String step : path) {
            JsonNode fields = at.path("properties");
            if (!fields.isObject() || at.has("$ref") || at.has("patternProperties")) return;
            if (!fields.has(step)) {
                item.mistake(
                        "per",
                        "the input has no field \"%s\"".formatted(step),
                        "it has " + String.join(", ", fields.propertyNames()));
                return;
            }
            at = fields.path(step);
        }
    }
}
