package dev.pawl.server.compute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.api.Json;
import dev.pawl.core.SystemTime;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Drives the server over plain HTTP, as the contract's document describes it. */
@Timeout(60)
final class ComputeServerTest {
    private static final ComputeOptions OPTIONS = ComputeOptions.defaults().withPort(0);

    private final HttpClient client = HttpClient.newHttpClient();
    private ComputeServer server = started(OPTIONS);

    private static ComputeServer started(ComputeOptions options) {
        return new ComputeServer(
                        Contracts.of(Shipped.CONTRACTS),
                        options,
                        new SystemTime(),
                        new SplittableRandom(1))
                .start();
    }

    private record Answer(HttpResponse<byte[]> response) {
        int status() {
            return response.statusCode();
        }

        JsonNode json() {
            return Json.trusted(new String(response.body(), StandardCharsets.UTF_8));
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    @Test
    void theDocumentedAnswerOfTheMockSolver() {
        var inputs = (ObjectNode) Shipped.example("rectangles").deepCopy();

        Answer answer = post("/gh/sitefit:1.0.0/solve", inputs.put("seed", 27).toString());

        assertThat(answer.status()).isEqualTo(200);
        var outputs = (ObjectNode) answer.json();
        assertThat(outputs.path("metadata").path("generated_at").asString("")).endsWith("Z");
        ((ObjectNode) outputs.path("metadata")).remove("generated_at");
        assertThat(outputs)
                .isEqualTo(
                        Json.trusted(
                                """
                                {"results": [{"id": "result-27", "transform": {
                                    "rotation": {"axis": "z", "value": 45, "units": "deg"},
                                    "translation": {"x": 7, "y": 7, "z": 0, "units": "m"},
                                    "scale": {"uniform": 1}},
                                  "score": 92.5,
                                  "metrics": {"area_m2": 100, "overlap_pct": 0,
                                    "distance_to_edge_m": 2.5, "seed": 27, "mock": true},
                                  "tags": ["mock", "feasible", "optimal"]}],
                                 "artifacts": [],
                                 "metadata": {"definition": "sitefit", "version": "1.0.0",
                                   "units": {"length": "m", "angle": "deg", "crs": "EPSG:5514"},
                                   "seed": 27,
                                   "engine": {"name": "mock", "version": "0.1.0",
                                     "mode": "deterministic"},
                                   "cache_hit": false, "warnings": []}}
                                """));
    }

    @Test
    void theSameSeedGivesTheSameResultsAndAnotherSeedOthers() {
        String inputs = Shipped.example("every-field").toString();
        JsonNode first = post("/gh/sitefit:1.0.0/solve", inputs).json().path("results");

        assertThat(post("/gh/sitefit:1.0.0/solve", inputs).json().path("results")).isEqualTo(first);
        assertThat(
                        post("/gh/sitefit:1.0.0/solve", inputs.replace("42", "43"))
                                .json()
                                .path("results"))
                .isNotEqualTo(first);
    }

    @Test
    void defaultsAreFilledInBeforeItSolves() {
        assertThat(post("/gh/sitefit:1.1.0/solve", "{}").json().toString())
                .isEqualTo("{\"result\":52}");
        assertThat(post("/gh/sitefit:1.1.0/solve", "{\"value\": 0.5}").json().toString())
                .isEqualTo("{\"result\":10.5}");
    }

    @Test
    void everyValidExampleIsSolvedAndEveryInvalidOneRefused() {
        for (Contract contract : Contracts.of(Shipped.CONTRACTS).all()) {
            String path = "/gh/" + contract.name() + "/solve";
            for (Contract.Example example : contract.valid())
                assertThat(post(path, example.inputs().toString()).status())
                        .as(example.name())
                        .isEqualTo(200);
            for (Contract.Example example : contract.invalid())
                assertThat(post(path, example.inputs().toString()).status())
                        .as(example.name())
                        .isEqualTo(400);
        }
    }

    @Test
    void aRefusalNamesEveryFieldThatIsWrong() {
        Answer answer =
                post(
                        "/gh/sitefit:1.0.0/solve",
                        "{\"crs\": \"x\", \"house\": {\"coordinates\": [[1, 2]]}, \"sede\": 1}",
                        "x-correlation-id",
                        "demo-1");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("x-correlation-id")).isEqualTo("demo-1");
        assertThat(answer.json().path("code").asInt()).isEqualTo(400);
        assertThat(answer.json().path("message").asString("")).isNotEmpty();
        assertThat(answer.json().path("correlation_id").asString("")).isEqualTo("demo-1");
        assertThat(answer.json().path("details").values())
                .extracting(detail -> detail.path("instancePath").asString(""))
                .containsExactlyInAnyOrder("/crs", "/parcel", "/house/coordinates", "/sede");
    }

    @Test
    void whatIsNoJsonIs400() {
        assertThat(post("/gh/sitefit:1.1.0/solve", "{").status()).isEqualTo(400);
        assertThat(post("/gh/sitefit:1.1.0/solve", "").status()).isEqualTo(400);
        assertThat(post("/gh/sitefit:1.1.0/solve", "{\"value\": 1e400}").status()).isEqualTo(400);
    }

