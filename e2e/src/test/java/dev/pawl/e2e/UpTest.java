package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.api.JobNews;
import dev.pawl.api.PawlClient;
import dev.pawl.api.SubmitRequest;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.SystemTime;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code pawl up} as a process of its own: what it accepted is finished, whatever happens to it.
 */
@Tag("process")
@Timeout(300)
final class UpTest {
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration WAIT_MAX = Duration.ofSeconds(100);
    private static final Pattern ADDRESS = Pattern.compile("pawl serves (http://localhost:\\d+)");

    private final SystemTime time = new SystemTime();
    @TempDir Path folder;
    private Path empty = Path.of("");

    /** A tool that runs until there is a file "go", or nobody looks any more. */
    @BeforeEach
    void tools() throws IOException {
        empty = Files.createFile(folder.resolve("empty"));
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Files.writeString(
                tools.resolve("until.yaml"),
                """
                tool: until@1
                input: {type: object}
                run: {command: [sh, "{{tool.dir}}/until.sh"]}
                policy: {timeout: 60s, attempts: 3, backoff: {first: 1ms, max: 1ms}}
                """);
        Files.writeString(
                tools.resolve("until.sh"),
                """
                echo $PAWL_ATTEMPT >> "%1$s/began"
                while [ -d "%1$s" ] && [ ! -e "%1$s/go" ]; do sleep 0.05; done
                """
                        .formatted(folder));
    }

    @Test
    void aKilledServerFinishesWhatItAcceptedOnceItIsStartedAgain() throws Exception {
        var ids = new ArrayList<JobId>();
        try (var up = up();
                var client = client(up)) {
            for (int i = 0; i < 5; i++) ids.add(client.submit(until()).id());
            await("its beginning", () -> Files.exists(folder.resolve("began")), up);
            up.kill();
        }
        Files.createFile(folder.resolve("go"));
        try (var up = up();
                var client = client(up)) {
            for (JobId id : ids)
                assertThat(client.await(id, WAIT_MAX).state())
                        .as(up::said)
                        .isEqualTo(JobState.Name.SUCCEEDED);
        }
    }

    @Test
    void aListenerHearsWhatAnotherProcessDoesAndOutlivesTheServer() throws Exception {
        var told = new ArrayBlockingQueue<JobNews>(100);
        try (var up = up();
                var client = client(up);
                var listening = Executors.newVirtualThreadPerTaskExecutor()) {
            JobId id = client.submit(tomorrow()).id();
            Future<Boolean> done =
                    listening.submit(() -> {
                        client.events(id, told::add);
                        return true;
                    });
            assertThat(told.poll(30, TimeUnit.SECONDS))
                    .isEqualTo(new JobNews.State(JobState.Name.QUEUED, 0));
            up.kill();
            try (var again = up(address(up).replaceFirst(".*:", ""))) {
                run("jobs", "cancel", id.toString());
                assertThat(told.poll(30, TimeUnit.SECONDS))
                        .as(again::said)
                        .isEqualTo(new JobNews.State(JobState.Name.CANCELLED, 0));
                assertThat(done.get()).isTrue();
            }
        }
        assertThat(told).as("nothing is told twice").isEmpty();
    }

    @Test
    void aStoppedServerLetsWhatRunsEnd() throws Exception {
        JobId id;
        try (var up = up();
                var client = client(up)) {
            id = client.submit(until()).id();
            await("its beginning", () -> Files.exists(folder.resolve("began")), up);
            try (var figures = URI.create(address(up) + "/metrics").toURL().openStream()) {
                assertThat(new String(figures.readAllBytes(), StandardCharsets.UTF_8))
                        .contains("pawl_store_connections ", "pawl_store_writes_waiting ");
            }
            up.stop();
            Files.createFile(folder.resolve("go"));
            assertThat(up.ends()).as(up::said).isZero();
        }
        String shown = run("jobs", "list", "--json");
        assertThat(shown).contains(id.toString(), "\"state\":\"succeeded\"", "\"attempt\":1");
    }

    @Test
    void aServerThatIsToldTwiceToStopGivesItsJobsBackAtOnce() throws Exception {
        JobId id;
        try (var up = patient();
                var client = client(up)) {
            id = client.submit(until()).id();
            await("its beginning", () -> Files.exists(folder.resolve("began")), up);
            up.stop();
            await("its word that it drains", () -> up.printed().contains("stopping"), up);
            assertThatThrownBy(() -> client.get("readyz")).hasMessageContaining("503");
            up.stop();
            assertThat(up.ends()).as(up::said).isZero();
        }
        assertThat(run("jobs", "list", "--json"))
                .contains(id.toString(), "\"state\":\"queued\"", "\"failures\":0");
    }

