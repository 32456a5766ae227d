package dev.pawl.tool;

import dev.pawl.core.LimitKey;
import dev.pawl.core.Rate;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What holds jobs of one tool back that have the same key.
 *
 * @param by where a job's key is: a path of its input as {@code site.id}, or {@code tag:customer}
 *     for the rest of its tag that begins with {@code customer:}; empty for no keys
 * @param max how many run at once; {@link Integer#MAX_VALUE} for no limit
 * @param rate how many start
 */
public record PerKey(String by, int max, Rate rate) {
    public static final PerKey NONE = new PerKey("", Integer.MAX_VALUE, Rate.NONE);

    private static final String TAG = "tag:";

    /** A longer value is kept as its hash. */
    private static final int VALUE_MAX = 200;

    boolean asksTags() {
        return by.startsWith(TAG);
    }

    /** The steps of its path; empty where the key is a tag. */
    List<String> path() {
        return asksTags() ? List.of() : List.of(by.split("\\."));
    }

    /** What holds a job with this input and these tags; the key is empty where it has none. */
    LimitKey of(JsonNode input, Set<String> tags) {
        String value = asksTags() ? ofTag(tags) : ofInput(input);
        String kept = value.length() > VALUE_MAX ? "sha256:" + KeyParts.sha256(value) : value;
        return new LimitKey(kept, max, rate);
    }

    private String ofTag(Set<String> tags) {
        String start = by.substring(TAG.length()) + ":";
        return tags.stream()
                .filter(tag -> tag.startsWith(start))
                .findFirst()
                .map(tag -> tag.substring(start.length()))
                .orElse("");
    }

    private String ofInput(JsonNode input) {
        JsonNode value = input;
        for (String step : path())
            value =
                    value.isArray() && step.matches("\\d{1,9}")
                            ? value.path(Integer.parseInt(step))
                            : value.path(step);
        boolean none = value.isMissingNode() || value.isNull() || value.isContainer();
        return none ? "" : Template.shown(value);
    }
}
