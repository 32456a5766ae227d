package dev.pawl.tool;

import java.util.List;

/** What came of checking an input against a tool's schema. */
public sealed interface Checked {
    /** It fits; its defaults are filled in. */
    record Valid(CompletedInput input) implements Checked {}

    /**
     * It doesn't fit.
     *
     * @param errors all that is wrong; at least one
     */
    record Invalid(List<FieldError> errors) implements Checked {
        public Invalid {
            if (errors.isEmpty()) throw new IllegalArgumentException("no errors");
            errors = List.copyOf(errors);
        }
    }
}
