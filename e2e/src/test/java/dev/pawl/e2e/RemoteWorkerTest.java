package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.pawl.api.JobView;
import dev.pawl.api.PawlClient;
import dev.pawl.api.SubmitRequest;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.SystemTime;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;

/** Workers that have no store, but the address of a server. */
@Tag("process")
@Timeout(300)
final class RemoteWorkerTest {
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration WAIT_MAX = Duration.ofSeconds(100);
    private static final Pattern ADDRESS = Pattern.compile("pawl serves (http://localhost:(\\d+))");

    /** A lease that ends soon when nobody renews it. */
    private static final Map<String, String> SHORT =
            Map.of("PAWL_WORKER_LEASE", "2s", "PAWL_WORKER_HEARTBEAT", "500ms");

    /** A lease that nobody renews within this test. */
    private static final Map<String, String> LONG =
            Map.of("PAWL_WORKER_LEASE", "1h", "PAWL_WORKER_HEARTBEAT", "20m");

    private static final String TOOL =
            """
            tool: until@1
            input:
              type: object
              properties: {note: {type: string, contentMediaType: text/plain}}
            run: %s
            policy: {timeout: 60s, attempts: 3, backoff: {first: 1ms, max: 1ms}}
            """;

    private final SystemTime time = new SystemTime();
    @TempDir Path folder;
    private Path empty = Path.of("");

    /** The server knows the tool; only the remote workers know how to run it. */
    @BeforeEach
    void tools() throws IOException {
        empty = Files.createFile(folder.resolve("empty"));
        Path known = Files.createDirectory(folder.resolve("known"));
        Files.writeString(known.resolve("until.yaml"), TOOL.formatted("{external: a test}"));
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Files.writeString(
                tools.resolve("until.yaml"),
                TOOL.formatted(
                        "{command: [sh, \"{{tool.dir}}/until.sh\"], stdin: \"{{input.note}}\","
                                + " artifacts: [\"*.txt\"]}"));
        Files.writeString(
                tools.resolve("until.sh"),
                """
                trap 'echo stopped > "%1$s/stopped"; exit 1' TERM
                cat > note.txt
                echo "pawl: progress 0.4 waiting"
                echo "attempt $PAWL_ATTEMPT"
                echo $PAWL_ATTEMPT >> "%1$s/began"
                while [ -d "%1$s" ] && [ ! -e "%1$s/go" ]; do sleep 0.05; done
                echo "{\\"attempt\\": $PAWL_ATTEMPT}" > "$PAWL_OUTPUT"
                """
                        .formatted(folder));
    }

    @Test
    void aRemoteWorkerRunsAJobWithItsFilesItsLogAndItsArtifacts() throws Exception {
        Files.writeString(folder.resolve("note"), "by hand");
        try (var up = up(Map.of());
                var client = client(up);
                var worker = worker(up, "one", Map.of())) {
            String id = submitByHand("--note", "@note");
            await("its beginning", this::began, up, worker);
            JobId job = JobId.parse(id).orElseThrow();
            await("progress", () -> whole(client, job).json().has("progress"), up, worker);
            Files.createFile(folder.resolve("go"));

            JobView done = client.await(job, WAIT_MAX);

            assertThat(done.state()).as("%s", done.json()).isEqualTo(JobState.Name.SUCCEEDED);
            assertThat(done.json().path("output").toString()).isEqualTo("{\"attempt\":1}");
            assertThat(read(client, job, "note.txt")).isEqualTo("by hand");
            assertThat(client.logs(job, 0, -1, 100)).anyMatch(l -> l.text().equals("attempt 1"));
        }
    }

    @Test
    void theJobOfAKilledRemoteWorkerRunsAgainOnAnother() throws Exception {
        try (var up = up(SHORT);
                var client = client(up)) {
            JobId job;
            try (var first = worker(up, "one", SHORT)) {
                job = client.submit(until()).id();
                await("its beginning", this::began, up, first);
                first.kill();
            }
            try (var second = worker(up, "two", SHORT)) {
                await(
                        "its second beginning",
                        () -> Files.readAllLines(folder.resolve("began")).size() == 2,
                        up,
                        second);
                Files.createFile(folder.resolve("go"));

                JobView done = client.await(job, WAIT_MAX);
                assertThat(done.state()).as(second::said).isEqualTo(JobState.Name.SUCCEEDED);
                assertThat(done.json().path("output").toString()).isEqualTo("{\"attempt\":2}");
                assertThat(done.json().path("attempts").path(0).path("how").stringValue(""))
                        .isEqualTo("lease_lost");
            }
        }
    }

    @Test
    void aCancelReachesARemoteWorkerBeforeItsHeartbeat() throws Exception {
        try (var up = up(Map.of());
                var client = client(up);
                var worker = worker(up, "one", LONG)) {
            JobId job = client.submit(until()).id();
            await("its beginning", this::began, up, worker);

            client.cancel(job);

            await("its end", () -> Files.exists(folder.resolve("stopped")), up, worker);
            await("the word of it", () -> !whole(client, job).json().has("stopping"), up, worker);
        }
    }

    @Test
    void aStoppedRemoteWorkerGivesItsJobBackAndLeaves() throws Exception {
        try (var up = up(Map.of());
                var client = client(up)) {
            JobId job;
            try (var worker = worker(up, "one", Map.of("PAWL_WORKER_GRACE", "0s"))) {
                job = client.submit(until()).id();
                await("its beginning", this::began, up, worker);
                assertThat(hosts(client)).anyMatch(host -> host.endsWith("/http"));
                worker.stop();
                assertThat(worker.ends()).as(worker::said).isZero();
            }
            JobView back = whole(client, job);
            assertThat(back.state()).isEqualTo(JobState.Name.QUEUED);
            assertThat(back.json().path("failures").intValue()).isZero();
            assertThat(hosts(client)).noneMatch(host -> host.endsWith("/http"));
        }
    }