    @Test
    void toolFilesArePickedUpWhileItRuns() throws Exception {
        Path tool = folder.resolve("tools/say.yaml");
        try (var up = up();
                var client = client(up)) {
            Files.writeString(tool, say(1, "one"));
            await("version 1", () -> knows(client, "say@1"), up);
            assertThat(said(client, "say@1")).isEqualTo("{\"said\":\"one\"}");

            Files.writeString(tool, "tool: say@1\nrun: {comand: [sh]}\n");
            await("the mistake", () -> !client.get("v1/tools").path("problems").isEmpty(), up);
            assertThat(client.get("v1/tools").path("problems").toString())
                    .contains("say.yaml:2", "comand");
            assertThat(said(client, "say")).isEqualTo("{\"said\":\"one\"}");

            Files.writeString(tool, say(1, "one again"));
            Files.writeString(
                    Files.createDirectories(folder.resolve("tools/say")).resolve("2.yaml"),
                    say(2, "two"));
            await("version 2", () -> knows(client, "say@2"), up);
            assertThat(said(client, "say")).isEqualTo("{\"said\":\"two\"}");
            assertThat(said(client, "say@1")).isEqualTo("{\"said\":\"one again\"}");
        }
    }

    private static String say(int version, String what) {
        return """
        tool: say@%d
        input: {type: object}
        run: {command: [sh, -c, "echo '{\\"said\\":\\"%s\\"}' > $PAWL_OUTPUT"]}
        """
                .formatted(version, what);
    }

    private static boolean knows(PawlClient client, String tool) throws InterruptedException {
        return client.get("v1/tools")
                .path("tools")
                .valueStream()
                .anyMatch(each -> each.path("tool").stringValue("").equals(tool));
    }

    private static String said(PawlClient client, String tool) throws InterruptedException {
        var request = SubmitRequest.of(tool, JsonNodeFactory.instance.objectNode());
        return client.submitAndWait(request, WAIT_MAX).output();
    }

    @Test
    void aPortInUseIsSaid() throws Exception {
        try (var up = up()) {
            String port = address(up).replaceFirst(".*:", "");
            try (var second = start("up", "--port", port)) {
                assertThat(second.ends()).isEqualTo(2);
                assertThat(second.printed()).contains("localhost:" + port, "--port");
            }
        }
    }

    @Test
    void anotherAddressNeedsToBeAskedForTwice() throws Exception {
        try (var refused = start("up", "--host", "0.0.0.0", "--port", "0")) {
            assertThat(refused.ends()).isEqualTo(2);
            assertThat(refused.printed()).contains("--insecure");
        }
    }

    private PawlProcess up() throws Exception {
        return up("0");
    }

    /** Lets what runs end for an hour. */
    private PawlProcess patient() throws Exception {
        PawlProcess up = start(Map.of("PAWL_WORKER_GRACE", "1h"), "up", "--port", "0");
        address(up);
        return up;
    }

    private PawlProcess up(String port) throws Exception {
        PawlProcess up = start("up", "--port", port);
        address(up);
        return up;
    }

    private PawlClient client(PawlProcess up) throws Exception {
        return new PawlClient(URI.create(address(up)), time, new Random());
    }

    private String address(PawlProcess up) throws Exception {
        return up.prints(ADDRESS, time).group(1);
    }

    private static SubmitRequest until() {
        return SubmitRequest.of("until", JsonNodeFactory.instance.objectNode());
    }

    private SubmitRequest tomorrow() {
        ObjectNode asked = JsonNodeFactory.instance.objectNode();
        asked.put("tool", "until").put("delay_ms", Duration.ofDays(1).toMillis());
        asked.putObject("input");
        return new SubmitRequest(asked);
    }

    private PawlProcess start(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    private PawlProcess start(Map<String, String> environment, String... arguments)
            throws IOException {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", "data", "--tools", "tools"));
        return PawlProcess.start(folder, empty, List.of(), environment, "dev.pawl.app.Main", all);
    }

    private String run(String... arguments) throws Exception {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", "data"));
        return PawlProcess.run(folder, empty, all.toArray(String[]::new));
    }

    private void await(String what, Callable<Boolean> seen, PawlProcess process) throws Exception {
        long deadline = time.nanos() + WAIT_MAX.toNanos();
        while (!seen.call()) {
            assertThat(process.alive()).as(process::said).isTrue();
            assertThat(time.nanos() - deadline).as("%s: %s", what, process.said()).isNegative();
            time.sleep(POLL);
        }
    }
}
