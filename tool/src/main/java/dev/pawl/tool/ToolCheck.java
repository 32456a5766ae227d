package dev.pawl.tool;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Runs a tool's own examples against its schema, for {@code pawl tools check}. */
public final class ToolCheck {
    private ToolCheck() {}

    /**
     * What came of it.
     *
     * @param validCount examples that fit, as they should
     * @param invalidCount examples that were refused, as they should be
     * @param failures what went otherwise, each naming the example and why
     */
    public record Report(Tool tool, int validCount, int invalidCount, List<String> failures) {
        public Report {
            failures = List.copyOf(failures);
        }

        public boolean passed() {
            return failures.isEmpty();
        }
    }

    /** Runs all examples; a valid one must fit, an invalid one must not. */
    public static Report of(Tool tool) {
        var failures = new ArrayList<String>();
        List<JsonNode> valid = tool.examples().valid();
        List<JsonNode> invalid = tool.examples().invalid();
        for (int i = 0; i < valid.size(); i++)
            if (tool.input().check(valid.get(i)) instanceof Checked.Invalid(var errors))
                failures.add(
                        "valid example %d %s is refused: %s"
                                .formatted(i + 1, Texts.shown(valid.get(i)), joined(errors)));
        for (int i = 0; i < invalid.size(); i++)
            if (tool.input().check(invalid.get(i)) instanceof Checked.Valid)
                failures.add(
                        "invalid example %d %s is accepted"
                                .formatted(i + 1, Texts.shown(invalid.get(i))));
        int failedValid = (int) failures.stream().filter(f -> f.startsWith("valid")).count();
        int failedInvalid = failures.size() - failedValid;
        return new Report(
                tool, valid.size() - failedValid, invalid.size() - failedInvalid, failures);
    }

    private static String joined(List<FieldError> errors) {
        return errors.stream().map(FieldError::toString).collect(Collectors.joining("; "));
    }
}