    @Test
    void anUnknownContractIs404() {
        for (String name : List.of("sitefit:9.9.9", "other:1.0.0", "sitefit", ":", "..%2F..:1")) {
            Answer answer = post("/gh/" + name + "/solve", "{}");

            assertThat(answer.status()).as(name).isEqualTo(404);
            assertThat(answer.json().path("code").asInt()).isEqualTo(404);
        }
    }

    @Test
    void anUnknownPathIs404AndSaysWhich() {
        Answer answer = post("/solve", "{}");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().toString())
                .isEqualTo("{\"code\":404,\"message\":\"Endpoint not found\",\"path\":\"/solve\"}");
    }

    @Test
    void moreVerticesThanTheManifestAllowsAre422() {
        var inputs = (ObjectNode) Shipped.example("rectangles").deepCopy();
        var coordinates = ((ObjectNode) inputs.path("parcel")).withArray("coordinates");
        for (int i = 0; i < 10_000; i++) coordinates.addArray().add(i).add(i);

        Answer answer = post("/gh/sitefit:1.0.0/solve", inputs.toString());

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("message").asString("")).contains("10008");
    }

    @Test
    void asManyVerticesAsTheManifestAllowsAreSolved() {
        var inputs = (ObjectNode) Shipped.example("rectangles").deepCopy();
        var coordinates = ((ObjectNode) inputs.path("parcel")).putArray("coordinates");
        int house = inputs.path("house").path("coordinates").size();
        for (int i = 0; i < 10_000 - house; i++) coordinates.addArray().add(i).add(i);

        assertThat(post("/gh/sitefit:1.0.0/solve", inputs.toString()).status()).isEqualTo(200);
        coordinates.addArray().add(0).add(0);
        Answer over = post("/gh/sitefit:1.0.0/solve", inputs.toString());
        assertThat(over.status()).isEqualTo(422);
        assertThat(over.json().path("message").asString(""))
                .isEqualTo("The outlines have 10001 vertices; the contract takes 10000");
    }

    @Test
    void aBodyOverTenMegabytesIs413() {
        Answer answer = post("/gh/sitefit:1.1.0/solve", " ".repeat((10 << 20) + 1));

        assertThat(answer.status()).isEqualTo(413);
    }

    @Test
    void withoutASeatItIs429WithRetryAfter() throws Exception {
        server.close();
        server = started(OPTIONS.withSeats(1, Duration.ZERO));
        var solves = new ArrayList<Future<Answer>>();
        for (int i = 0; i < 8; i++) {
            var solve = new FutureTask<>(() -> post("/gh/sitefit:1.1.0/solve", "{}"));
            Thread.ofVirtual().start(solve);
            solves.add(solve);
        }

        int refused = 0;
        int solved = 0;
        for (Future<Answer> solve : solves) {
            Answer answer = solve.get();
            if (answer.status() == 200) solved++;
            if (answer.status() == 429 && answer.header("Retry-After").equals("1")) refused++;
        }

        assertThat(solved).isPositive();
        assertThat(refused).isPositive();
        assertThat(solved + refused).isEqualTo(8);
        assertThat(post("/gh/sitefit:1.1.0/solve", "{}").status()).isEqualTo(200);
    }

    @Test
    void faultsStrikeInTheirOrderAndAreOver() {
        for (String text : List.of("429*2", "422*1", "502*1", "504*1", "bad-output*1"))
            server.fault(Fault.parse(text).orElseThrow());

        var statuses = new ArrayList<Integer>();
        for (int i = 0; i < 7; i++) statuses.add(post("/gh/sitefit:1.1.0/solve", "{}").status());

        assertThat(statuses).containsExactly(429, 429, 422, 502, 504, 500, 200);
    }

    @Test
    void garbageSaysItIsJsonAndIsNone() {
        server.fault(new Fault(Fault.Kind.GARBAGE, 1));

        Answer answer = post("/gh/sitefit:1.1.0/solve", "{}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(Json.read(answer.response().body())).isInstanceOf(Json.Reading.Unreadable.class);
    }

    @Test
    void aFaultThatIsNoneIsNotRead() {
        for (String text : List.of("", "418", "429*0", "429*", "*1", "slow fault"))
            assertThat(Fault.parse(text)).as(text).isEmpty();
        assertThat(Fault.parse("503")).contains(new Fault(Fault.Kind.DOWN, Fault.ALWAYS));
    }

    @Test
    void healthAndReadinessAreTold() {
        assertThat(get("/health").json().toString())
                .isEqualTo("{\"status\":\"ok\",\"service\":\"appserver-node\",\"mode\":\"mock\"}");
        assertThat(get("/ready").status()).isEqualTo(200);
        assertThat(get("/ready").json().path("status").asString("")).isEqualTo("ready");
    }

    @Test
    void aCallWithoutACorrelationIdGetsOne() {
        Answer answer = post("/gh/sitefit:9.9.9/solve", "{}");

        assertThat(answer.header("x-correlation-id")).hasSize(36);
        assertThat(answer.json().path("correlation_id").asString(""))
                .isEqualTo(answer.header("x-correlation-id"));
    }

    private Answer post(String path, String body, String... headers) {
        var request =
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body));
        if (headers.length > 0) request.headers(headers);
        return send(request);
    }

    private Answer get(String path) {
        return send(request(path));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path));
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            return new Answer(client.send(request.build(), BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
