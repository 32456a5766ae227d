package dev.pawl.store.original;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A row of the site-fit jobs' {@code job} with what hangs on it. Texts are empty where the original
 * has nothing.
 *
 * @param id a UUID, as the original writes it
 * @param inputs JSON; empty too where it is over {@link #JSON_MAX} characters
 * @param lastError JSON
 * @param outputs JSON of the newest result; empty too where it is over {@link #JSON_MAX} characters
 * @param files where its artifacts are; of a page at most {@link #FILES_MAX} for each job
 */
public record SitefitJob(
        String id,
        String tenant,
        String app,
        String definition,
        String version,
        String status,
        String inputsHash,
        String inputs,
        int attempts,
        int priority,
        String lastError,
        String correlationId,
        @Nullable Instant created,
        @Nullable Instant started,
        @Nullable Instant ended,
        String outputs,
        List<String> files) {
    public static final int JSON_MAX = 4 << 20;
    public static final int FILES_MAX = 1_000;

    /** When it was made; empty where that can't be read. */
    public Optional<Instant> createdAt() {
        return Optional.ofNullable(created);
    }

    public Optional<Instant> startedAt() {
        return Optional.ofNullable(started);
    }

    public Optional<Instant> endedAt() {
        return Optional.ofNullable(ended);
    }
}
