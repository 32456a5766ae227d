package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobState;
import dev.pawl.core.SystemTime;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    private static final StorePlace PLACE = StorePlace.folder();

    @TempDir Path folder;

    @Test
    @Timeout(900)
    void aWorkerKilledAgainAndAgainLosesNoJobAndLeavesNoProcess() throws Exception {
        var notes = Notes.write(folder, "sleep 1");
        Path empty = Files.createFile(folder.resolve("empty"));
        PawlProcess.run(
                folder, Notes.inputs(folder, JOBS), PLACE.words("submit", "note", "--batch"));

        int kills = 0;
        for (int before = 0; kills < KILLS; kills++) {
            try (var worker = worker(empty)) {
                // All slots run, and some jobs have ended, when it is killed.
                before = notes.await(before + SLOTS + SLOTS / 2, worker);
            }
        }
        try (var worker = worker(empty);
                var store = open()) {
            Notes.awaitEnds(store, JOBS, worker);
            assertThat(Notes.count(store, JobState.Name.SUCCEEDED)).isEqualTo(JOBS);
        }

        assertThat(notes.attemptsOnceEach()).hasSizeGreaterThan(JOBS);
        assertThat(strays()).as("processes left behind").isEmpty();
        try (var store = open()) {
            assertThat(store.violations()).isEmpty();
        }
    }

    private PawlProcess worker(Path empty) throws IOException {
        return PawlProcess.start(
                folder, empty, List.of(PLACE.words("worker", "--slots", "" + SLOTS)));
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
