package dev.pawl.app.cli;

import java.util.List;

/** One command: what it takes, what it says of itself, and what it does. */
public interface Command {
    /** Its words, as {@code jobs list}. */
    String name();

    /** One sentence. */
    String summary();

    /** Its flags, beside those that every command has. */
    default List<Flag<?>> flags() {
        return List.of();
    }

    /** What stands after its name, as {@code JOB...}; empty for nothing. */
    default String operands() {
        return "";
    }

    /** Lines after the flags in its help. */
    default List<String> footer() {
        return List.of();
    }

    /** Whether what follows the first operand is read by the command itself. */
    default boolean readsTheRest() {
        return false;
    }

    /** Does it. */
    ExitCode run(Call call) throws InterruptedException;
}
