package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobId;
import dev.pawl.core.PawlException;
import dev.pawl.tool.DurationText;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * A flag and how its value is read.
 *
 * @param name with its dashes
 * @param alias a short name with its dash; empty for none
 * @param label what stands for the value in help; empty for a flag without a value
 * @param help one sentence
 * @param wanted what a value has to be, for the refusal
 * @param choices the values there are, for help and completion; empty for any
 * @param reader empty when the value is something else
 * @param repeats whether it may be given more than once
 * @param negatable whether {@code --no-NAME} says the opposite
 */
record Flag<T>(
        String name,
        String alias,
        String label,
        String help,
        String wanted,
        List<String> choices,
        Function<String, Optional<T>> reader,
        boolean repeats,
        boolean negatable) {
    Flag {
        choices = List.copyOf(choices);
    }

    static Flag<Boolean> on(String name, String help) {
        return new Flag<>(name, "", "", help, "", List.of(), Flag::bool, false, false);
    }

    static Flag<String> text(String name, String label, String help) {
        return new Flag<>(name, "", label, help, "a text", List.of(), Optional::of, false, false);
    }

    static Flag<Integer> number(String name, String label, String help) {
        return new Flag<>(
                name, "", label, help, "a whole number", List.of(), Flag::number, false, false);
    }

    static Flag<Duration> duration(String name, String help) {
        String wanted = "a time, as 500ms, 30s or 1h30m";
        return new Flag<>(
                name, "", "TIME", help, wanted, List.of(), DurationText::parse, false, false);
    }

    static Flag<Path> path(String name, String label, String help) {
        return new Flag<>(name, "", label, help, "a path", List.of(), Flag::path, false, false);
    }

    static Flag<JobId> job(String name, String help) {
        String wanted = "a job's id, as `pawl jobs list` shows it";
        return new Flag<>(name, "", "JOB", help, wanted, List.of(), JobId::parse, false, false);
    }

    static Flag<Instant> instant(String name, String help) {
        String wanted = "a moment, as 2031-05-17T08:00:00Z";
        return new Flag<>(name, "", "MOMENT", help, wanted, List.of(), Flag::instant, false, false);
    }

    static <E extends Enum<E>> Flag<E> choice(String name, Class<E> type, String help) {
        var names = new ArrayList<String>();
        for (E value : type.getEnumConstants()) names.add(wire(value));
        return new Flag<>(
                name,
                "",
                String.join("|", names),
                help,
                "one of " + String.join(", ", names),
                names,
                text -> constant(type, text),
                false,
                false);
    }

    Flag<T> repeated() {
        return new Flag<>(name, alias, label, help, wanted, choices, reader, true, negatable);
    }

    Flag<T> labelled(String value) {
        return new Flag<>(name, alias, value, help, wanted, choices, reader, repeats, negatable);
    }

    Flag<T> aliased(String value) {
        return new Flag<>(name, value, label, help, wanted, choices, reader, repeats, negatable);
    }

    boolean takesValue() {
        return !label.isEmpty();
    }

    T read(String text) {
        return reader.apply(text)
                .orElseThrow(() ->
                        new PawlException(
                                ErrorCode.INPUT_INVALID,
                                "%s is \"%s\"; want %s".formatted(name, text, wanted)));
    }

    private static String wire(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <E extends Enum<E>> Optional<E> constant(Class<E> type, String text) {
        for (E value : type.getEnumConstants())
            if (wire(value).equals(text)) return Optional.of(value);
        return Optional.empty();
    }

    private static Optional<Boolean> bool(String text) {
        return switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static Optional<Integer> number(String text) {
        try {
            return Optional.of(Integer.valueOf(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Path> path(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
