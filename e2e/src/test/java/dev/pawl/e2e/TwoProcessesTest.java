package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobFilter;
import dev.pawl.core.JobState;
import dev.pawl.core.SystemTime;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two real processes on one data folder. */
@Tag("process")
@Timeout(300)
final class TwoProcessesTest {
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration WAIT_MAX = Duration.ofSeconds(100);

    /** Says that it runs, waits for a file where its input names one, and copies its input. */
    private static final String TOOL =
            """
            tool: %s@1
            input:
              type: object
              required: [text]
              properties: {text: {type: string}, until: {type: string, default: ""}}
            run:
              command: [sh, "{{tool.dir}}/job.sh", "{{input.text}}", "{{input.until}}"]
            policy: {timeout: 60s, attempts: 3, backoff: {first: 1ms, max: 1ms}%s}
            """;

    @TempDir Path folder;
    private Path empty = Path.of("");
    private Path notes = Path.of("");

    @BeforeEach
    void tools() throws IOException {
        empty = Files.createFile(folder.resolve("empty"));
        notes = Files.createFile(folder.resolve("notes"));
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Files.writeString(tools.resolve("note.yaml"), TOOL.formatted("note", ", cache: {ttl: 1h}"));
        Files.writeString(tools.resolve("lone.yaml"), TOOL.formatted("lone", ", concurrency: 1"));
        // A folder is made by one only: who finds it there runs beside another.
        Files.writeString(
                tools.resolve("job.sh"),
                """
                mkdir "%1$s/busy" || echo "overlap $PAWL_JOB" >> "%1$s/notes"
                echo "began $1 $PPID" >> "%1$s/notes"
                echo "pawl: progress 0.4 linking"
                while [ -n "$2" ] && [ -d "%1$s" ] && [ ! -e "%1$s/$2" ]; do sleep 0.05; done
                echo "{\\"said\\": \\"$1\\"}" > "$PAWL_OUTPUT"
                rmdir "%1$s/busy"
                """
                        .formatted(folder));
    }

    @Test
    void twoRunsAtOnceOnAFreshFolderBothSucceed() throws Exception {
        try (var one = pawl("run", "note", "--text", "one");
                var two = pawl("run", "note", "--text", "two")) {
            assertThat(one.ends()).as(one::said).isZero();
            assertThat(two.ends()).as(two::said).isZero();

            assertThat(one.printed()).contains("note@1 succeeded in", "{\"said\":\"one\"}");
            assertThat(two.printed()).contains("note@1 succeeded in", "{\"said\":\"two\"}");
        }
        assertAllWell(2);
    }

    @Test
    void twoRunsOfOneInputAtOnceOnAFreshFolderShareOneAttempt() throws Exception {
        try (var one = pawl("run", "note", "--text", "same", "--until", "go");
                var two = pawl("run", "note", "--text", "same", "--until", "go")) {
            awaitJobs(2);
            await("its beginning", () -> began().size() == 1);
            Files.createFile(folder.resolve("go"));

            assertThat(one.ends()).as(one::said).isZero();
            assertThat(two.ends()).as(two::said).isZero();
            assertThat(one.printed() + two.printed())
                    .contains("succeeded in", "answered from the cache")
                    .contains("{\"said\":\"same\"}");
        }
        assertThat(began()).hasSize(1);
        assertAllWell(2);
    }

    @Test
    void aRunWhoseJobAnotherWorkerTookFollowsItToItsEnd() throws Exception {
        try (var worker = start(Map.of("PAWL_WORKER_POLL", "50ms"), "worker", "--slots", "2")) {
            pawl("submit", "lone", "--text", "first", "--until", "go-1").ends();
            await("the first", () -> began().size() == 1);
            // Its limit is full, and when there is room again, the worker hears of it first.
            var flags = List.of("-Dpawl.terminal=-2", "-Dpawl.columns=70");
            try (var run =
                    PawlProcess.start(
                            folder,
                            empty,
                            flags,
                            Map.of("PAWL_WORKER_POLL", "1h"),
                            "dev.pawl.app.Main",
                            arguments(
                                    "run", "lone", "--text", "second", "--until", "go-2", "--color",
                                    "never"))) {
                await(
                        "the wait",
                        () -> {
                            assertThat(run.alive()).as(run::said).isTrue();
                            return run.printed().contains("queued");
                        });
                Files.createFile(folder.resolve("go-1"));
                await("the bar", () -> run.printed().contains(" 40 % lone@1 running: linking"));
                Files.createFile(folder.resolve("go-2"));

                assertThat(run.ends()).as(run::said).isZero();
                assertThat(run.printed()).contains("lone@1 succeeded", "{\"said\":\"second\"}");
            }
            assertThat(began())
                    .containsExactly("began first " + worker.pid(), "began second " + worker.pid());
        }
    }

