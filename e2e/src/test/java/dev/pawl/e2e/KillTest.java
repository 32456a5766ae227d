package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobState;
import dev.pawl.core.SystemTime;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker is killed with -9 again and again; no job is lost, and none runs twice at once. */
@Tag("process")
final class KillTest {
    private static final int JOBS = 2_200;
    private static final int SLOTS = 200;
    private static final int KILLS = 5;
    private static final Duration POLL = Duration.ofMillis(50);

    private static final String TOOL =
            """
            tool: note@1
            title: Notes that it ran
            input:
              type: object
              required: [n]
              properties: {n: {type: integer}}
            run:
              command: [sh, "{{tool.dir}}/note.sh"]
            policy: {timeout: 60s, attempts: 1000, backoff: {first: 1ms, max: 1ms}}
            """;

    @TempDir Path folder;

    @Test
    @Timeout(900)
    void aWorkerKilledAgainAndAgainLosesNoJobAndLeavesNoProcess() throws Exception {
        Path notes = Files.createFile(folder.resolve("notes"));
        Path empty = Files.createFile(folder.resolve("empty"));
        writeTool(notes);
        submitJobs(empty);

        int kills = 0;
        for (int before = 0; kills < KILLS; kills++) {
            try (var worker = worker(empty)) {
                // All slots run, and some jobs have ended, when it is killed.
                before = awaitNotes(notes, worker, before + SLOTS + SLOTS / 2);
            }
        }
        try (var worker = worker(empty)) {
            awaitAllEnded(worker);
        }

        assertThat(states()).containsOnly(JobState.Name.SUCCEEDED).hasSize(JOBS);
        List<String> attempts = Files.readAllLines(notes);
        assertThat(new HashSet<>(attempts)).as("attempts that began").hasSameSizeAs(attempts);
        assertThat(attempts).hasSizeGreaterThan(JOBS);
        assertThat(strays()).as("processes left behind").isEmpty();
        try (var store = open()) {
            assertThat(store.violations()).isEmpty();
        }
    }

    private void writeTool(Path notes) throws IOException {
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Files.writeString(tools.resolve("note.yaml"), TOOL);
        // One short write with O_APPEND is whole; then it runs long enough to be killed.
        Files.writeString(
                tools.resolve("note.sh"),
                """
                echo "$PAWL_JOB $PAWL_ATTEMPT" >> %s
                sleep 1
                """
                        .formatted(notes));
    }

    private void submitJobs(Path empty) throws Exception {
        Path inputs = folder.resolve("inputs");
        Files.writeString(
                inputs,
                IntStream.range(0, JOBS)
                        .mapToObj(n -> "{\"n\": %d}\n".formatted(n))
                        .collect(Collectors.joining()));
        PawlProcess.run(
                folder, inputs, "submit", "note", "--batch", "--data", "data", "--tools", "tools");
        assertThat(states()).containsOnly(JobState.Name.QUEUED).hasSize(JOBS);
        assertThat(Files.size(empty)).isZero();
    }

    private PawlProcess worker(Path empty) throws IOException {
        return PawlProcess.start(
                folder,
                empty,
                List.of("worker", "--data", "data", "--tools", "tools", "--slots", "" + SLOTS));
    }

    private static int awaitNotes(Path notes, PawlProcess worker, int lines) throws Exception {
        while (true) {
            int now = Files.readAllLines(notes).size();
            if (now >= lines) return now;
            assertThat(worker.alive()).as(worker::said).isTrue();
            Thread.sleep(POLL);
        }
    }

    private void awaitAllEnded(PawlProcess worker) throws Exception {
        while (!states().stream().allMatch(JobState.Name.SUCCEEDED::equals)) {
            assertThat(worker.alive()).as(worker::said).isTrue();
            Thread.sleep(POLL.multipliedBy(10));
        }
    }

    /** The states of all jobs, from the kept counters. */
    private List<JobState.Name> states() {
        try (var store = open()) {
            return store.counts().stream()
                    .flatMap(c -> IntStream.range(0, (int) c.jobs()).mapToObj(_ -> c.state()))
                    .toList();
        }
    }

    private SqliteStore open() {
        return SqliteStore.open(SqliteOptions.of(folder.resolve("data/pawl.db")), new SystemTime());
    }

    /** Processes that run this test's script. */
    private List<String> strays() {
        return ProcessHandle.allProcesses()
                .map(p -> p.info().commandLine().orElse(""))
                .filter(line -> line.contains(folder + "/tools/note.sh"))
                .toList();
    }
}
