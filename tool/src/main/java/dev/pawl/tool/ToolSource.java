package dev.pawl.tool;

import java.util.List;

/** Tools that no tool file says, and that may change while the program runs. Thread-safe. */
public interface ToolSource {
    /**
     * Reads what has changed. Answers whether anything is other than before: a tool, or what is
     * wrong with one.
     */
    boolean reload();

    /** As the last {@link #reload} found them; doesn't block. */
    List<Tool> tools();

    /** What it found wrong, in the order of the files. */
    List<ToolProblem> problems();
}
