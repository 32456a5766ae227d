package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.AttemptEnd;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Engine;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Outcome;
import dev.pawl.core.Renewal;
import dev.pawl.core.Report;
import dev.pawl.core.Store;
import dev.pawl.core.SystemTime;
import dev.pawl.core.Written;
import dev.pawl.testkit.NoArtifacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
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

    @ParameterizedTest
    @EnumSource
    void aWorkerStartedAgainIsNotMistakenForItsPredecessor(StorePlace.Kind kind) throws Exception {
        try (var place = StorePlace.fresh(kind);
                var before = start(place, "worker")) {
            String predecessor = before.prints(STARTED, time).group(1);
            String job = ask(place, "submit", "wait", "--until", "go").strip();
            awaitBegan();
            before.kill();
            try (Store store = place.open(folder.resolve("data"))) {
                var engine = new Engine(store, new NoArtifacts(), time, new Random(1));
                LeaseId lease = store.leases().getFirst().id();
                ClaimedJob held = engine.claimed(lease, predecessor).getFirst();

                try (var after = start(place, "worker")) {
                    String successor = after.prints(STARTED, time).group(1);
                    assertThat(successor).isNotEqualTo(predecessor);
                    while (worker(store, held).filter(successor::equals).isEmpty())
                        time.sleep(POLL);

                    assertThat(ask(place, "workers", "list"))
                            .contains(successor)
                            .doesNotContain(predecessor);
                    var late = new Report.Ended(held, new Outcome.Succeeded("{}", List.of()));
                    for (String worker : List.of(predecessor, successor)) {
                        var renewal = new Renewal(worker, Set.of(lease), Duration.ofMinutes(1));
                        assertThat(engine.renew(renewal).leases()).isEmpty();
                        assertThat(engine.end(worker, List.of(late)))
                                .hasOnlyElementsOfType(Written.LeaseLost.class);
                    }
                    Files.createFile(folder.resolve("go"));
                    while (!store.find(held.id()).orElseThrow().state().ended()) time.sleep(POLL);
                }
                assertThat(ask(place, "jobs", "show", job, "--json")).contains("\"attempt\":2");
                assertThat(store.history(held.id()))
                        .extracting(AttemptEnd::worker)
                        .startsWith(predecessor)
                        .doesNotHaveDuplicates();
            }
        }
    }

    /** Who runs the job now. */
    private static Optional<String> worker(Store store, ClaimedJob job) {
        return store.find(job.id()).orElseThrow().state() instanceof JobState.Running running
                ? Optional.of(running.lease().worker())
                : Optional.empty();
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
