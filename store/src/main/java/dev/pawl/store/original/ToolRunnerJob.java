package dev.pawl.store.original;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A row of the tool runner's {@code jobs} with what hangs on it. Texts are empty where the original
 * has nothing.
 *
 * @param id a UUID, as the original writes it
 * @param user the name of who ran it, else its id
 * @param parameters JSON; empty too where it is over {@link #JSON_MAX} characters
 * @param status in lower case
 * @param returnCode a whole number
 * @param stdout the first {@link #TEXT_MAX} characters, as {@code stderr}
 * @param files a JSON list of names
 * @param log the first {@link #LINES_MAX}, oldest first
 */
public record ToolRunnerJob(
        String id,
        String tool,
        String user,
        String parameters,
        String status,
        @Nullable Instant created,
        @Nullable Instant started,
        @Nullable Instant completed,
        double seconds,
        String returnCode,
        int priority,
        String worker,
        String stdout,
        String stderr,
        String files,
        String folder,
        List<OriginalLine> log) {
    public static final int JSON_MAX = 1 << 20;
    public static final int TEXT_MAX = 1_000_000;
    public static final int LINES_MAX = 2_000;

    /** When it was made; empty where that can't be read. */
    public Optional<Instant> createdAt() {
        return Optional.ofNullable(created);
    }

    public Optional<Instant> startedAt() {
        return Optional.ofNullable(started);
    }

    public Optional<Instant> completedAt() {
        return Optional.ofNullable(completed);
    }
}
