package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pawl.core.SystemTime;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code pawl up --front tool-runner} with the example scripts, which Python runs for real. */
@Tag("process")
@ParameterizedClass(name = "on {0}")
@EnumSource(StorePlace.Kind.class)
@Timeout(300)
final class ToolRunnerTest {
    private static final Path ROOT = Path.of(System.getProperty("pawl.root", ".")).toAbsolutePath();
    private static final Path SCRIPTS = ROOT.resolve("examples/tool-runner/tools");
    private static final Pattern FRONT =
            Pattern.compile("pawl serves front tool-runner at (http://localhost:\\d+)");
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final SystemTime time = new SystemTime();
    private final HttpClient client = HttpClient.newHttpClient();
    @TempDir Path folder;

    private final StorePlace place;

    ToolRunnerTest(StorePlace.Kind kind) {
        place = StorePlace.fresh(kind);
    }

    @BeforeEach
    void require() {
        assumeThat(SCRIPTS).exists();
        Programs.requirePython();
    }

    @AfterEach
    void close() {
        client.close();
        place.close();
    }

    @Test
    void theExamplesRunAsTheirDocumentSays() throws Exception {
        try (var up = up(SCRIPTS)) {
            String front = up.prints(FRONT, time).group(1);

            String graph = run(front, "{\"tool_name\":\"build_graph\",\"parameters\":{}}");
            JsonNode built = ended(front, graph);
            assertThat(built.path("status").stringValue()).as("%s", built).isEqualTo("completed");
            assertThat(files(built)).containsExactly("build_graph.html", "knowledge_graph.json");
            JsonNode json = JSON.readTree(get(front, graph, "knowledge_graph.json"));
            assertThat(json.path("nodes").size()).isGreaterThan(9);
            assertThat(json.at("/nodes/0/pagerank").isNumber()).isTrue();
            String page = get(front, graph, "build_graph.html");
            assertThat(page).contains("<canvas").contains("Marine chronometer");
            assertThat(page).as("self-contained").doesNotContain("src=").doesNotContain("@import");

            String dot =
                    run(
                            front,
                            "{\"tool_name\":\"build_graph\",\"parameters\":{\"format\":[\"dot\",\"json\"],\"category\":\"people\",\"no-pagerank\":true}}");
            assertThat(files(ended(front, dot)))
                    .containsExactly("knowledge_graph.dot", "knowledge_graph.json");
            assertThat(get(front, dot, "knowledge_graph.dot")).startsWith("digraph");
            JsonNode people = JSON.readTree(get(front, dot, "knowledge_graph.json"));
            assertThat(people.path("nodes").size()).isEqualTo(2);
            assertThat(people.at("/nodes/0").has("pagerank")).isFalse();

            for (String other :
                    List.of(
                            "{\"tool_name\":\"article_statistics\",\"parameters\":{\"csv\":true,\"words-per-minute\":100}}",
                            "{\"tool_name\":\"validate_articles\",\"parameters\":{}}",
                            "{\"tool_name\":\"search_articles\",\"parameters\":{\"query\":\"pendulum\",\"tag\":\"beat\"}}")) {
                JsonNode done = ended(front, run(front, other));
                assertThat(done.path("status").stringValue()).as("%s", done).isEqualTo("completed");
                assertThat(done.path("output_files").size()).as("%s", done).isPositive();
            }
            JsonNode strict =
                    ended(
                            front,
                            run(
                                    front,
                                    "{\"tool_name\":\"validate_articles\",\"parameters\":{\"strict\":true}}"));
            assertThat(strict.path("status").stringValue()).isEqualTo("failed");
            assertThat(strict.path("error").stringValue()).contains("nobody links to it");

            JsonNode stats = json("GET", front + "/api/stats", "").path("database");
            assertThat(stats.path("total_jobs").intValue()).isEqualTo(6);
            assertThat(stats.path("success_rate").doubleValue()).isEqualTo(83.3);
            assertThat(stats.at("/top_tools/0/count").intValue()).isEqualTo(2);
        }
        assertThat(leftInScripts()).as("what runs leave beside the scripts").isEmpty();
    }

