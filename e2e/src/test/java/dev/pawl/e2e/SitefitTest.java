package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.api.Json;
import dev.pawl.core.SystemTime;
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
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code pawl up --front sitefit:PORT} and {@code pawl compute} as processes of their own. */
@Tag("process")
@ParameterizedClass(name = "on {0}")
@EnumSource(StorePlace.Kind.class)
@Timeout(300)
final class SitefitTest {
    private static final Path EXAMPLES =
            Path.of(System.getProperty("pawl.root", "."), "examples/sitefit").toAbsolutePath();
    private static final Pattern FRONT =
            Pattern.compile("pawl serves front sitefit at (http://localhost:\\d+)");
    private static final Pattern COMPUTE =
            Pattern.compile("pawl computes on (http://localhost:\\d+)");

    private final SystemTime time = new SystemTime();
    private final HttpClient client = HttpClient.newHttpClient();
    @TempDir Path folder;

    private final StorePlace place;

    SitefitTest(StorePlace.Kind kind) {
        place = StorePlace.fresh(kind);
    }

    @AfterEach
    void drop() {
        place.close();
    }

    @Test
    void theExampleRunsAndItsResultIsThereAfterARestart() throws Exception {
        String first;
        try (var up = up(Map.of())) {
            assertThat(up.printed()).contains("pawl computes in this process on http://localhost:");
            String front = up.prints(FRONT, time).group(1);
            HttpResponse<String> run = run(front);
            assertThat(run.statusCode()).isEqualTo(202);
            first = id(run);
            awaitSuccess(front, first, up);
        }
        try (var up = up(Map.of())) {
            String front = up.prints(FRONT, time).group(1);

            HttpResponse<String> again = run(front);

            assertThat(again.statusCode()).as(up::said).isEqualTo(200);
            assertThat(id(again)).isEqualTo(first);
            assertThat(get(front + "/jobs/result/" + first).body())
                    .contains("\"id\":\"result-7\"", "\"score\":92.5");
        }
    }

    @Test
    void aComputeServerOfItsOwnIsCalledWhereTheVariableSays() throws Exception {
        try (var compute =
                start(
                        Map.of("CONTRACTS_DIR", EXAMPLES.resolve("contracts").toString()),
                        List.of("compute", "--port", "0", "--fault", "429*1"))) {
            String server = compute.prints(COMPUTE, time).group(1);
            String url = server + "/gh/{definition}:{version}/solve";
            try (var up = up(Map.of("APPSERVER_URL", url))) {
                String front = up.prints(FRONT, time).group(1);
                String id = id(run(front));

                awaitSuccess(front, id, up);

                assertThat(get(front + "/jobs/status/" + id).body()).contains("\"attempts\":2");
                assertThat(up.printed()).doesNotContain("computes in this process");
                assertThat(compute.printed()).contains("solve.error", "solve.success", "demo-1");
            }
        }
    }

    private PawlProcess up(Map<String, String> environment) throws Exception {
        return start(
                environment,
                List.of(
                        "up",
                        "--port",
                        "0",
                        "--front",
                        "sitefit:0",
                        "--contracts",
                        EXAMPLES.resolve("contracts").toString()));
    }

    private PawlProcess start(Map<String, String> environment, List<String> arguments)
            throws Exception {
        Path empty = folder.resolve("empty");
        if (!Files.exists(empty)) Files.createFile(empty);
        var process =
                PawlProcess.start(
                        folder,
                        empty,
                        List.of(),
                        place.with(environment),
                        "dev.pawl.app.Main",
                        arguments);
        process.prints(Pattern.compile("pawl (serves front|computes on)"), time);
        return process;
    }

    private HttpResponse<String> run(String front) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(front + "/jobs/run"))
                        .header("Content-Type", "application/json")
                        .header("x-correlation-id", "demo-1")
                        .POST(BodyPublishers.ofFile(EXAMPLES.resolve("minimal.json")))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String url) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    private static String id(HttpResponse<String> run) {
        return Json.trusted(run.body()).path("job_id").asString("");
    }

    private void awaitSuccess(String front, String id, PawlProcess up) throws Exception {
        String state = "";
        while (!state.equals("succeeded")) {
            assertThat(state).as(up::said).isNotEqualTo("failed");
            time.sleep(Duration.ofMillis(20));
            state =
                    Json.trusted(get(front + "/jobs/status/" + id).body())
                            .path("status")
                            .asString("");
        }
    }
}
