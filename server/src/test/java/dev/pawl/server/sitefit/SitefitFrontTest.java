package dev.pawl.server.sitefit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.QueueEntry;
import dev.pawl.server.OnEachStore;
import dev.pawl.server.ServerOptions;
import dev.pawl.server.StoreKind;
import dev.pawl.server.compute.Contract;
import dev.pawl.server.compute.Contracts;
import dev.pawl.server.compute.Fault;
import dev.pawl.server.compute.Shipped;
import dev.pawl.server.sitefit.Sitefit.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The front over plain HTTP, against what the site-fit jobs' document promises. The original's own
 * acceptance tests are among these.
 */
@Timeout(60)
@OnEachStore
final class SitefitFrontTest {
    @TempDir private Path folder;

    private final StoreKind kind;

    SitefitFrontTest(StoreKind kind) {
        this.kind = kind;
    }

    // ---- The way of a job

    @Test
    void theHappyPath() throws Exception {
        try (var sitefit = new Sitefit(kind, folder).working()) {
            Answer run = sitefit.run("{\"value\": 5}", "x-correlation-id", "demo-1");

            assertThat(run.status()).isEqualTo(202);
            String id = run.field("job_id");
            assertThat(run.json().toString())
                    .isEqualTo(
                            "{\"job_id\":\"%s\",\"status\":\"queued\",\"correlation_id\":\"demo-1\"}"
                                    .formatted(id));
            Answer status = sitefit.ended(id);
            assertThat(status.status()).isEqualTo(200);
            assertThat(status.field("created_at")).endsWith("Z");
            assertThat(status.json().toString())
                    .isEqualTo(
                            "{\"job_id\":\"%s\",\"status\":\"succeeded\",\"has_result\":true,\"created_at\":\"%s\",\"correlation_id\":\"demo-1\",\"attempts\":1}"
                                    .formatted(id, status.field("created_at")));
            Answer result = sitefit.get("/jobs/result/" + id);
            assertThat(result.status()).isEqualTo(200);
            assertThat(result.text()).isEqualTo("{\"result\":15}");
        }
    }

    @Test
    void theSameInputsTwiceAreTheSameJob() throws Exception {
        try (var sitefit = new Sitefit(kind, folder)) {
            String id = sitefit.run("{\"value\": 5}").field("job_id");

            Answer waiting = sitefit.run("{ \"value\":5 }", "x-correlation-id", "second");
            assertThat(waiting.status()).isEqualTo(202);
            assertThat(waiting.field("job_id")).isEqualTo(id);
            assertThat(waiting.field("status")).isEqualTo("queued");
            assertThat(waiting.json().has("cached")).isFalse();

            sitefit.working();
            var _ = sitefit.ended(id);
            Answer done = sitefit.run("{\"value\": 5}", "x-correlation-id", "third");
            assertThat(done.status()).isEqualTo(200);
            assertThat(done.json().toString())
                    .isEqualTo(
                            "{\"job_id\":\"%s\",\"status\":\"succeeded\",\"correlation_id\":\"third\",\"cached\":true}"
                                    .formatted(id));
        }
    }

    @Test
    void theSameInputsAtTheSameMomentAreOneJob() throws Exception {
        try (var sitefit = new Sitefit(kind, folder)) {
            var runs = new ArrayList<Future<Answer>>();
            for (int i = 0; i < 12; i++) {
                var run = new FutureTask<>(() -> sitefit.run("{\"value\": 9}"));
                Thread.ofVirtual().start(run);
                runs.add(run);
            }

            var ids = new HashSet<String>();
            for (Future<Answer> run : runs) ids.add(run.get().field("job_id"));

            assertThat(ids).hasSize(1);
            assertThat(sitefit.store.list(JobFilter.ALL, "", 10)).hasSize(1);
        }
    }

    @Test
    void orderOfMembersIsNoDifferenceAndTextOfNumbersIs() {
        try (var sitefit = new Sitefit(kind, folder)) {
            String one =
                    """
                    {"crs": "EPSG:1",
                     "parcel": {"coordinates": [[0, 0], [1.50, 0], [1, 1e1], [0, 1]]},
                     "house": {"coordinates": [[0, 0], [1, 0], [1, 1], [0, 1]]}}
                    """;
            String other =
                    """
                    {"house": {"coordinates": [[0, 0], [1, 0], [1, 1], [0, 1]]},
                     "parcel": {"coordinates": [[0, 0], [1.5, 0], [1, 10.0], [0, 1]]},
                     "crs": "EPSG:1"}
                    """;

            assertThat(sitefit.runVersion("1.0.0", other).field("job_id"))
                    .isEqualTo(sitefit.runVersion("1.0.0", one).field("job_id"));
            assertThat(sitefit.run("{\"value\": 7}").field("job_id"))
                    .isNotEqualTo(sitefit.run("{\"value\": 7.0}").field("job_id"));
        }
    }

