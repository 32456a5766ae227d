package dev.pawl.app.cli;

import dev.pawl.core.PastJob;
import java.util.List;
import java.util.UUID;

/** What becomes of one row of an original's jobs. */
sealed interface PastRow {
    /** The id of the original. */
    String original();

    /**
     * A job to be brought.
     *
     * @param files names of files that it left
     * @param folder what names are relative to; empty for nothing
     */
    record Ended(String original, PastJob job, List<String> files, String folder)
            implements PastRow {}

    /** One that isn't, and why. */
    record LeftOut(String original, String why) implements PastRow {}

    /** What makes of a row what it is here. */
    interface Reading {
        /**
         * Reads it.
         *
         * @throws IllegalArgumentException with the reason when it can't be a job here
         */
        PastRow of(UUID id);
    }

    /** Reads a row, or says why it can't be read. */
    static PastRow of(String original, Reading reading) {
        try {
            return reading.of(uuid(original));
        } catch (IllegalArgumentException e) {
            return new LeftOut(original, String.valueOf(e.getMessage()));
        }
    }

    /** SQLAlchemy writes 32 hex digits where a database has no type for it. */
    private static UUID uuid(String text) {
        String plain =
                text.matches("[0-9a-fA-F]{32}")
                        ? text.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5")
                        : text;
        if (!plain.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"))
            throw new IllegalArgumentException("its id is no UUID");
        return UUID.fromString(plain);
    }
}
