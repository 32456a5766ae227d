package dev.pawl.app.cli;

import java.util.List;

/**
 * What a command reads once its first operand is known.
 *
 * @param operand the first operand, in the help
 * @param summary in the help, instead of the command's own
 */
record Expansion(String operand, String summary, List<Flag<?>> flags) {
    Expansion {
        flags = List.copyOf(flags);
    }
}