    @Test
    void inputsThatAreTheSameWithTheirDefaultsShareAResultButNoJob() throws Exception {
        try (var sitefit = new Sitefit(kind, folder).working()) {
            String id = sitefit.run("{}").field("job_id");
            var _ = sitefit.ended(id);

            Answer spelled = sitefit.run("{\"value\": 42}");

            assertThat(spelled.status()).isEqualTo(200);
            assertThat(spelled.field("job_id")).isNotEqualTo(id);
            assertThat(spelled.json().path("cached").asBoolean()).isTrue();
            assertThat(sitefit.get("/jobs/result/" + spelled.field("job_id")).text())
                    .isEqualTo("{\"result\":52}");
        }
    }

    @Test
    void bothKeysOfTheInputsAreKept() {
        try (var sitefit = new Sitefit(kind, folder)) {
            String run = sitefit.runVersion("1.0.0", Shipped.MINIMAL.toString()).field("job_id");

            var submission =
                    sitefit.store.find(JobId.parse(run).orElseThrow()).orElseThrow().submission();

            assertThat(submission.tags()).containsExactly("app:sitefit");
            assertThat(submission.idempotencyKey()).isEqualTo("sitefit:" + Shipped.MINIMAL_HASH);
            assertThat(submission.key().hash()).hasSize(64).isNotEqualTo(Shipped.MINIMAL_HASH);
        }
    }

    @Test
    void theCorrelationIdGoesFromEndToEnd() throws Exception {
        try (var sitefit = new Sitefit(kind, folder).working()) {
            sitefit.compute.fault(new Fault(Fault.Kind.REJECTED, 1));
            Answer run = sitefit.run("{}", "x-correlation-id", "demo-1");
            assertThat(run.header("x-correlation-id")).isEqualTo("demo-1");
            String id = run.field("job_id");

            Answer status = sitefit.ended(id);

            assertThat(status.header("x-correlation-id")).isEqualTo("demo-1");
            assertThat(status.field("correlation_id")).isEqualTo("demo-1");
            // What the compute server was called with, as its error body says it.
            assertThat(status.json().path("last_error").path("message").asString(""))
                    .contains("\"correlation_id\":\"demo-1\"");
            assertThat(sitefit.store.list(JobFilter.ALL.withCorrelationId("demo-1"), "", 10))
                    .hasSize(1);
        }
    }

    @Test
    void aRequestWithoutACorrelationIdGetsOne() {
        try (var sitefit = new Sitefit(kind, folder)) {
            Answer run = sitefit.run("{}");

            assertThat(run.field("correlation_id")).hasSize(36);
            assertThat(run.header("x-correlation-id")).isEqualTo(run.field("correlation_id"));
        }
    }

    @Test
    void theSameSeedGivesTheSameResults() throws Exception {
        try (var sitefit = new Sitefit(kind, folder).working();
                var other = new Sitefit(kind, folder.resolve("other")).working()) {
            String inputs =
                    Shipped.read(
                                    Shipped.CONTRACTS.resolve(
                                            "sitefit/1.0.0/examples/valid/every-field.json"))
                            .toString();

            assertThat(results(sitefit, inputs)).isEqualTo(results(other, inputs));
            assertThat(results(sitefit, inputs.replace("\"seed\":42", "\"seed\":43")))
                    .isNotEqualTo(results(other, inputs));
        }
    }

    private static String results(Sitefit sitefit, String inputs) throws InterruptedException {
        String id = sitefit.runVersion("1.0.0", inputs).field("job_id");
        assertThat(sitefit.ended(id).field("status")).isEqualTo("succeeded");
        return sitefit.get("/jobs/result/" + id).json().path("results").toString();
    }

    @Test
    void everyValidExampleSucceedsAndEveryInvalidOneIs400() throws Exception {
        try (var sitefit = new Sitefit(kind, folder).working()) {
            for (Contract contract : Contracts.of(Shipped.CONTRACTS).all()) {
                String version = contract.id().version();
                for (Contract.Example example : contract.valid()) {
                    Answer run = sitefit.runVersion(version, example.inputs().toString());
                    assertThat(run.status()).as(example.name()).isEqualTo(202);
                    assertThat(sitefit.ended(run.field("job_id")).field("status"))
                            .as(example.name())
                            .isEqualTo("succeeded");
                }
                for (Contract.Example example : contract.invalid()) {
                    Answer run = sitefit.runVersion(version, example.inputs().toString());
                    assertThat(run.status()).as(example.name()).isEqualTo(400);
                    assertThat(run.paths()).as(example.name()).isNotEmpty();
                }
            }
        }
    }

