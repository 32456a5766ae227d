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
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes: a data folder's jobs move to PostgreSQL while a worker runs them. */
@Tag("process")
@Timeout(300)
final class StoreCopyTest {
    private static final int JOBS = 300;
    private static final long POLL_MS = 50;
    private static final String TOOL =
            """
            tool: note@1
            input:
              type: object
              required: [n]
              properties: {n: {type: integer}}
            run:
              command: [sh, "{{tool.dir}}/note.sh"]
            policy: {timeout: 60s, attempts: 100, backoff: {first: 1ms, max: 1ms}}
            """;

    @TempDir Path folder;
    private String database = "";

    @BeforeEach
    void database() throws Exception {
        database = PostgresServer.shared().freshDatabase();
        Files.createFile(folder.resolve("empty"));
    }

    @AfterEach
    void drop() {
        PostgresServer.shared().drop(database);
    }

    @Test
    void aCopyKilledTwiceMovesAFolderThatAWorkerServes() throws Exception {
        Path notes = Files.createFile(folder.resolve("notes"));
        writeTool(notes);
        Path inputs = folder.resolve("inputs");
        Files.writeString(
                inputs,
                IntStream.range(0, JOBS)
                        .mapToObj("{\"n\": %d}\n"::formatted)
                        .collect(Collectors.joining()));
        PawlProcess.run(folder, inputs, words("submit", "note", "--batch"));

        try (var worker = start(words("worker", "--slots", "2"))) {
            await(notes, 5, worker);
            for (String step : List.of("copying job", "comparing job"))
                try (var copy = copy()) {
                    while (!copy.printed().contains(step) && copy.alive()) Thread.sleep(5);
                    copy.kill();
                }
            int before = Files.readAllLines(notes).size();
            await(notes, before + 5, worker);

            String copied =
                    PawlProcess.run(
                            folder,
                            folder.resolve("empty"),
                            words("store", "copy", "--to", database));

            assertThat(copied)
                    .containsPattern("has moved to postgresql://.*; the pause took \\d+ ms");
        }
        try (var refused = start(words("jobs", "list"))) {
            assertThat(refused.ends()).isEqualTo(6);
            assertThat(refused.printed())
                    .contains("have moved to postgresql://", "use that with --store");
        }
        try (var worker = start(words("worker", "--slots", "8", "--store", database))) {
            awaitEnds(worker);
        }
        List<String> attempts = Files.readAllLines(notes);
        assertThat(new HashSet<>(attempts)).as("attempts that began").hasSameSizeAs(attempts);
        try (var store = store()) {
            assertThat(store.violations()).isEmpty();
        }
    }

    @Test
    void migrateTellsWhatItWouldDoThenDoesIt() throws Exception {
        Path empty = folder.resolve("empty");
        String[] dry = words("migrate", "--dry-run", "--show-sql", "--store", database);

        assertThat(PawlProcess.run(folder, empty, dry))
                .contains("has schema none", "would run 1 jobs", "CREATE TABLE pawl.job (");
        assertThat(PawlProcess.run(folder, empty, words("migrate", "--store", database)))
                .contains("\nran 1 jobs\n");
        assertThat(PawlProcess.run(folder, empty, dry)).contains("nothing is to be done");
    }

    private PawlProcess copy() throws Exception {
        return start(words("store", "copy", "--to", database));
    }

    private PawlProcess start(String... words) throws Exception {
        return PawlProcess.start(folder, folder.resolve("empty"), List.of(words));
    }

    private void writeTool(Path notes) throws Exception {
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Files.writeString(tools.resolve("note.yaml"), TOOL);
        // One short write with O_APPEND is whole.
        Files.writeString(
                tools.resolve("note.sh"),
                "echo \"$PAWL_JOB $PAWL_ATTEMPT\" >> %s\nsleep 0.1\n".formatted(notes));
    }

    private static String[] words(String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--data", "data", "--tools", "tools"));
        return all.toArray(String[]::new);
    }

    private static void await(Path notes, int lines, PawlProcess worker) throws Exception {
        while (Files.readAllLines(notes).size() < lines) {
            assertThat(worker.alive()).as(worker::said).isTrue();
            Thread.sleep(POLL_MS);
        }
    }

    private void awaitEnds(PawlProcess worker) throws Exception {
        try (var store = store()) {
            while (succeeded(store) < JOBS) {
                assertThat(worker.alive()).as(worker::said).isTrue();
                Thread.sleep(POLL_MS);
            }
        }
    }

    private static long succeeded(PostgresStore store) {
        return store.counts().stream()
                .filter(count -> count.state() == JobState.Name.SUCCEEDED)
                .mapToLong(Count::jobs)
                .sum();
    }

    private PostgresStore store() {
        return PostgresStore.open(PostgresOptions.of(database).withConnections(2));
    }
}
