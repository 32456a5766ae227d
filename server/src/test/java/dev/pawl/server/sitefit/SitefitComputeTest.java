package dev.pawl.server.sitefit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.pawl.core.SystemTime;
import dev.pawl.server.OnEachStore;
import dev.pawl.server.StoreKind;
import dev.pawl.server.compute.ComputeOptions;
import dev.pawl.server.compute.ComputeServer;
import dev.pawl.server.compute.ContractCopy;
import dev.pawl.server.compute.Contracts;
import dev.pawl.server.compute.Fault;
import dev.pawl.server.compute.RhinoFake;
import dev.pawl.server.compute.RhinoOptions;
import dev.pawl.server.compute.Shipped;
import dev.pawl.server.sitefit.Sitefit.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a job of the front makes of a compute server that isn't well, or is a proxy. */
@Timeout(60)
@OnEachStore
final class SitefitComputeTest {
    @TempDir private Path folder;

    private final StoreKind kind;

    SitefitComputeTest(StoreKind kind) {
        this.kind = kind;
    }

    @ParameterizedTest
    @CsvSource({"429", "502", "503", "504", "garbage"})
    void aPassingErrorThatDoesNotPassIsDeadAfterAllAttempts(String fault) throws Exception {
        try (var sitefit = calling("", options -> options.withAttempts(2)).working()) {
            sitefit.compute.fault(Fault.parse(fault).orElseThrow());

            Answer status = sitefit.ended(sitefit.run("{}").field("job_id"));

            assertThat(status.field("status")).isEqualTo("failed");
            assertThat(status.json().path("attempts").asInt()).isEqualTo(2);
            var error = status.json().path("last_error");
            assertThat(error.path("type").asString("")).isEqualTo("max_attempts_exceeded");
            assertThat(error.path("reason").asString("")).isEqualTo("MaxAttemptsReached");
        }
    }

    @Test
    void outputsThatTheContractDoesNotPromiseAreDeadAtOnce() throws Exception {
        try (var sitefit = new Sitefit(kind, folder).working()) {
            sitefit.compute.fault(new Fault(Fault.Kind.BAD_OUTPUT, 1));

            assertDeadAtOnce(sitefit.ended(sitefit.run("{}").field("job_id")), 500);
        }
    }

    @Test
    void aPageInsteadOfOutputsIsDeadAtOnce() throws Exception {
        var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext(
                "/",
                exchange -> {
                    byte[] page = "<html>Welcome</html>".getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().set("Content-Type", "text/html");
                    exchange.sendResponseHeaders(200, page.length);
                    exchange.getResponseBody().write(page);
                    exchange.close();
                });
        http.start();
        String url = "http://localhost:" + http.getAddress().getPort();
        try (var sitefit = calling(url, options -> options).working()) {
            Answer status = sitefit.ended(sitefit.run("{}").field("job_id"));

            assertThat(status.json().path("attempts").asInt()).isEqualTo(1);
            assertThat(status.json().path("last_error").path("reason").asString(""))
                    .isEqualTo("AppServerError");
        } finally {
            http.stop(0);
        }
    }

    @Test
    void aContractWithABrokenSchemaIsUnknownAndTheOthersAreServed() throws IOException {
        Path contracts = folder.resolve("contracts");
        ContractCopy.ofDebug(contracts, "sitefit", "1.1.0");
        Path broken = ContractCopy.ofDebug(contracts, "sitefit", "1.2.0");
        Files.writeString(broken.resolve("outputs.schema.json"), "{\"type\": \"objekt\"}");
        try (var sitefit = new Sitefit(kind, folder, contracts, options -> options)) {
            Answer refused = sitefit.runVersion("1.2.0", "{}");

            assertThat(refused.status()).isEqualTo(404);
            assertThat(refused.field("detail"))
                    .isEqualTo("Contract not found: sitefit:1.2.0; there are sitefit:1.1.0");
            assertThat(sitefit.run("{}").status()).isEqualTo(202);
        }
    }

    // ---- Through the proxy