    // ---- What goes wrong on the way

    @ParameterizedTest
    @CsvSource({"429", "502", "503", "504"})
    void aPassingErrorComesBackAndSucceedsAtTheNextAttempt(String fault) throws Exception {
        try (var sitefit = new Sitefit(kind, folder).working()) {
            sitefit.compute.fault(Fault.parse(fault + "*1").orElseThrow());

            Answer status = sitefit.ended(sitefit.run("{}").field("job_id"));

            assertThat(status.field("status")).isEqualTo("succeeded");
            assertThat(status.json().path("attempts").asInt()).isEqualTo(2);
            assertThat(status.json().has("last_error")).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"400", "404", "422", "500"})
    void anyOtherErrorIsFinalAtOnce(int fault) throws Exception {
        try (var sitefit = new Sitefit(kind, folder).working()) {
            sitefit.compute.fault(Fault.parse(fault + "*1").orElseThrow());
            String id = sitefit.run("{}").field("job_id");

            Answer status = sitefit.ended(id);

            assertThat(status.field("status")).isEqualTo("failed");
            assertThat(status.json().path("has_result").asBoolean()).isFalse();
            assertThat(status.json().path("attempts").asInt()).isEqualTo(1);
            var error = status.json().path("last_error");
            assertThat(error.path("type").asString("")).isEqualTo("appserver_error");
            assertThat(error.path("status_code").asInt()).isEqualTo(fault);
            assertThat(error.path("reason").asString("")).isEqualTo("AppServerError");
            assertThat(error.path("timestamp").asString("")).endsWith("Z");
            Answer result = sitefit.get("/jobs/result/" + id);
            assertThat(result.status()).isEqualTo(409);
            assertThat(result.field("detail")).isEqualTo("Job not ready. Status: failed");
        }
    }

    @Test
    void moreVerticesThanTheContractTakesAreRejectedByTheComputeServer() throws Exception {
        try (var sitefit = new Sitefit(kind, folder).working()) {
            String square = "{\"coordinates\": [[0, 0], [1, 0], [1, 1], [0, 1]]}";
            String large =
                    square.replace("[[", "[" + "[12345.678, 87654.321], ".repeat(60_000) + "[");
            String inputs =
                    "{\"crs\": \"EPSG:1\", \"parcel\": " + large + ", \"house\": " + square + "}";
            Answer run = sitefit.runVersion("1.0.0", inputs);
            assertThat(run.status()).isEqualTo(202);

            Answer status = sitefit.ended(run.field("job_id"));

            var error = status.json().path("last_error");
            assertThat(error.path("status_code").asInt()).isEqualTo(422);
            assertThat(error.path("message").asString("")).contains("60008 vertices");
        }
    }

    @Test
    void timeoutsAreRetriedUpToFiveAttemptsThenItIsDead() throws Exception {
        try (var sitefit =
                new Sitefit(
                                kind,
                                folder,
                                Shipped.CONTRACTS,
                                options -> options.withTimeoutMax(Duration.ofMillis(20)))
                        .working()) {
            sitefit.compute.fault(new Fault(Fault.Kind.SLOW, Fault.ALWAYS));

            Answer status = sitefit.ended(sitefit.run("{}").field("job_id"));

            assertThat(status.field("status")).isEqualTo("failed");
            assertThat(status.json().path("attempts").asInt()).isEqualTo(5);
            var error = status.json().path("last_error");
            assertThat(error.path("type").asString("")).isEqualTo("max_attempts_exceeded");
            assertThat(error.path("reason").asString("")).isEqualTo("MaxAttemptsReached");
        }
    }

    @Test
    void aComputeServerThatIsDownIsTriedFiveTimes() throws Exception {
        try (var sitefit = new Sitefit(kind, folder).working()) {
            sitefit.compute.close();

            Answer status = sitefit.ended(sitefit.run("{}").field("job_id"));

            assertThat(status.json().path("attempts").asInt()).isEqualTo(5);
            assertThat(status.json().path("last_error").path("reason").asString(""))
                    .isEqualTo("MaxAttemptsReached");
        }
    }

