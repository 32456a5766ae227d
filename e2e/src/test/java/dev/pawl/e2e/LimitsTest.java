package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobState;
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
    private StorePlace place = StorePlace.folder();

    @BeforeEach
    void database() throws Exception {
        place = StorePlace.fresh(StorePlace.Kind.POSTGRES);
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
        place.close();
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
                                List.of(place.words("worker", "--slots", "4"))));
            PawlProcess.run(folder, inputs, place.words("submit", "alone", "--batch"));
            try (var store = place.postgres()) {
                Notes.awaitEnds(store, JOBS, workers.toArray(PawlProcess[]::new));
            }
        } finally {
            for (PawlProcess worker : workers) worker.close();
        }

        assertThat(folder.resolve("overlaps")).doesNotExist();
        try (var store = place.postgres()) {
            assertThat(Notes.count(store, JobState.Name.SUCCEEDED)).isEqualTo(JOBS);
            assertThat(store.violations()).isEmpty();
        }
    }
}
