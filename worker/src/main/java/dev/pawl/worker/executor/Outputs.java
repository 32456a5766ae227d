package dev.pawl.worker.executor;

import dev.pawl.core.Artifact;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobError;
import dev.pawl.core.Outcome;
import dev.pawl.tool.FieldError;
import dev.pawl.tool.JsonSchema;
import dev.pawl.tool.Tool;
import java.util.List;
import java.util.stream.Collectors;

/** Holds outputs against what their tool promises. */
final class Outputs {
    private Outputs() {}

    /** A success, or a permanent error that names each field that isn't as promised. */
    static Outcome checked(Tool tool, Json.Reading.Value output, List<Artifact> artifacts) {
        if (tool.output().equals(JsonSchema.ANYTHING))
            return new Outcome.Succeeded(output.text(), artifacts);
        List<FieldError> errors = tool.output().errors(output.node());
        if (errors.isEmpty()) return new Outcome.Succeeded(output.text(), artifacts);
        String fields =
                errors.stream()
                        .limit(10)
                        .map(error -> ("output" + error.pointer()) + " " + error.message())
                        .collect(Collectors.joining("; "));
        return new Outcome.Failed(
                new JobError(
                        ErrorClass.PERMANENT,
                        "output is not what tool %s promises: %s".formatted(tool.id(), fields)),
                artifacts);
    }
}