    @Test
    void garbageIsNoResult() throws Exception {
        try (var sitefit = new Sitefit(kind, folder).working()) {
            sitefit.compute.fault(new Fault(Fault.Kind.GARBAGE, 1));

            Answer status = sitefit.ended(sitefit.run("{}").field("job_id"));

            assertThat(status.field("status")).isEqualTo("succeeded");
            assertThat(status.json().path("attempts").asInt()).isEqualTo(2);
        }
    }

    @Test
    void whatFailedOrWasCancelledOrDiscardedIsAJobOfItsOwnAgain() throws Exception {
        try (var sitefit = new Sitefit(kind, folder).working()) {
            sitefit.compute.fault(new Fault(Fault.Kind.REJECTED, 2));
            String first = sitefit.run("{}").field("job_id");
            var _ = sitefit.ended(first);
            String second = sitefit.run("{}").field("job_id");
            var _ = sitefit.ended(second);
            var _ = sitefit.store.discard(JobId.parse(first).orElseThrow());

            Answer third = sitefit.run("{}");
            assertThat(third.status()).isEqualTo(202);
            assertThat(sitefit.ended(third.field("job_id")).field("status")).isEqualTo("succeeded");
            Answer fourth = sitefit.run("{}");

            assertThat(List.of(first, second, third.field("job_id"))).doesNotHaveDuplicates();
            assertThat(fourth.status()).isEqualTo(200);
            assertThat(fourth.field("job_id")).isEqualTo(third.field("job_id"));
            assertThat(sitefit.get("/jobs/status/" + first).status()).isEqualTo(404);
        }
    }

    @Test
    void aCancelledJobHasFailedAndSaysWhy() {
        try (var sitefit = new Sitefit(kind, folder)) {
            String id = sitefit.run("{}").field("job_id");
            assertThat(sitefit.engine.cancel(JobId.parse(id).orElseThrow()))
                    .containsInstanceOf(JobState.Queued.class);

            Answer status = sitefit.get("/jobs/status/" + id);

            assertThat(status.field("status")).isEqualTo("failed");
            assertThat(status.json().path("last_error").path("message").asString(""))
                    .isEqualTo("the job was cancelled");
            assertThat(sitefit.run("{}").field("job_id")).isNotEqualTo(id);
        }
    }

    @Test
    void aContractThatWasChangedThoughReleasedIsRunAgain() throws IOException {
        Path contracts = folder.resolve("contracts");
        copy(Shipped.CONTRACTS.resolve("sitefit/1.1.0"), contracts.resolve("sitefit/1.1.0"));
        Path schema = contracts.resolve("sitefit/1.1.0/inputs.schema.json");
        try (var kept = kind.open()) {
            String before;
            try (var sitefit = on(kept, contracts)) {
                before = sitefit.run("{}").field("job_id");
            }
            Files.writeString(schema, Files.readString(schema).replace("42", "43"));
            try (var sitefit = on(kept, contracts)) {
                String after = sitefit.run("{}").field("job_id");

                assertThat(after).isNotEqualTo(before);
                assertThat(sitefit.run("{}").field("job_id")).isEqualTo(after);
            }
        }
    }