    @Test
    void aJobIsSolvedByRhinoComputeOnceThatIsUp() throws Exception {
        try (var rhino = new RhinoFake();
                var proxy = proxy(rhino);
                var sitefit = calling(url(proxy), options -> options).working()) {
            rhino.define("/gh/sitefit/1.1.0/ghlogic.ghx", tenMore());
            rhino.instead = new RhinoFake.Reply(503, "");

            String id = sitefit.run("{\"value\": 5}", "x-correlation-id", "demo-1").field("job_id");
            RhinoFake.Call first = rhino.came.take();
            rhino.instead = null;
            Answer status = sitefit.ended(id);

            assertThat(first.correlationId()).isEqualTo("demo-1");
            assertThat(status.field("status")).isEqualTo("succeeded");
            assertThat(status.json().path("attempts").asInt()).isEqualTo(2);
            assertThat(sitefit.get("/jobs/result/" + id).text()).isEqualTo("{\"result\":15.0}");
        }
    }

    @Test
    void whatGrasshopperCannotSolveIsDeadAtOnceAndSaysWhy() throws Exception {
        try (var rhino = new RhinoFake();
                var proxy = proxy(rhino);
                var sitefit = calling(url(proxy), options -> options).working()) {
            rhino.define(
                    "/gh/sitefit/1.1.0/ghlogic.ghx",
                    RhinoFake.definition(
                            Map.of(),
                            _ -> {
                                throw new IllegalArgumentException("1. Curve is open");
                            }));

            Answer status = sitefit.ended(sitefit.run("{}").field("job_id"));

            assertDeadAtOnce(status, 422);
            assertThat(status.json().path("last_error").path("message").asString(""))
                    .contains("Curve is open");
        }
    }

    @Test
    void aKeyThatRhinoComputeRefusesIsTriedAgainUntilTheJobIsDead() throws Exception {
        try (var rhino = new RhinoFake();
                var proxy = proxy(rhino);
                var sitefit = calling(url(proxy), options -> options.withAttempts(2)).working()) {
            rhino.instead = new RhinoFake.Reply(401, "Unauthorized client.");

            Answer status = sitefit.ended(sitefit.run("{}").field("job_id"));

            var error = status.json().path("last_error");
            assertThat(error.path("reason").asString("")).isEqualTo("MaxAttemptsReached");
            assertThat(error.path("message").asString("")).contains("refuses the key");
        }
    }

    private static void assertDeadAtOnce(Answer status, int code) {
        assertThat(status.field("status")).isEqualTo("failed");
        assertThat(status.json().path("attempts").asInt()).isEqualTo(1);
        var error = status.json().path("last_error");
        assertThat(error.path("status_code").asInt()).isEqualTo(code);
        assertThat(error.path("reason").asString("")).isEqualTo("AppServerError");
    }

    private static RhinoFake.Definition tenMore() {
        return RhinoFake.definition(
                Map.of("value", "Number"),
                given -> Map.of("result", List.of((Double) given.first("value") + 10)));
    }

    private static ComputeServer proxy(RhinoFake rhino) {
        var there = RhinoOptions.of(rhino.url()).withDefinitions("/gh");
        return new ComputeServer(
                        Contracts.of(Shipped.CONTRACTS).solvedBy(there),
                        there,
                        ComputeOptions.defaults().withPort(0),
                        new SystemTime(),
                        new Random(1))
                .start();
    }

    private static String url(ComputeServer server) {
        return "http://localhost:" + server.port();
    }

    private interface Change {
        SitefitOptions of(SitefitOptions options);
    }

    /** A front whose jobs call that compute server; its own one where the address is empty. */
    private Sitefit calling(String url, Change change) {
        return new Sitefit(
                kind,
                folder,
                Shipped.CONTRACTS,
                options ->
                        change.of(
                                url.isEmpty()
                                        ? options
                                        : SitefitOptions.of(url)
                                                .withBackoff(
                                                        Duration.ofMillis(1),
                                                        Duration.ofMillis(1))));
    }
}
