package dev.pawl.tool;

/**
 * What is wrong with one place of an input.
 *
 * @param pointer JSON pointer of the place; empty for the whole input
 * @param message the value there and what is wanted, as in {@code is "gif"; want "png" or "svg"}
 */
public record FieldError(String pointer, String message) {
    @Override
    public String toString() {
        return (pointer.isEmpty() ? "input" : pointer) + " " + message;
    }
}
