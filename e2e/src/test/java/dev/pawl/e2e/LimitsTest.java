package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Count;
import dev.pawl.core.JobState;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.testkit.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Limits among real processes. */
@Tag("process")
@Timeout(400)
final class LimitsTest {
    private static final int JOBS = 60;
    private static final int PROCESSES = 8;
    private static final long POLL_MS = 100;

    private static final String TOOL =
            """
            tool: alone@1
            input:
              type: object
              required: [site]
              properties: {site: {type: string}}
            run:
              command: [sh, "{{tool.dir}}/alone.sh", "{{input.site}}"]
            policy: {timeout: 60s, attempts: 1, concurrency: {max: 1, per: site}}
            """;

    @TempDir Path folder;
    private String database = "";

    @BeforeEach
    void database() throws Exception {
        database = PostgresServer.shared().freshDatabase();
        Files.createFile(folder.resolve("empty"));
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Files.writeString(tools.resolve("alone.yaml"), TOOL);
        // Making a folder is atomic: who finds it made already isn't alone.
        Files.writeString(
                tools.resolve("alone.sh"),
                """
                mkdir "%1$s/at-$1" 2>/dev/null || { echo "$PAWL_JOB" >> "%1$s/overlaps"; exit 3; }
                sleep 0.02
                rmdir "%1$s/at-$1"
                """
                        .formatted(folder));
    }

    @AfterEach
    void drop() {
        PostgresServer.shared().drop(database);
    }

    @Test
    void eightProcessesNeverRunTwoJobsOfOneKeyAtOnce() throws Exception {
        Path inputs = folder.resolve("inputs");
        Files.writeString(
                inputs,
                IntStream.range(0, JOBS)
                        .mapToObj(n -> "{\"site\": \"%s\"}\n".formatted(n % 10 == 0 ? "b" : "a"))
                        .collect(Collectors.joining()));
        var workers = new ArrayList<PawlProcess>();
        try {
            for (int i = 0; i < PROCESSES; i++)
                workers.add(
                        PawlProcess.start(
                                folder,
                                folder.resolve("empty"),
                                List.of(words("worker", "--slots", "4"))));
            PawlProcess.run(folder, inputs, words("submit", "alone", "--batch"));
            awaitEnds(workers);
        } finally {
            for (PawlProcess worker : workers) worker.close();
        }

        assertThat(folder.resolve("overlaps")).doesNotExist();
        try (var store = open()) {
            assertThat(ended(store, JobState.Name.SUCCEEDED)).isEqualTo(JOBS);
            assertThat(store.violations()).isEmpty();
        }
    }

    private String[] words(String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--data", "data", "--tools", "tools", "--store", database));
        return all.toArray(String[]::new);
    }

    private void awaitEnds(List<PawlProcess> workers) throws Exception {
        try (var store = open()) {
            while (ended(store, JobState.Name.SUCCEEDED) + ended(store, JobState.Name.DEAD)
                    < JOBS) {
                for (PawlProcess worker : workers)
                    assertThat(worker.alive()).as(worker::said).isTrue();
                Thread.sleep(POLL_MS);
            }
        }
    }

    private static long ended(PostgresStore store, JobState.Name state) {
        return store.counts().stream()
                .filter(count -> count.state() == state)
                .mapToLong(Count::jobs)
                .sum();
    }

    private PostgresStore open() {
        return PostgresStore.open(PostgresOptions.of(database).withConnections(2));
    }
}
