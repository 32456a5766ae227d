package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.SystemTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Worker processes that an operator looks after. */
@Tag("process")
@Timeout(300)
final class WorkersTest {
    /** Begins, and waits for a file. */
    private static final String TOOL =
            """
            tool: %s@1
            input: {type: object, properties: {until: {type: string, default: ""}}}
            run: {command: [sh, "{{tool.dir}}/job.sh", "{{input.until}}"]}
            policy: {timeout: 60s%s}
            """;

    private static final Pattern STARTED = Pattern.compile("worker (\\S+) started");

    private static final Duration POLL = Duration.ofMillis(20);

    @TempDir Path folder;
    private Path empty = Path.of("");
    private final SystemTime time = new SystemTime();

    @BeforeEach
    void tools() throws IOException {
        empty = Files.createFile(folder.resolve("empty"));
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Files.writeString(tools.resolve("wait.yaml"), TOOL.formatted("wait", ""));
        Files.writeString(
                tools.resolve("render.yaml"), TOOL.formatted("render", ", requires: [gpu]"));
        Files.writeString(
                tools.resolve("job.sh"),
                """
                echo "$PAWL_JOB" > "%1$s/began"
                while [ -n "$1" ] && [ -d "%1$s" ] && [ ! -e "%1$s/$1" ]; do sleep 0.05; done
                """
                        .formatted(folder));
    }

    @ParameterizedTest
    @EnumSource
    void aDrainedWorkerEndsWhatItRunsThenItselfWithoutAFault(StorePlace.Kind kind)
            throws Exception {
        try (var place = StorePlace.fresh(kind);
                var worker = start(place, "worker", "--slots", "2")) {
            String name = worker.prints(STARTED, time).group(1);
            ask(place, "submit", "wait", "--until", "go");
            awaitBegan();

            assertThat(ask(place, "workers", "drain", name)).contains("told to drain");
            worker.prints(Pattern.compile("was told to drain"), time);
            String second = ask(place, "submit", "wait").strip();
            assertThat(worker.alive()).isTrue();
            Files.createFile(folder.resolve("go"));

            assertThat(worker.ends()).as(worker::said).isZero();
            assertThat(ask(place, "workers", "list")).doesNotContain(name);
            assertThat(ask(place, "jobs", "list", "--state", "succeeded")).contains("wait@1");
            assertThat(ask(place, "jobs", "list", "--state", "queued")).contains(second);
            assertThat(ask(place, "workers", "drain", "--all", "--wait")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aJobRunsWhereWhatItRequiresIs(StorePlace.Kind kind) throws Exception {
        try (var place = StorePlace.fresh(kind);
                var plain = start(place, "worker")) {
            plain.prints(STARTED, time);
            String job = ask(place, "submit", "render").strip();
            ask(place, "run", "wait");
            Files.delete(folder.resolve("began"));
            assertThat(ask(place, "why", job)).contains("render@1 requires gpu");

            try (var able = start(place, "worker", "--can", "gpu,large-memory")) {
                String name = able.prints(STARTED, time).group(1);
                awaitBegan();
                assertThat(folder.resolve("began")).content().startsWith(job);
                assertThat(ask(place, "workers", "list"))
                        .containsPattern(name + ".*gpu large-memory");
            }
        }
    }

    private void awaitBegan() throws Exception {
        Path began = folder.resolve("began");
        while (!Files.exists(began) || Files.size(began) == 0) time.sleep(POLL);
    }

    private String ask(StorePlace place, String... arguments) throws Exception {
        try (var pawl = start(place, arguments)) {
            assertThat(pawl.ends()).as(pawl::said).isZero();
            return pawl.printed();
        }
    }

    private PawlProcess start(StorePlace place, String... arguments) throws IOException {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", folder.resolve("data").toString()));
        all.addAll(List.of("--tools", folder.resolve("tools").toString()));
        return PawlProcess.start(
                folder,
                empty,
                List.of(),
                place.with(Map.of("PAWL_WORKER_HEARTBEAT", "1s", "PAWL_WORKER_LEASE", "5s")),
                "dev.pawl.app.Main",
                all);
    }
}
