package dev.pawl.bench;

import dev.pawl.store.sqlite.SqliteOptions.Synchronous;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a run is about: {@code NAME [full|normal] [jobs=N] [runs=N] [peers=A,B] [SCENARIO...]}.
 *
 * @param synchronous how safe a commit is; the same for the raw limit
 * @param jobs how many; 0 for the benchmark's own number
 * @param peers which of them; none means all
 * @param scenarios which of them; none means all
 */
record Setting(
        Synchronous synchronous, int jobs, int runs, List<String> peers, List<String> scenarios) {
    static Setting of(String[] arguments) {
        var synchronous = Synchronous.FULL;
        int jobs = 0;
        int runs = 3;
        List<String> peers = List.of();
        var scenarios = new ArrayList<String>();
        for (int i = 1; i < arguments.length; i++) {
            String argument = arguments[i];
            if (argument.startsWith("jobs=")) jobs = Integer.parseInt(argument.substring(5));
            else if (argument.startsWith("runs=")) runs = Integer.parseInt(argument.substring(5));
            else if (argument.startsWith("peers="))
                peers = List.of(argument.substring(6).split(","));
            else if (PostgresPeers.knows(argument)) scenarios.add(argument);
            else synchronous = Synchronous.valueOf(argument.toUpperCase(Locale.ROOT));
        }
        return new Setting(synchronous, jobs, runs, peers, List.copyOf(scenarios));
    }

    int jobsOr(int number) {
        return jobs == 0 ? number : jobs;
    }

    /** A file for a fresh database, on the disk of the working folder. */
    static Path freshFile() throws IOException {
        Path folder = Files.createTempDirectory(Path.of("").toAbsolutePath(), ".bench-");
        folder.toFile().deleteOnExit();
        return folder.resolve("pawl.db");
    }

    static void delete(Path file) throws IOException {
        Path folder = file.getParent();
        try (var files = Files.list(folder)) {
            for (Path one : files.toList()) Files.delete(one);
        }
        Files.delete(folder);
    }
}
