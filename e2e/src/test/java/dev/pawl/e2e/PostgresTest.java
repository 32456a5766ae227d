package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobState;
import dev.pawl.testkit.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    @TempDir Path folder;
    private StorePlace place = StorePlace.folder();

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
    void twoWorkersShareTheJobsAndOneKilledLosesNone() throws Exception {
        var notes = Notes.write(folder, "sleep 0.3");
        Path inputs = Notes.inputs(folder, JOBS);
        PawlProcess.run(folder, inputs, place.words("submit", "note", "--batch"));

        try (var one = worker();
                var other = worker();
                var store = place.postgres()) {
            notes.await(20, one, other);
            one.kill();
            Notes.awaitEnds(store, JOBS, other);
            assertThat(Notes.count(store, JobState.Name.SUCCEEDED)).isEqualTo(JOBS);
            assertThat(store.violations()).isEmpty();
        }

        assertThat(notes.attemptsOnceEach()).hasSizeGreaterThanOrEqualTo(JOBS);
        String doctor = PawlProcess.run(folder, folder.resolve("empty"), place.words("doctor"));
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

    private PawlProcess worker() throws Exception {
        return PawlProcess.start(
                folder, folder.resolve("empty"), List.of(place.words("worker", "--slots", "8")));
    }
}