    private Sitefit on(StoreKind.Opened kept, Path contracts) {
        return new Sitefit(kept.shared(), folder, contracts, o -> o, ServerOptions.defaults());
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) Files.createDirectories(copy);
                else Files.copy(file, copy);
            }
        }
    }

    // ---- What is refused

    @Test
    void everyFieldThatIsWrongIsNamed() {
        try (var sitefit = new Sitefit(kind, folder)) {
            Answer run =
                    sitefit.runVersion(
                            "1.0.0",
                            "{\"crs\": \"x\", \"house\": {\"coordinates\": [[1, 2]]}, \"sede\": 1}",
                            "x-correlation-id",
                            "demo-1");

            assertThat(run.status()).isEqualTo(400);
            assertThat(run.header("x-correlation-id")).isEqualTo("demo-1");
            assertThat(run.field("detail")).contains("4 fields are wrong");
            assertThat(run.paths())
                    .containsExactlyInAnyOrder(
                            "/inputs/crs",
                            "/inputs/parcel",
                            "/inputs/house/coordinates",
                            "/inputs/sede");
            assertThat(sitefit.store.list(JobFilter.ALL, "", 10)).isEmpty();
        }
    }

    @Test
    void theDocumentsOwnSiteBoundaryBodyIs400() {
        try (var sitefit = new Sitefit(kind, folder)) {
            Answer run =
                    sitefit.runVersion(
                            "1.0.0",
                            "{\"site_boundary\": [[0, 0], [9, 0], [9, 9]], \"constraints\": {}}");

            assertThat(run.status()).isEqualTo(400);
            assertThat(run.paths())
                    .containsExactlyInAnyOrder(
                            "/inputs/crs",
                            "/inputs/parcel",
                            "/inputs/house",
                            "/inputs/site_boundary",
                            "/inputs/constraints");
        }
    }

    @Test
    void aBodyThatIsNoneIs400() {
        try (var sitefit = new Sitefit(kind, folder)) {
            for (String body :
                    List.of("", "{", "[]", "{}", "{\"app_id\": 1}", "{\"a\": 1, \"a\": 2}"))
                assertThat(sitefit.post("/jobs/run", body).status()).as(body).isEqualTo(400);
            assertThat(sitefit.post("/jobs/run", "{\"app_id\": \"a b\"}").paths())
                    .containsExactly("/app_id", "/definition", "/version", "/inputs");
            for (String value : List.of("1e400", "-1e400", "NaN", "1001", "\"\\ud83d\""))
                assertThat(sitefit.run("{\"value\": %s}".formatted(value)).status())
                        .as(value)
                        .isEqualTo(400);
        }
    }

    @Test
    void anUnknownContractIs404AndTheKnownOnesAreNamed() {
        try (var sitefit = new Sitefit(kind, folder)) {
            Answer run = sitefit.runVersion("9.9.9", "{}");

            assertThat(run.status()).isEqualTo(404);
            assertThat(run.field("detail"))
                    .isEqualTo(
                            "Contract not found: sitefit:9.9.9; there are sitefit:1.0.0,"
                                    + " sitefit:1.1.0");
            assertThat(sitefit.runVersion("../1.0.0", "{}").status()).isEqualTo(404);
        }
    }

    @ParameterizedTest
    @CsvSource({"nonsense", "0190a000-0000-7000-8000-000000000000", "..%2F..", "%00"})
    void whatIsNoJobIs404(String id) {
        try (var sitefit = new Sitefit(kind, folder)) {
            assertThat(sitefit.get("/jobs/status/" + id).status()).isEqualTo(404);
            assertThat(sitefit.get("/jobs/result/" + id).status()).isEqualTo(404);
        }
    }

    @Test
    void aJobThatIsNotReadySaysWhichStateItIsIn() {
        try (var sitefit = new Sitefit(kind, folder)) {
            String id = sitefit.run("{}").field("job_id");

            Answer result = sitefit.get("/jobs/result/" + id);

            assertThat(result.status()).isEqualTo(409);
            assertThat(result.field("detail")).isEqualTo("Job not ready. Status: queued");
        }
    }

    @Test
    void aBodyOverTenMebibytesIs413() {
        try (var sitefit = new Sitefit(kind, folder)) {
            Answer run = sitefit.post("/jobs/run", " ".repeat((10 << 20) + 1));

            assertThat(run.status()).isEqualTo(413);
            assertThat(run.field("detail")).contains("10,485,760");
        }
    }

    @Test
    void aFullQueueIs429WithRetryAfter() {
        try (var sitefit = new Sitefit(kind, folder)) {
            sitefit.store.setQueue(new QueueEntry(ContractTools.QUEUE, false, 1));
            assertThat(sitefit.run("{\"value\": 1}").status()).isEqualTo(202);

            Answer full = sitefit.run("{\"value\": 2}");

            assertThat(full.status()).isEqualTo(429);
            assertThat(full.header("Retry-After")).isEqualTo("5");
            // The same inputs take no place of their own.
            assertThat(sitefit.run("{\"value\": 1}").status()).isEqualTo(202);
        }
    }

    // ---- Around

    @Test
    void healthReadinessAndTheRootTellOfThemselves() {
        try (var sitefit = new Sitefit(kind, folder)) {
            assertThat(sitefit.run("{}").status()).isEqualTo(202);

            assertThat(sitefit.get("/health").json().toString())
                    .isEqualTo(
                            "{\"status\":\"ok\",\"service\":\"sitefit\",\"storage\":\"connected\",\"jobs_count\":1}");
            assertThat(sitefit.get("/ready").json().toString()).isEqualTo("{\"status\":\"ready\"}");
            assertThat(sitefit.get("/").json().path("contracts").toString())
                    .isEqualTo("[\"sitefit:1.0.0\",\"sitefit:1.1.0\"]");
            Answer nothing = sitefit.get("/nothing", "x-correlation-id", "demo-1");
            assertThat(nothing.status()).isEqualTo(404);
            assertThat(nothing.header("x-correlation-id")).isEqualTo("demo-1");
            assertThat(sitefit.get("/jobs/run").status()).isEqualTo(405);
        }
    }
}
