package dev.pawl.tool;

import java.nio.file.Path;

/**
 * A mistake in a tool file.
 *
 * @param line the first is 1
 * @param column the first is 1
 * @param reason what is wrong
 * @param hint what to do; may be empty
 */
public record ToolProblem(Path file, int line, int column, String reason, String hint) {
    @Override
    public String toString() {
        String place = file + ":" + line + ":" + column + ": " + reason;
        return hint.isEmpty() ? place : place + "; " + hint;
    }
}
