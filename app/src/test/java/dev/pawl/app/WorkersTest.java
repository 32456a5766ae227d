package dev.pawl.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.app.cli.ExitCode;
import dev.pawl.core.SystemTime;
import dev.pawl.core.ToolId;
import dev.pawl.core.WorkerEntry;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pawl workers} on a data folder whose workers are rows of the test's. */
final class WorkersTest {
    @TempDir Path folder;
    private Typed user;

    @BeforeEach
    void twoWorkers() {
        user = new Typed(folder);
        user.type("workers", "list");
        inStore(store -> {
            store.register(worker("one", "echo@1", store.now()));
            store.register(worker("two", "pawl-webhook@1", store.now()));
        });
    }

    @Test
    void whatTheyCanIsListed() {
        inStore(store ->
                store.register(worker("one", "echo@1", store.now()).withCan(Set.of("gpu"))));

        assertThat(user.type("workers", "list", "--json").out())
                .contains("\"can\":[\"gpu\"]", "\"draining\":false");
        assertThat(user.type("workers", "list").out()).contains("one\talive", "\tgpu\techo@1");
    }

    @Test
    void whoIsNamedIsToldToDrain() {
        assertThat(user.type("workers", "drain", "two").out())
                .isEqualTo("worker two is told to drain\n");

        assertThat(user.type("workers", "list").out()).contains("one\talive", "two\tdraining");
    }

    @Test
    void allAreThoseThatRunJobs() {
        assertThat(user.type("workers", "drain", "--all").out())
                .isEqualTo("worker one is told to drain\n");
    }

    @Test
    void theWaitEndsInTime() {
        var ended = user.type("workers", "drain", "one", "--wait", "--timeout", "10ms");

        assertThat(ended.code()).isEqualTo(ExitCode.TIMED_OUT);
        assertThat(ended.err()).contains("still there: one");
    }

    @Test
    void whoIsNotThereIsToldApart() {
        var ended = user.type("workers", "drain", "nobody");

        assertThat(ended.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(ended.err()).contains("no worker nobody", "workers list");
        assertThat(user.type("workers", "drain").code()).isEqualTo(ExitCode.USAGE);
        assertThat(user.type("workers", "drain", "one", "--all").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void whoIsHeardOfIsNotReaped() {
        assertThat(user.type("workers", "reap").err()).contains("no worker is silent");

        assertThat(user.type("workers", "list").out()).contains("one", "two");
    }

    @Test
    void whoIsKnownToBeDeadIsReapedAtOnce() {
        assertThat(user.type("workers", "reap", "--force", "one").out())
                .isEqualTo("worker one is gone: 0 of its jobs go on elsewhere\n");

        assertThat(user.type("workers", "list").out()).contains("two").doesNotContain("one");
        assertThat(user.type("workers", "reap", "--force", "one").code())
                .isEqualTo(ExitCode.REFUSED);
    }

    private static WorkerEntry worker(String id, String tool, Instant now) {
        return new WorkerEntry(id, "host", 1, now, Set.of(ToolId.parse(tool)), 1, now, now);
    }

    private void inStore(Consumer<SqliteStore> action) {
        var options = SqliteOptions.of(folder.resolve("pawl-data/pawl.db"));
        try (var store = SqliteStore.open(options, new SystemTime())) {
            action.accept(store);
        }
    }
}
