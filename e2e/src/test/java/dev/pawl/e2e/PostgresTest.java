package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real processes whose jobs are in a real PostgreSQL. */
@Tag("process")
@Timeout(300)
final class PostgresTest {
    private static final int JOBS = 200;
    private static final long POLL_MS = 100;
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
    void twoWorkersShareTheJobsAndOneKilledLosesNone() throws Exception {
        Path notes = Files.createFile(folder.resolve("notes"));
        writeTool(notes);
        Path inputs = folder.resolve("inputs");
        Files.writeString(
                inputs,
                IntStream.range(0, JOBS)
                        .mapToObj("{\"n\": %d}\n"::formatted)
                        .collect(Collectors.joining()));
        PawlProcess.run(folder, inputs, words("submit", "note", "--batch"));

        try (var one = worker();
                var other = worker()) {
            awaitNotes(notes, 20, one, other);
            one.kill();
            awaitEnds(other);
        }

        List<String> attempts = Files.readAllLines(notes);
        assertThat(new HashSet<>(attempts)).as("attempts that began").hasSameSizeAs(attempts);
        assertThat(attempts).hasSizeGreaterThanOrEqualTo(JOBS);
        try (var store = open()) {
            assertThat(store.violations()).isEmpty();
        }
        String doctor = PawlProcess.run(folder, folder.resolve("empty"), words("doctor"));
        assertThat(doctor).contains("every job is in exactly one place");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "postgres://postgres@127.0.0.1:1/nix, can't be reached",
                "HERE/nix, is not there; create it or name another",
                "mysql://somebody:geheim@host/nix, want postgres://USER@HOST/DATABASE"
            })
    void aDatabaseThatCantBeUsedIsOneLine(String url, String said) throws Exception {
        String here = "postgres://postgres@127.0.0.1:" + PostgresServer.shared().port();
        List<String> words =
                List.of("jobs", "list", "--data", "data", "--store", url.replace("HERE", here));
        try (var pawl = PawlProcess.start(folder, folder.resolve("empty"), words)) {
            assertThat(pawl.ends()).isNotZero();
            assertThat(pawl.printed().lines()).singleElement().asString().contains(said);
            assertThat(pawl.printed()).doesNotContain("geheim");
        }
    }

    private void writeTool(Path notes) throws Exception {
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Files.writeString(tools.resolve("note.yaml"), TOOL);
        // One short write with O_APPEND is whole; then it runs long enough to be killed.
        Files.writeString(
                tools.resolve("note.sh"),
                "echo \"$PAWL_JOB $PAWL_ATTEMPT\" >> %s\nsleep 0.3\n".formatted(notes));
    }

    private PawlProcess worker() throws Exception {
        return PawlProcess.start(
                folder, folder.resolve("empty"), List.of(words("worker", "--slots", "8")));
    }

    private String[] words(String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--data", "data", "--tools", "tools", "--store", database));
        return all.toArray(String[]::new);
    }

    private static void awaitNotes(Path notes, int lines, PawlProcess... workers) throws Exception {
        while (Files.readAllLines(notes).size() < lines) {
            for (PawlProcess worker : workers) assertThat(worker.alive()).as(worker::said).isTrue();
            Thread.sleep(POLL_MS);
        }
    }

    private void awaitEnds(PawlProcess worker) throws Exception {
        try (var store = open()) {
            while (store.counts().stream()
                            .filter(count -> count.state() == JobState.Name.SUCCEEDED)
                            .mapToLong(count -> count.jobs())
                            .sum()
                    < JOBS) {
                assertThat(worker.alive()).as(worker::said).isTrue();
                Thread.sleep(POLL_MS);
            }
        }
    }

    private PostgresStore open() {
        return PostgresStore.open(PostgresOptions.of(database).withConnections(2));
    }
}
