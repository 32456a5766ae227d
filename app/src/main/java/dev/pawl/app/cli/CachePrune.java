package dev.pawl.app.cli;

import dev.pawl.core.Artifacts;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;

/** {@code pawl cache prune}. */
public final class CachePrune implements Command {
    private static final Flag<Boolean> ALL =
            Flag.on("--all", "Forget every kept result, not only those over their time.");

    // Later than any entry ends, and a date that every database can hold.
    private static final Instant FOR_EVER = Instant.parse("9999-01-01T00:00:00Z");

    // A file is kept before the job that names it is submitted.
    private static final Duration GRACE = Duration.ofDays(1);

    @Override
    public String name() {
        return "cache prune";
    }

    @Override
    public String summary() {
        return "Forgets kept results, and removes the files that no job names any more.";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(ALL);
    }

    @Override
    public ExitCode run(Call call) {
        try (Opened opened = call.open()) {
            Instant until = call.has(ALL) ? FOR_EVER : opened.store().now();
            int pruned = opened.store().pruneKept(until);
            Artifacts.Pruned files = opened.engine().pruneArtifacts(GRACE);
            if (call.screen().json()) {
                var fields = new LinkedHashMap<String, Object>();
                fields.put("pruned", pruned);
                fields.put("files_removed", files.contents());
                fields.put("bytes_removed", files.bytes());
                call.screen().json(fields);
            } else {
                call.screen().line("%d results forgotten".formatted(pruned));
                if (files.contents() > 0)
                    call.screen()
                            .line(
                                    "%d files removed, %d bytes"
                                            .formatted(files.contents(), files.bytes()));
            }
            return ExitCode.SUCCEEDED;
        }
    }
}
