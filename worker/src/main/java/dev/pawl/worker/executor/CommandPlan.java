package dev.pawl.worker.executor;

import dev.pawl.core.ErrorClass;
import dev.pawl.tool.FileRef;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A command tool as its executor needs it.
 *
 * @param line fills the templates in
 * @param environment variables of the worker that the command gets, beside the usual ones
 * @param fixed variables with their values
 * @param artifacts glob patterns, relative to the working folder
 * @param exits the tool's own classes of exit codes
 * @param requires what to install, as the tool's file says it; may be empty
 */
record CommandPlan(
        Template line,
        Set<String> environment,
        Map<String, String> fixed,
        List<String> artifacts,
        Map<Integer, ErrorClass> exits,
        List<String> requires) {
    CommandPlan {
        environment = Set.copyOf(environment);
        fixed = Map.copyOf(fixed);
        artifacts = List.copyOf(artifacts);
        exits = Map.copyOf(exits);
        requires = List.copyOf(requires);
    }

    /** Makes a command line of an input. */
    interface Template {
        /** The line for this input, with files where {@code files} says. */
        CommandLine fill(JsonNode input, Map<FileRef, Path> files);
    }
}
