package dev.pawl.app.cli;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** {@code pawl cache prune}. */
public final class CachePrune implements Command {
    private static final Flag<Boolean> ALL =
            Flag.on("--all", "Forget every kept result, not only those over their time.");

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
    public ExitCode run(Call call) throws InterruptedException {
        try (Target target = call.target()) {
            JsonNode pruned = target.cachePrune(call.has(ALL));
            if (call.screen().json()) {
                call.screen().json(pruned);
                return ExitCode.SUCCEEDED;
            }
            call.screen().line(pruned.path("pruned").longValue(0) + " results forgotten");
            long files = pruned.path("files_removed").longValue(0);
            if (files > 0)
                call.screen()
                        .line(
                                "%d files removed, %d bytes"
                                        .formatted(
                                                files, pruned.path("bytes_removed").longValue(0)));
            return ExitCode.SUCCEEDED;
        }
    }
}
