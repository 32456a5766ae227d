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

    /** Whether its first operand decides which more flags there are. */
    default boolean readsTheRest() {
        return false;
    }

    /** The flags that its first operand adds; asked only where {@link #readsTheRest}. */
    default Expansion expand(Call first) throws InterruptedException {
        return new Expansion(operands(), summary(), List.of());
    }

    /** Does it. */
    ExitCode run(Call call) throws InterruptedException;
}
