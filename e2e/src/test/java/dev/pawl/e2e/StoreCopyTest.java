package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    /** From there. */
    private static final StorePlace FOLDER = StorePlace.folder();

    @TempDir Path folder;
    private StorePlace place = FOLDER;

    @BeforeEach
    void database() throws Exception {
        place = StorePlace.fresh(StorePlace.Kind.POSTGRES);
        Files.createFile(folder.resolve("empty"));
    }

    @AfterEach
    void drop() {
        place.close();
    }

    @Test
    void aCopyKilledTwiceMovesAFolderThatAWorkerServes() throws Exception {
        var notes = Notes.write(folder, "sleep 0.1");
        Path inputs = Notes.inputs(folder, JOBS);
        PawlProcess.run(folder, inputs, FOLDER.words("submit", "note", "--batch"));

        try (var worker = start(FOLDER.words("worker", "--slots", "2"))) {
            notes.await(5, worker);
            for (String step : List.of("copying job", "comparing job"))
                try (var copy = copy()) {
                    while (!copy.printed().contains(step) && copy.alive()) Thread.sleep(5);
                    copy.kill();
                }
            notes.await(notes.attempts().size() + 5, worker);

            String copied =
                    PawlProcess.run(
                            folder,
                            folder.resolve("empty"),
                            FOLDER.words("store", "copy", "--to", place.database()));

            assertThat(copied)
                    .containsPattern("has moved to postgresql://.*; the pause took \\d+ ms");
        }
        try (var refused = start(FOLDER.words("jobs", "list"))) {
            assertThat(refused.ends()).isEqualTo(6);
            assertThat(refused.printed())
                    .contains("have moved to postgresql://", "use that with --store");
        }
        try (var worker = start(place.words("worker", "--slots", "8"));
                var store = place.postgres()) {
            Notes.awaitEnds(store, JOBS, worker);
            assertThat(Notes.count(store, JobState.Name.SUCCEEDED)).isEqualTo(JOBS);
            assertThat(store.violations()).isEmpty();
        }
        assertThat(notes.attemptsOnceEach()).hasSizeGreaterThanOrEqualTo(JOBS);
    }

    @Test
    void migrateTellsWhatItWouldDoThenDoesIt() throws Exception {
        Path empty = folder.resolve("empty");
        String[] dry = place.words("migrate", "--dry-run", "--show-sql");

        assertThat(PawlProcess.run(folder, empty, dry))
                .contains("has schema none", "would run 1 jobs", "CREATE TABLE pawl.job (");
        assertThat(PawlProcess.run(folder, empty, place.words("migrate")))
                .contains("\nran 1 jobs\n");
        assertThat(PawlProcess.run(folder, empty, dry)).contains("nothing is to be done");
    }

    private PawlProcess copy() throws Exception {
        return start(FOLDER.words("store", "copy", "--to", place.database()));
    }

    private PawlProcess start(String... words) throws Exception {
        return PawlProcess.start(folder, folder.resolve("empty"), List.of(words));
    }
}
