package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.SystemTime;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Both fronts in one process on one database, which is killed in the middle and comes again. */
@Tag("process")
@Timeout(300)
final class FrontsOnPostgresTest {
    private static final Path EXAMPLES =
            Path.of(System.getProperty("pawl.root", "."), "examples").toAbsolutePath();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);

    private final SystemTime time = new SystemTime();
    private final HttpClient client = HttpClient.newHttpClient();
    private final StorePlace place = StorePlace.fresh(StorePlace.Kind.POSTGRES);
    @TempDir Path folder;

    @BeforeEach
    void scripts() throws IOException {
        Programs.requirePython();
        Path from = EXAMPLES.resolve("tool-runner");
        try (var files = Files.walk(from)) {
            for (Path file : files.filter(each -> !each.toString().contains("__")).toList())
                Files.copy(
                        file, folder.resolve("runner").resolve(from.relativize(file).toString()));
        }
        Path go = folder.resolve("go");
        // Says how far it is, and goes on when it is told to.
        Files.writeString(
                folder.resolve("runner/tools/slow.py"),
                """
                import pathlib, time
                print("pawl: progress 0.25 waiting", flush=True)
                while not pathlib.Path("%s").exists(): time.sleep(0.05)
                """
                        .formatted(go));
        Files.createFile(folder.resolve("empty"));
    }

    @AfterEach
    void close() {
        client.close();
        place.close();
    }

    @Test
    void whatTheFrontsHadAcceptedIsDoneAndShownAfterTheirServerWasKilled() throws Exception {
        String graph;
        String fitted;
        String slow;
        try (var up = up()) {
            String runner = address(up, "front tool-runner");
            String sitefit = address(up, "front sitefit");
            for (String page : List.of(address(up, "") + "/", runner + "/docs"))
                assertThat(get(page).body()).startsWith("<!doctype html>");

            graph = run(runner, "build_graph");
            assertGraph(runner, graph);
            fitted = fit(sitefit, 202);
            until(sitefit + "/jobs/status/" + fitted, is("status", "succeeded"));
            slow = run(runner, "slow");
            try (var socket = new FrontSocket(client, runner, time).subscribe(slow)) {
                JsonNode moved = socket.until(is("progress", "25")).message();
                assertThat(moved.path("message").asString()).isEqualTo("waiting");
                up.kill();
            }
        }
        try (var up = up()) {
            String runner = address(up, "front tool-runner");
            String sitefit = address(up, "front sitefit");
            until(runner + "/api/jobs/" + slow, is("progress", "25"));
            try (var socket = new FrontSocket(client, runner, time).subscribe(slow)) {
                var _ = socket.until(is("status", "running"));
                Files.createFile(folder.resolve("go"));
                JsonNode complete = socket.until(is("type", "complete")).message();
                assertThat(complete.path("status").asString()).isEqualTo("completed");
            }
            assertGraph(runner, graph);
            assertThat(fit(sitefit, 200)).isEqualTo(fitted);
            assertThat(json(sitefit + "/jobs/result/" + fitted).toString()).contains("92.5");
            JsonNode stats = json(runner + "/api/stats").path("database");
            assertThat(stats.path("total_jobs").intValue()).isEqualTo(2);
            assertThat(stats.path("success_rate").doubleValue()).isEqualTo(100);
        }
    }

    /** Its files too, by the links that are told. */
    private void assertGraph(String runner, String id) throws Exception {
        JsonNode built = until(runner + "/api/jobs/" + id, is("status", "completed"));
        assertThat(built.path("output_files").toString())
                .isEqualTo("[\"build_graph.html\",\"knowledge_graph.json\"]");
        assertThat(get(runner + "/api/jobs/" + id + "/files/build_graph.html").body())
                .contains("<canvas");
    }

    private String run(String runner, String tool) throws Exception {
        var body = BodyPublishers.ofString("{\"tool_name\":\"%s\"}".formatted(tool));
        JsonNode answer = JSON.readTree(post(runner + "/api/run", body).body());
        assertThat(answer.path("status").asString("")).as("%s", answer).isEqualTo("pending");
        return answer.path("job_id").asString();
    }

    private String fit(String sitefit, int status) throws Exception {
        var body = BodyPublishers.ofFile(EXAMPLES.resolve("sitefit/minimal.json"));
        HttpResponse<String> answer = post(sitefit + "/jobs/run", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return JSON.readTree(answer.body()).path("job_id").asString();
    }

    private JsonNode until(String address, Predicate<JsonNode> wanted) throws Exception {
        long deadline = time.nanos() + WAIT_MAX.toNanos();
        while (true) {
            JsonNode told = json(address);
            if (wanted.test(told)) return told;
            assertThat(time.nanos() - deadline).as("%s", told).isNegative();
            time.sleep(POLL);
        }
    }

    private static Predicate<JsonNode> is(String field, String value) {
        return told -> told.path(field).asString("").equals(value);
    }

    private JsonNode json(String address) throws Exception {
        return JSON.readTree(get(address).body());
    }

    private HttpResponse<String> get(String address) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(address)).build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(address).isEqualTo(200);
        return answer;
    }

    private HttpResponse<String> post(String address, HttpRequest.BodyPublisher body)
            throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create(address))
                        .header("Content-Type", "application/json")
                        .POST(body)
                        .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private String address(PawlProcess up, String what) throws Exception {
        String words = what.isEmpty() ? "" : what + " at ";
        var wanted = Pattern.compile("pawl serves " + words + "(http://localhost:\\d+)");
        return up.prints(wanted, time).group(1);
    }

    private PawlProcess up() throws IOException {
        String scripts = folder.resolve("runner/tools").toString();
        String contracts = EXAMPLES.resolve("sitefit/contracts").toString();
        return PawlProcess.start(
                folder,
                folder.resolve("empty"),
                List.of(
                        "up",
                        "--port",
                        "0",
                        "--store",
                        place.database(),
                        "--front",
                        "tool-runner:0",
                        "--scripts",
                        scripts,
                        "--front",
                        "sitefit:0",
                        "--contracts",
                        contracts));
    }
}