    @Test
    void aRemoteWorkerFinishesItsJobWhileItsServerIsAway() throws Exception {
        JobId job;
        String port;
        PawlProcess worker;
        try (var up = up(Map.of());
                var client = client(up)) {
            port = address(up).group(2);
            worker = worker(up, "one", Map.of());
            job = client.submit(until()).id();
            await("its beginning", this::began, up, worker);
            up.kill();
        }
        try (worker) {
            Files.createFile(folder.resolve("go"));
            await("its word", () -> worker.printed().contains("server_unreachable"), worker);
            try (var up = up(Map.of(), port);
                    var client = client(up)) {
                JobView done = client.await(job, WAIT_MAX);
                assertThat(done.state()).as(worker::said).isEqualTo(JobState.Name.SUCCEEDED);
                assertThat(done.json().path("attempt").intValue()).isEqualTo(1);
                assertThat(read(client, job, "note.txt")).isEmpty();
            }
        }
    }

    @Test
    void theWorkerInPythonRunsJobsAndGivesBackWhatItCannotFinish() throws Exception {
        Programs.requirePython();
        Path root = Path.of(System.getProperty("pawl.root", "..")).toRealPath();
        Path examples = root.resolve("examples/workers");
        var words = JsonNodeFactory.instance.objectNode();
        List.of("listen", "silent", "other").forEach(words.putArray("words")::add);
        try (var up = start(Map.of(), "up", "--port", "0", "--tools", examples.toString())) {
            await("its address", () -> ADDRESS.matcher(up.printed()).find(), up);
            var script = List.of("python3", examples + "/anagrams.py", address(up).group(1));
            try (var client = client(up);
                    var python = PawlProcess.start(folder, empty, Map.of(), script)) {
                JobId job = client.submit(SubmitRequest.of("anagrams", words)).id();

                JobView done = client.await(job, WAIT_MAX);

                assertThat(done.state()).as(python::said).isEqualTo(JobState.Name.SUCCEEDED);
                assertThat(done.json().path("output").toString())
                        .isEqualTo("{\"groups\":[[\"listen\",\"silent\"]]}");
                assertThat(read(client, job, "anagrams.txt")).isEqualTo("listen silent\n");
                assertThat(client.logs(job, 0, -1, 9))
                        .anyMatch(line -> line.text().equals("3 words, 1 groups"));
                python.stop();
                assertThat(python.ends()).as(python::said).isZero();
                assertThat(hosts(client)).noneMatch(host -> host.endsWith("/http"));
            }
        }
    }

    private PawlProcess up(Map<String, String> environment) throws Exception {
        return up(environment, "0");
    }

    private PawlProcess up(Map<String, String> environment, String port) throws Exception {
        PawlProcess up = start(environment, "up", "--port", port, "--tools", "known");
        await("its address", () -> ADDRESS.matcher(up.printed()).find(), up);
        return up;
    }

    private PawlProcess worker(PawlProcess up, String name, Map<String, String> environment)
            throws IOException {
        List<String> all =
                List.of(
                        "worker",
                        "--server",
                        address(up).group(1),
                        "--tools-only",
                        "until",
                        "--tools",
                        "tools",
                        "--data",
                        name);
        return PawlProcess.start(folder, empty, List.of(), environment, "dev.pawl.app.Main", all);
    }

    private PawlProcess start(Map<String, String> environment, String... arguments)
            throws IOException {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", "data"));
        return PawlProcess.start(folder, empty, List.of(), environment, "dev.pawl.app.Main", all);
    }

    /** Beside the server, on its folder: what it names is a file there. */
    private String submitByHand(String... input) throws Exception {
        var all = new ArrayList<>(List.of("submit", "until"));
        all.addAll(List.of(input));
        all.addAll(List.of("--data", "data", "--tools", "known"));
        return PawlProcess.run(folder, empty, all.toArray(String[]::new)).strip();
    }

    private PawlClient client(PawlProcess up) throws IOException {
        return new PawlClient(URI.create(address(up).group(1)), time, new Random());
    }

    private static Matcher address(PawlProcess up) throws IOException {
        Matcher address = ADDRESS.matcher(up.printed());
        assertThat(address.find()).as(up::said).isTrue();
        return address;
    }

    private static SubmitRequest until() {
        var input = JsonNodeFactory.instance.objectNode().put("note", "");
        return SubmitRequest.of("until", input);
    }

    private boolean began() {
        return Files.exists(folder.resolve("began"));
    }

    private static JobView whole(PawlClient client, JobId job) throws InterruptedException {
        return client.job(job).orElseThrow();
    }

    private static String read(PawlClient client, JobId job, String name) throws Exception {
        try (InputStream in = client.artifact(job, name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<String> hosts(PawlClient client) throws InterruptedException {
        return client.get("v1/workers").path("workers").values().stream()
                .map(worker -> worker.path("host").stringValue(""))
                .toList();
    }

    private void await(String what, Callable<Boolean> seen, PawlProcess... processes)
            throws Exception {
        long deadline = time.nanos() + WAIT_MAX.toNanos();
        while (!seen.call()) {
            for (PawlProcess each : processes) assertThat(each.alive()).as(each::said).isTrue();
            if (time.nanos() - deadline >= 0)
                fail(what + Stream.of(processes).map(PawlProcess::said).toList());
            time.sleep(POLL);
        }
    }
}
