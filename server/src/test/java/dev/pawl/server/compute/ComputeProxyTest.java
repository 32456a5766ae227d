package dev.pawl.server.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.api.Json;
import dev.pawl.core.SystemTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The compute server as a proxy, over plain HTTP on both sides; behind it is {@link RhinoFake}. */
@Timeout(60)
final class ComputeProxyTest {
    private static final String POINTER = "C:\\compute\\sitefit\\1.1.0\\ghlogic.ghx";
    private static final RhinoFake.Definition TEN_MORE =
            RhinoFake.definition(
                    Map.of("value", "Number"),
                    given -> Map.of("result", List.of((Double) given.first("value") + 10)));

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final RhinoFake rhino = new RhinoFake();
    @TempDir private Path folder;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open.reversed()) one.close();
        rhino.close();
        client.close();
    }

    private ComputeServer proxy(UnaryOperator<RhinoOptions> change) {
        return proxy(Shipped.CONTRACTS, change, ComputeOptions.defaults());
    }

    private ComputeServer proxy(
            Path contracts, UnaryOperator<RhinoOptions> change, ComputeOptions options) {
        var there = RhinoOptions.of(rhino.url()).withDefinitions("C:\\compute\\");
        return started(contracts, change.apply(there), options);
    }

    private ComputeServer started(Path contracts, RhinoOptions there, ComputeOptions options) {
        var server =
                new ComputeServer(
                                Contracts.of(contracts).solvedBy(there),
                                there,
                                options.withPort(0),
                                new SystemTime(),
                                new SplittableRandom(1))
                        .start();
        open.add(server);
        return server;
    }

    // ---- The way there and back

    @Test
    void theInputsAreSentAsTheBindingsSayAndTheAnswerComesBackAsOutputs() throws Exception {
        rhino.key = "secret-7";
        rhino.define(POINTER.replace("1.1.0", "1.0.0"), places());
        var server = proxy(options -> options.withKey("secret-7"));

        HttpResponse<String> answer =
                solve(server, "1.0.0", Shipped.example("every-field").toString(), "demo-1");

        assertThat(json(answer))
                .isEqualTo(
                        Json.trusted(
                                """
                                {"results": [
                                  {"transform": {"rotation": {"axis": "z", "value": 2.5, "units": "deg"},
                                     "translation": {"x": 40.0, "y": 2.0, "z": 0, "units": "m"},
                                     "scale": {"uniform": 1}}, "score": 42.25},
                                  {"transform": {"rotation": {"axis": "z", "value": 90, "units": "deg"},
                                     "translation": {"x": 12.0, "y": 0.0, "z": 0, "units": "m"},
                                     "scale": {"uniform": 1}}, "score": 0.5}]}
                                """));
        RhinoFake.Call call = rhino.came.take();
        assertThat(call.correlationId()).isEqualTo("demo-1");
        assertThat(call.body().path("algo").isNull()).isTrue();
        assertThat(call.body().path("pointer").stringValue())
                .isEqualTo("C:\\compute\\sitefit\\1.0.0\\ghlogic.ghx");
        assertThat(sent(call))
                .hasSize(6)
                .contains("crs {0} System.String \"EPSG:32633\"")
                .anyMatch(line -> line.startsWith("parcel {0} Rhino.Geometry.PolylineCurve {\"v"))
                .endsWith(
                        "rotation {0} System.String"
                                + " \"{\\\"min\\\":0,\\\"max\\\":90,\\\"step\\\":2.5}\"",
                        "grid_step {0} System.Double 0.25", "seed {0} System.Int32 42");
    }

    /** Takes every type of value, and gives back what shows that it got them. */
    private static RhinoFake.Definition places() {
        return RhinoFake.definition(
                Map.of(
                        "parcel",
                        "Geometry",
                        "house",
                        "Geometry",
                        "rotation",
                        "Text",
                        "seed",
                        "Integer",
                        "grid_step",
                        "Number",
                        "crs",
                        "Text"),
                given -> {
                    JsonNode rotation = Json.trusted((String) given.first("rotation"));
                    double seed = (Integer) given.first("seed");
                    return Map.of(
                            "transforms",
                            List.of(
                                    transform(rotation.path("step"), second(given, "parcel")),
                                    transform(rotation.path("max"), second(given, "house"))),
                            "scores",
                            List.of(
                                    seed + (Double) given.first("grid_step"),
                                    given.first("crs").equals("EPSG:32633") ? 0.5 : 0));
                });
    }

    private static List<?> second(RhinoFake.Given given, String parameter) {
        return (List<?>) ((List<?>) given.first(parameter)).get(1);
    }

    private static String transform(JsonNode rotation, List<?> point) {
        return """
        {"rotation": {"axis": "z", "value": %s, "units": "deg"},
         "translation": {"x": %s, "y": %s, "z": 0, "units": "m"}, "scale": {"uniform": 1}}
        """
                .formatted(rotation, point.get(0), point.get(1));
    }

    /** Each value of a call as {@code name path type data}. */
    private static List<String> sent(RhinoFake.Call call) {
        var lines = new ArrayList<String>();
        for (JsonNode value : call.body().path("values"))
            for (var branch : value.path("InnerTree").properties())
                for (JsonNode item : branch.getValue())
                    lines.add(
                            "%s %s %s %s"
                                    .formatted(
                                            value.path("ParamName").stringValue(),
                                            branch.getKey(),
                                            item.path("type").stringValue(),
                                            item.path("data").stringValue()));
        return lines;
    }

    @Test
    void aDefinitionInTheContractsFolderIsSentAlong() throws Exception {
        Path contract = ContractCopy.ofDebug(folder, "debug", "1.0.0");
        Files.writeString(contract.resolve("ghlogic.ghx"), "my definition");
        ContractCopy.ofDebug(folder, "bare", "1.0.0");
        rhino.define("my definition", TEN_MORE);

        Contracts contracts = Contracts.of(folder).solvedBy(RhinoOptions.of(rhino.url()));
        var server =
                proxy(folder, options -> options.withDefinitions(""), ComputeOptions.defaults());

        assertThat(contracts.all()).extracting(Contract::name).containsExactly("debug:1.0.0");
        assertThat(contracts.problems())
                .extracting(ContractProblem::toString)
                .containsExactly(
                        folder.resolve("bare/1.0.0/ghlogic.ghx")
                                + ": is missing, and compute.definitions names no other place;"
                                + " this contract is not served");
        assertThat(post(server, "/gh/debug:1.0.0/solve", "{\"value\": 5}", "x").body())
                .isEqualTo("{\"result\":15.0}");
        assertThat(rhino.came.take().body().path("pointer").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "/srv/gh, /srv/gh/sitefit/1.1.0/ghlogic.ghx",
        "https://files.example/gh/, https://files.example/gh/sitefit/1.1.0/ghlogic.ghx",
        "D:\\gh, D:\\gh\\sitefit\\1.1.0\\ghlogic.ghx"
    })
    void aPointerHasTheSlashesOfItsPlace(String definitions, String pointer) throws Exception {
        rhino.define(pointer, TEN_MORE);

        var answer = solve(proxy(options -> options.withDefinitions(definitions)), "{}");

        assertThat(answer.body()).isEqualTo("{\"result\":52.0}");
        assertThat(rhino.came.take().body().path("pointer").stringValue()).isEqualTo(pointer);
    }

    @Test
    void anIdThatNoHeaderCanHoldIsMadeButNotPassedOn() throws Exception {
        rhino.define(POINTER, TEN_MORE);
        var server = proxy(options -> options);

        assertThat(post(server, "/gh/sitefit:1.1.0/solve", "{}", "x".repeat(300)).statusCode())
                .isEqualTo(200);

        assertThat(rhino.came.take().correlationId()).isEmpty();
    }

    // ---- What goes wrong

    @ParameterizedTest
    @CsvSource({
        "401, 502, refuses the key",
        "403, 502, refuses the key",
        "404, 502, check compute.url",
        "302, 502, check compute.url",
        "422, 422, rejects",
        "429, 429, no seat",
        "500, 503, answered 500",
        "503, 503, answered 503"
    })
    void aStatusOfRhinoComputeBecomesTheDocumentedOne(int theirs, int ours, String message)
            throws Exception {
        rhino.instead = new RhinoFake.Reply(theirs, "<html>no</html>");

        HttpResponse<String> answer = solve(proxy(options -> options), "{}");

        assertThat(answer.statusCode()).isEqualTo(ours);
        assertThat(json(answer).path("code").asInt()).isEqualTo(ours);
        assertThat(json(answer).path("message").stringValue()).contains(message);
        assertThat(json(answer).path("correlation_id").stringValue()).isEqualTo("demo-1");
    }

    @Test
    void errorsOfTheDefinitionRejectTheInputs() throws Exception {
        rhino.define(
                POINTER,
                RhinoFake.definition(
                        Map.of("value", "Number"),
                        _ -> {
                            throw new IllegalArgumentException("1. Solution is empty");
                        }));

        HttpResponse<String> answer = solve(proxy(options -> options), "{}");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(json(answer).path("details").toString())
                .isEqualTo("[{\"message\":\"1. Solution is empty: component \\\"Solver\\\"\"}]");
    }

    @Test
    void errorsInAnAnswerWithStatus200RejectTheInputsToo() throws Exception {
        rhino.instead = new RhinoFake.Reply(200, "{\"values\": [], \"errors\": [\"no curve\"]}");

        assertThat(solve(proxy(options -> options), "{}").statusCode()).isEqualTo(422);
    }

    @Test
    void warningsDoNotFailASolve() throws Exception {
        rhino.instead =
                new RhinoFake.Reply(
                        200,
                        """
                        {"values": [{"ParamName": "result", "InnerTree":
                          {"{0}": [{"type": "System.Double", "data": "52.5"}]}}],
                         "warnings": ["slow"]}
                        """);

        assertThat(solve(proxy(options -> options), "{}").body()).isEqualTo("{\"result\":52.5}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''",
                "{\"values\": [",
                "<html></html>",
                "[]",
                "{}",
                "{\"values\": [{\"ParamName\": \"result\"}]}",
                "{\"values\": [7]}",
                "{\"values\": [{\"ParamName\": \"result\", \"InnerTree\": {\"{0}\": [{\"data\":"
                        + " 5}]}}]}"
            })
    void garbageIs502(String body) throws Exception {
        rhino.instead = new RhinoFake.Reply(200, body);

        assertThat(solve(proxy(options -> options), "{}").statusCode()).isEqualTo(502);
    }

    @ParameterizedTest
    @CsvSource({
        "NaN, NaN is no JSON",
        "'\"5\"', is no number",
        "'5\"}, {\"data\":\"6', 2 values for one place",
    })
    void valuesThatAreNotWhatTheBindingsSayAre500(String data, String message) throws Exception {
        String escaped = data.startsWith("\"") ? data.replace("\"", "\\\"") : data;
        rhino.instead =
                new RhinoFake.Reply(
                        200,
                        "{\"values\": [{\"ParamName\": \"result\", \"InnerTree\": {\"{0}\":"
                                + " [{\"data\": \"%s\"}]}}]}".formatted(escaped));

        HttpResponse<String> answer = solve(proxy(options -> options), "{}");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(json(answer).path("message").stringValue()).contains(message);
    }

    @Test
    void aParameterThatTheDefinitionLacksIsNamedWithThoseThatItHas() throws Exception {
        rhino.define(
                POINTER,
                RhinoFake.definition(Map.of(), _ -> Map.of("RH_OUT:result", List.of(1.0))));

        HttpResponse<String> answer = solve(proxy(options -> options), "{}");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(json(answer).path("message").stringValue())
                .isEqualTo("The definition gives no result; it gives [RH_OUT:result]");
    }

    @Test
    void outputsThatBreakTheContractAre500() throws Exception {
        rhino.define(
                POINTER.replace("1.1.0", "1.0.0"),
                RhinoFake.definition(
                        Map.of(),
                        _ -> Map.of("transforms", List.of("{\"turn\": 1}"), "scores", List.of())));

        HttpResponse<String> answer =
                solve(
                        proxy(options -> options),
                        "1.0.0",
                        Shipped.example("rectangles").toString(),
                        "x");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(json(answer).path("message").stringValue())
                .isEqualTo("Output violates the contract");
    }

    @Test
    void anAnswerThatIsTooLongIsNotRead() throws Exception {
        rhino.instead = new RhinoFake.Reply(200, " ".repeat(1_001));

        var answer = solve(proxy(options -> options.withAnswerBytesMax(1_000)), "{}");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains("more than 1,000 bytes");
    }

    @Test
    void aServerThatDoesNotAnswerInTimeIs504AndItsSeatIsFreeAgain() throws Exception {
        rhino.define(POINTER, TEN_MORE);
        rhino.instead = new RhinoFake.Reply(0, "");
        var server =
                proxy(
                        Shipped.CONTRACTS,
                        options -> options.withTimeout(Duration.ofMillis(200)),
                        ComputeOptions.defaults().withSeats(1, Duration.ZERO));

        HttpResponse<String> answer = solve(server, "{}");
        rhino.instead = null;

        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(answer.body()).contains("no whole answer within 200 ms");
        assertThat(solve(server, "{}").statusCode()).isEqualTo(200);
    }

    @Test
    void noMoreCallsThanThereAreSeatsReachIt() throws Exception {
        rhino.instead = new RhinoFake.Reply(0, "");
        var server =
                proxy(
                        Shipped.CONTRACTS,
                        options -> options.withTimeout(Duration.ofMinutes(1)),
                        ComputeOptions.defaults().withSeats(1, Duration.ZERO));
        Future<HttpResponse<String>> first = later(() -> solve(server, "{}"));
        var _ = rhino.came.take();

        HttpResponse<String> second = solve(server, "{}");

        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(second.headers().firstValue("Retry-After")).contains("1");
        assertThat(rhino.came).isEmpty();
        rhino.close();
        assertThat(first.get().statusCode()).isEqualTo(503);
    }

    private static <T> Future<T> later(java.util.concurrent.Callable<T> call) {
        var task = new FutureTask<>(call);
        Thread.ofVirtual().start(task);
        return task;
    }

    @Test
    void aConnectionThatEndsIs503() throws Exception {
        rhino.instead = new RhinoFake.Reply(-1, "");

        assertThat(solve(proxy(options -> options), "{}").statusCode()).isEqualTo(503);
    }

    @Test
    void aServerThatIsDownAtTheStartIs503AndServesOnceItIsUp() throws Exception {
        rhino.close();
        var server = proxy(options -> options);

        assertThat(solve(server, "{}").statusCode()).isEqualTo(503);
        HttpResponse<String> unready = get(server, "/ready");
        assertThat(unready.statusCode()).isEqualTo(503);
        assertThat(json(unready).path("status").stringValue()).isEqualTo("not_ready");
        assertThat(json(unready).path("reason").stringValue())
                .contains("can't be reached", "ConnectException");
        HttpResponse<String> ill = get(server, "/health");
        assertThat(ill.statusCode()).isEqualTo(200);
        assertThat(json(ill).path("status").stringValue()).isEqualTo("degraded");

        try (var again = new RhinoFake(rhino.port())) {
            again.define(POINTER, TEN_MORE);

            assertThat(solve(server, "{}").body()).isEqualTo("{\"result\":52.0}");
            assertThat(get(server, "/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void healthAndReadinessTellTheModeAndAskRhinoCompute() throws Exception {
        var server = proxy(options -> options.withKey("right"));

        assertThat(get(server, "/health").body())
                .isEqualTo(
                        "{\"status\":\"ok\",\"service\":\"appserver-node\",\"mode\":\"compute\"}");
        rhino.healthcheck = false;
        assertThat(get(server, "/ready").body())
                .isEqualTo(
                        "{\"status\":\"ready\",\"service\":\"appserver-node\",\"mode\":\"compute\"}");
        rhino.key = "another";
        HttpResponse<String> unready = get(server, "/ready");
        assertThat(unready.statusCode()).isEqualTo(503);
        assertThat(json(unready).path("reason").stringValue()).endsWith("answers 401");
        assertThat(unready.body()).doesNotContain("right");
    }

    @Test
    void aSeedBeyond32BitsIsRejectedBeforeItIsSent() throws Exception {
        String inputs =
                Shipped.example("every-field").toString().replace("\"seed\":42", "\"seed\":4e9");

        HttpResponse<String> answer = solve(proxy(options -> options), "1.0.0", inputs, "x");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("seed takes integer", "32 bits");
        assertThat(rhino.came).isEmpty();
    }

    @Test
    void optionsThatAreNoneAreRefused() {
        for (String url :
                List.of("ftp://x", "http:///x", "localhost:6500", "http://u:p@h", "http://h?x"))
            assertThatThrownBy(() -> RhinoOptions.of(URI.create(url)))
                    .as(url)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("address of Rhino.Compute");
        var good = RhinoOptions.of(URI.create("https://rhino.example:6500/base"));
        assertThatThrownBy(() -> good.withKey("a b")).hasMessageContaining("no blanks");
        assertThatThrownBy(() -> good.withTimeout(Duration.ZERO)).hasMessageContaining("want > 0");
        assertThat(good.withKey("secret-7").toString()).doesNotContain("secret-7");
    }

    private HttpResponse<String> solve(ComputeServer server, String inputs) {
        return solve(server, "1.1.0", inputs, "demo-1");
    }

    private HttpResponse<String> solve(
            ComputeServer server, String version, String inputs, String flow) {
        return post(server, "/gh/sitefit:" + version + "/solve", inputs, flow);
    }

    private HttpResponse<String> post(ComputeServer server, String path, String body, String flow) {
        return send(
                request(server, path)
                        .header("x-correlation-id", flow)
                        .POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> get(ComputeServer server, String path) {
        return send(request(server, path));
    }

    private static HttpRequest.Builder request(ComputeServer server, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return Json.trusted(answer.body());
    }
}
