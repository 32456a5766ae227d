package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Count;
import dev.pawl.core.JobState;
import dev.pawl.core.Store;
import dev.pawl.core.SystemTime;
import dev.pawl.core.Time;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a tool's attempts have noted in a file, a line each, for tests that kill who runs them: the
 * tool {@code note@1} of a folder's {@code tools}, whose input is a number.
 */
record Notes(Path file) {
    private static final Time TIME = new SystemTime();
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

    /**
     * Writes the tool.
     *
     * @param after what its script does once it has noted the attempt, as {@code sleep 1}
     */
    static Notes write(Path folder, String after) throws IOException {
        Path notes = Files.createFile(folder.resolve("notes"));
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Files.writeString(tools.resolve("note.yaml"), TOOL);
        // One short write with O_APPEND is whole.
        Files.writeString(
                tools.resolve("note.sh"),
                """
                echo "$PAWL_JOB $PAWL_ATTEMPT" >> %s
                %s
                """
                        .formatted(notes, after));
        return new Notes(notes);
    }

    /** A file of so many inputs, for {@code submit note --batch}. */
    static Path inputs(Path folder, int jobs) throws IOException {
        return Files.writeString(
                folder.resolve("inputs"),
                IntStream.range(0, jobs)
                        .mapToObj("{\"n\": %d}\n"::formatted)
                        .collect(Collectors.joining()));
    }

    /** The attempts that have begun, each as its job's id and its number. */
    List<String> attempts() throws IOException {
        return Files.readAllLines(file);
    }

    /** The attempts, of which none has begun twice. */
    List<String> attemptsOnceEach() throws IOException {
        List<String> attempts = attempts();
        assertThat(new HashSet<>(attempts)).as("attempts that began").hasSameSizeAs(attempts);
        return attempts;
    }

    /** Waits while these processes live until so many attempts have begun; answers how many. */
    int await(int attempts, PawlProcess... alive) throws Exception {
        while (true) {
            int now = attempts().size();
            if (now >= attempts) return now;
            pause(alive);
        }
    }

    /** Waits while these processes live until so many jobs have ended, dead ones too. */
    static void awaitEnds(Store store, int jobs, PawlProcess... alive) throws Exception {
        while (count(store, JobState.Name.SUCCEEDED) + count(store, JobState.Name.DEAD) < jobs)
            pause(alive);
    }

    /** How many jobs are in that state, by the kept counters. */
    static long count(Store store, JobState.Name state) {
        return store.counts().stream()
                .filter(count -> count.state() == state)
                .mapToLong(Count::jobs)
                .sum();
    }

    private static void pause(PawlProcess... alive) throws InterruptedException {
        for (PawlProcess process : alive) assertThat(process.alive()).as(process::said).isTrue();
        TIME.sleep(POLL);
    }
}