    @Test
    void aScriptThatIsAddedRunsWithoutARestart() throws Exception {
        Path scripts = Files.createDirectory(folder.resolve("scripts"));
        try (var up = up(scripts)) {
            String front = up.prints(FRONT, time).group(1);
            Files.writeString(scripts.resolve("added.py"), "print('ran')");

            var _ = up.prints(Pattern.compile("tool files have changed"), time);

            JsonNode job = ended(front, run(front, "{\"tool_name\":\"added\"}"));
            assertThat(job.path("status").stringValue()).as("%s", job).isEqualTo("completed");
            assertThat(job.path("output").stringValue()).contains("ran");
        }
    }

    @Test
    void progressMovesAndACancelledScriptIsStopped() throws Exception {
        Path scripts = Files.createDirectory(folder.resolve("scripts"));
        Files.writeString(
                scripts.resolve("slow.py"),
                """
                import pathlib, time
                print("pawl: progress 0.25 waiting")
                while pathlib.Path("%s").is_dir(): time.sleep(0.05)
                """
                        .formatted(scripts));
        try (var up = up(scripts)) {
            String front = up.prints(FRONT, time).group(1);
            String id = run(front, "{\"tool_name\":\"slow\"}");
            until(front, id, job -> job.path("progress").intValue() == 25);

            JsonNode cancelled = json("DELETE", front + "/api/jobs/" + id, "");

            assertThat(cancelled.path("message").isString()).isTrue();
            JsonNode job = ended(front, id);
            assertThat(job.path("status").stringValue()).isEqualTo("cancelled");
        }
    }

    private PawlProcess up(Path scripts) throws IOException {
        Path empty = Files.createTempFile(folder, "empty", "");
        return PawlProcess.start(
                folder,
                empty,
                List.of(),
                place.with(Map.of("PAWL_DATA", folder.resolve("data").toString())),
                "dev.pawl.app.Main",
                List.of(
                        "up",
                        "--port",
                        "0",
                        "--front",
                        "tool-runner:0",
                        "--scripts",
                        scripts.toString()));
    }

    private String run(String front, String body) throws Exception {
        JsonNode answer = json("POST", front + "/api/run", body);
        assertThat(answer.path("status").stringValue("")).as("%s", answer).isEqualTo("pending");
        return answer.path("job_id").stringValue();
    }

    private JsonNode ended(String front, String id) throws Exception {
        return until(front, id, job -> !job.path("completed_at").isNull());
    }

    private JsonNode until(String front, String id, java.util.function.Predicate<JsonNode> wanted)
            throws Exception {
        long deadline = time.nanos() + WAIT_MAX.toNanos();
        while (true) {
            JsonNode job = json("GET", front + "/api/jobs/" + id, "");
            if (wanted.test(job)) return job;
            assertThat(time.nanos() - deadline).as("%s", job).isNegative();
            time.sleep(POLL);
        }
    }

    private String get(String front, String id, String file) throws Exception {
        return text("GET", front + "/api/jobs/" + id + "/files/" + file, "");
    }

    private JsonNode json(String method, String address, String body) throws Exception {
        return JSON.readTree(text(method, address, body));
    }

    private String text(String method, String address, String body) throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create(address))
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body));
        return client.send(request.build(), BodyHandlers.ofString()).body();
    }

    private static Set<String> files(JsonNode job) {
        var files = new TreeSet<String>();
        job.path("output_files").values().forEach(file -> files.add(file.stringValue()));
        return files;
    }

    private static List<Path> leftInScripts() throws IOException {
        try (Stream<Path> files = Files.walk(SCRIPTS.resolve(".."))) {
            return files.filter(file -> !file.toString().matches(".*\\.(py|md|yaml|html)"))
                    .filter(file -> !Files.isDirectory(file) || file.endsWith("__pycache__"))
                    .toList();
        }
    }
}