    @Test
    void aToolsConcurrencyOfOneHoldsAcrossTwoWorkers() throws Exception {
        int jobs = 40;
        Path inputs = folder.resolve("inputs");
        Files.writeString(
                inputs,
                IntStream.range(0, jobs)
                        .mapToObj("{\"text\": \"%d\"}\n"::formatted)
                        .collect(Collectors.joining()));
        PawlProcess.run(
                folder, inputs, "submit", "lone", "--batch", "--data", "data", "--tools", "tools");

        var fast = Map.of("PAWL_WORKER_POLL", "1ms");
        try (var one = start(fast, "worker", "--slots", "4");
                var two = start(fast, "worker", "--slots", "4")) {
            await(
                    "all jobs",
                    () -> {
                        assertThat(one.alive()).as(one::said).isTrue();
                        assertThat(two.alive()).as(two::said).isTrue();
                        return ended() == jobs;
                    });
            assertThat(Files.readAllLines(notes)).noneMatch(line -> line.startsWith("overlap"));
            assertThat(began()).hasSize(jobs);
            assertThat(began().stream().map(line -> line.split(" ", -1)[2]).distinct())
                    .as("who ran them")
                    .containsExactlyInAnyOrder("" + one.pid(), "" + two.pid());
        }
        assertAllWell(jobs);
    }

    @Test
    void sixteenThreadsOfTwoProcessesLoseNothingAndDoNothingTwice() throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        try (var one = crowd("one", 1);
                var two = crowd("two", 2)) {
            await("both", () -> ready(one) && ready(two));
            Files.createFile(data.resolve("go"));
            assertThat(one.ends()).as(one::said).isZero();
            assertThat(two.ends()).as(two::said).isZero();

            var said = new ArrayList<>(one.printed().lines().toList());
            said.addAll(two.printed().lines().toList());
            List<String> submitted = lines(said, "submitted");
            List<String> claimed = lines(said, "claimed");
            List<String> ended = lines(said, "ended");
            assertThat(submitted).hasSizeGreaterThan(1_000);
            assertThat(new HashSet<>(claimed)).as("claims").hasSameSizeAs(claimed);
            assertThat(new HashSet<>(ended)).as("ends").hasSameSizeAs(ended);
            try (var store = open()) {
                assertThat(store.violations()).isEmpty();
                assertThat(jobs(store, false) + jobs(store, true)).isEqualTo(submitted.size());
                assertThat(jobs(store, true)).isEqualTo(ended.size());
                assertThat(jobs(store, true)).isPositive();
            }
        }
    }

    private PawlProcess crowd(String name, int seed) throws IOException {
        return PawlProcess.start(
                folder,
                empty,
                List.of(),
                Map.of(),
                StoreCrowd.class.getName(),
                List.of("data", name, "" + seed, "100"));
    }

    private static boolean ready(PawlProcess crowd) throws IOException {
        assertThat(crowd.alive()).as(crowd::said).isTrue();
        return crowd.printed().contains("ready");
    }

    private static List<String> lines(List<String> said, String word) {
        return said.stream().filter(line -> line.startsWith(word + " ")).toList();
    }

    private PawlProcess pawl(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    private PawlProcess start(Map<String, String> environment, String... arguments)
            throws IOException {
        return PawlProcess.start(
                folder, empty, List.of(), environment, "dev.pawl.app.Main", arguments(arguments));
    }

    private static List<String> arguments(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", "data", "--tools", "tools"));
        return all;
    }

    private List<String> began() throws IOException {
        return Files.readAllLines(notes).stream().filter(l -> l.startsWith("began")).toList();
    }

    private void awaitJobs(int jobs) throws Exception {
        await(
                "jobs",
                () -> {
                    if (!Files.exists(folder.resolve("data/pawl.db"))) return false;
                    try (var store = open()) {
                        return jobs(store, false) == jobs;
                    }
                });
    }

    private long ended() {
        try (var store = open()) {
            return jobs(store, true);
        }
    }

    /** From the kept counters. */
    private static long jobs(SqliteStore store, boolean ended) {
        return store.counts().stream()
                .filter(c -> isFinal(c.state()) == ended)
                .mapToLong(c -> c.jobs())
                .sum();
    }

    private static boolean isFinal(JobState.Name state) {
        return switch (state) {
            case SUCCEEDED, DEAD, CANCELLED -> true;
            case WAITING, QUEUED, RUNNING -> false;
        };
    }

    private void assertAllWell(int jobs) {
        try (var store = open()) {
            assertThat(store.violations()).isEmpty();
            assertThat(store.list(JobFilter.ALL, "", 1_000))
                    .hasSize(jobs)
                    .allMatch(job -> job.state() instanceof JobState.Succeeded);
        }
    }

    private SqliteStore open() {
        return SqliteStore.open(SqliteOptions.of(folder.resolve("data/pawl.db")), new SystemTime());
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long begun = System.nanoTime();
        while (!condition.call()) {
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as("time to wait for %s", what)
                    .isLessThan(WAIT_MAX);
            Thread.sleep(POLL);
        }
    }
}
