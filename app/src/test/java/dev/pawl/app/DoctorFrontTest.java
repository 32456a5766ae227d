package dev.pawl.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.app.Typed.Ended;
import dev.pawl.app.cli.ExitCode;
import dev.pawl.app.config.Original;
import dev.pawl.core.SystemTime;
import dev.pawl.server.compute.ComputeOptions;
import dev.pawl.server.compute.ComputeServer;
import dev.pawl.server.compute.Contracts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code pawl doctor --front} finds out about a front's checklist. */
final class DoctorFrontTest {
    private static final Path EXAMPLES =
            Path.of(System.getProperty("pawl.root"), "examples").toAbsolutePath();

    @TempDir Path folder;

    @Test
    void theShippedScriptsAreWell() {
        Ended ended = toolRunner(EXAMPLES.resolve("tool-runner/tools"));

        assertThat(ended.out())
                .containsPattern("ok +port +localhost:0 for front tool-runner is free")
                .containsPattern("ok +scripts +\\d+ are tools")
                .containsPattern("ok +programs .*python3 \\(for .*build_graph");
        assertThat(ended.code()).isEqualTo(ExitCode.SUCCEEDED);
    }

    @Test
    void badScriptsAndMissingProgramsAreFaults() throws IOException {
        script("good.py", "'''Good.'''");
        script("places.py", "p.add_argument('file')");
        script("open.sh", "#!/bin/sh\n# pawl:\n#   output_files: ['{a']\n");
        script("plain.sh", "#!/bin/sh\n");
        script("lisp.sh", "#!/usr/bin/env -S no-such-lisp --load\n");
        script("other.sh", "#!/no/such/shell -e\n");

        Ended ended = toolRunner(folder.resolve("scripts"));

        assertThat(ended.out())
                .containsPattern("ok +scripts +4 are tools")
                .containsPattern("fault +scripts .*places.py: argument \"file\" has no flag")
                .containsPattern("fault +scripts .*open.sh: output file \"\\{a\" is no pattern")
                .containsPattern("ok +programs +/bin/sh \\(for plain\\)")
                .containsPattern("fault +programs +no-such-lisp is missing, and lisp can't run")
                .containsPattern("fault +programs +/no/such/shell is missing, and other can't");
        assertThat(ended.code()).isEqualTo(ExitCode.FAULT);
    }

    @Test
    void aFolderOfScriptsThatIsNotNamedOrIsEmptyIsAFault() throws IOException {
        Files.createDirectory(folder.resolve("scripts"));
        Ended unnamed = user().type("doctor", "--front", "tool-runner:0");
        Ended empty = toolRunner(folder.resolve("scripts"));
        Ended none = toolRunner(folder.resolve("none"));

        assertThat(unnamed.out()).containsPattern("fault +scripts .*has no scripts.*--scripts");
        assertThat(empty.out()).containsPattern("fault +scripts +none is in the folder");
        assertThat(none.out()).containsPattern("fault +scripts .*can't be listed");
        assertThat(List.of(unnamed.code(), empty.code(), none.code())).containsOnly(ExitCode.FAULT);
    }

    @Test
    void aPortThatIsTakenIsAFault() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            Ended ended =
                    user().type(
                                    "doctor",
                                    "--json",
                                    "--front",
                                    "tool-runner:" + taken.getLocalPort(),
                                    "--scripts",
                                    EXAMPLES.resolve("tool-runner/tools").toString());

            assertThat(ended.out().lines())
                    .anyMatch(line ->
                            line.startsWith("{\"check\":\"port\",\"verdict\":\"fault\"")
                                    && line.contains("--front tool-runner:PORT"));
            assertThat(ended.code()).isEqualTo(ExitCode.FAULT);
        }
    }

    @Test
    void whatIsNoFrontIsRefused() {
        assertThat(user().type("doctor", "--front", "none:1").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void theShippedContractsAreWellAndAreSolvedInThisProcess() {
        Ended ended = sitefit(user());

        assertThat(ended.out())
                .containsPattern("ok +contracts +sitefit:1.0.0 is served, with 3 valid and 4")
                .containsPattern("ok +compute +mock solver, in pawl's own process is ready");
        assertThat(ended.code()).isEqualTo(ExitCode.SUCCEEDED);
    }

    @Test
    void brokenContractsAndExamplesThatSayOtherwiseAreFaults() throws IOException {
        contract("1.0.0");
        write("contracts/debug/1.0.0/examples/valid/wrong.json", "{\"value\": \"x\"}");
        write("contracts/debug/1.0.0/examples/invalid/fits.json", "{\"value\": 1}");
        contract("2.0.0");
        write("contracts/debug/2.0.0/inputs.schema.json", "{\"type\": \"objekt\"}");

        Ended ended =
                user().type(
                                "doctor",
                                "--front",
                                "sitefit:0",
                                "--contracts",
                                folder.resolve("contracts").toString());

        assertThat(ended.out())
                .containsPattern("fault +examples .*valid/wrong.json does not fit")
                .containsPattern("fault +examples .*invalid/fits.json fits, though")
                .containsPattern("fault +contracts .*2.0.0/inputs.schema.json: schema: /type")
                .containsPattern("ok +contracts +debug:1.0.0 is served");
        assertThat(ended.code()).isEqualTo(ExitCode.FAULT);
        assertThat(user().type("doctor", "--front", "sitefit:0").out())
                .containsPattern("fault +contracts +no folder of contracts is named");
    }

    @Test
    void aComputeServerThatIsReadyIsWell() {
        try (var compute = compute(EXAMPLES.resolve("sitefit/contracts"))) {
            String url =
                    "http://localhost:%d/gh/{definition}:{version}/solve".formatted(compute.port());
            Ended ended = sitefit(user().with("APPSERVER_URL", url));

            assertThat(ended.out()).containsPattern("ok +compute .*/solve is ready");
            assertThat(ended.code()).isEqualTo(ExitCode.SUCCEEDED);
        }
    }

    @Test
    void aComputeServerThatIsNotReadyOrNotThereIsAFault() throws IOException {
        int nobody;
        try (var gone = new ServerSocket(0)) {
            nobody = gone.getLocalPort();
        }
        try (var compute = compute(Files.createDirectory(folder.resolve("empty")))) {
            String there = "http://localhost:" + compute.port();
            Ended unready = sitefit(user().with("APP_SERVER_URL", there));
            Ended gone = sitefit(user().with("APPSERVER_URL", "http://localhost:" + nobody));
            Ended odd = sitefit(user().with("APPSERVER_URL", "compute server"));

            assertThat(unready.out())
                    .containsPattern("fault +compute .*answers 503 to /ready: no contract");
            assertThat(gone.out())
                    .containsPattern("fault +compute .*can't be reached; do: .*APPSERVER_URL");
            assertThat(odd.out()).containsPattern("fault +compute .*this is no address");
            assertThat(List.of(unready.code(), gone.code(), odd.code()))
                    .containsOnly(ExitCode.FAULT);
        }
    }

    @Test
    void aRhinoComputeThatIsNotThereIsAFault() throws IOException {
        int nobody;
        try (var gone = new ServerSocket(0)) {
            nobody = gone.getLocalPort();
        }
        Typed user =
                user().with("USE_COMPUTE", "true")
                        .with("COMPUTE_URL", "http://localhost:" + nobody)
                        .with("COMPUTE_DEFINITIONS_PATH", "C:\\compute");

        Ended ended = sitefit(user);

        assertThat(ended.out()).containsPattern("fault +compute +Rhino.Compute at .*COMPUTE_URL");
        assertThat(ended.code()).isEqualTo(ExitCode.FAULT);
    }

    @Test
    void eachVariableOfTheOriginalIsReadOrNamedAsHavingNoMeaning() {
        Typed user =
                user().with("PORT", "9001")
                        .with("LOG_LEVEL", "debug")
                        .with("PAWL_LOG_LEVEL", "error")
                        .with("SECRET_KEY", "s3cret-".repeat(6))
                        .with("REDIS_URL", "redis://x")
                        .with("DATABASE_URL", "postgresql://x")
                        .with("CORS_ORIGINS", "*")
                        .with("APPSERVER_URL", "http://not-for-this-front:1");

        Ended ended = toolRunner(user, EXAMPLES.resolve("tool-runner/tools"));

        assertThat(ended.out())
                .containsPattern("warning +variables +PORT is not used: .* is \"0\" from --front")
                .containsPattern("warning +variables +LOG_LEVEL is not used: .*PAWL_LOG_LEVEL")
                .containsPattern("ok +variables +SECRET_KEY is read: .* is \"\\(secret\\)\"")
                .containsPattern("warning +variables +REDIS_URL has no meaning here")
                .containsPattern(
                        "warning +variables +DATABASE_URL has no meaning here: .*`store.url`")
                .containsPattern("warning +origins +server.origins is \\*")
                .doesNotContain("APPSERVER_URL", "s3cret");
        assertThat(ended.code()).isEqualTo(ExitCode.SUCCEEDED);
    }

    @Test
    void aVariableThatLacksItsSwitchOrMeansAnotherProgramIsNamed() {
        Ended ended = sitefit(user().with("COMPUTE_URL", "http://rhino:6500").with("PORT", "8080"));

        assertThat(ended.out())
                .containsPattern("warning +variables +COMPUTE_URL counts beside USE_COMPUTE only")
                .containsPattern("warning +variables +PORT has no meaning here: .*pawl compute");
        assertThat(ended.code()).isEqualTo(ExitCode.SUCCEEDED);
    }

    @Test
    void withoutAPortAFrontHasThatOfTheConfiguration() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            String port = Integer.toString(taken.getLocalPort());
            Ended doctor = user().with("PORT", port).type("doctor", "--front", "tool-runner");
            Ended config = user().with("PORT", port).type("config", "--front", "tool-runner");
            Ended bare = user().with("PORT", port).type("config");

            assertThat(doctor.out()).contains(":" + port + " for front tool-runner can't be");
            assertThat(config.out())
                    .containsPattern("fronts.tool-runner.port\\s+" + port + "\\s+PORT");
            assertThat(bare.out()).containsPattern("fronts.tool-runner.port\\s+8001\\s+default");
        }
    }

    @Test
    void everyVariableOfTheOriginalsContractIsKnown() {
        String toolRunner =
                "DATABASE_URL REDIS_URL DEPLOYMENT_MODE DB_POOL_SIZE DB_MAX_OVERFLOW SECRET_KEY"
                        + " LOG_LEVEL LOG_FORMAT HOST PORT CORS_ORIGINS OUTPUT_DIR MAX_UPLOAD_SIZE";
        String sitefit =
                "DATABASE_URL SERVICEBUS_CONNECTION_STRING SERVICEBUS_CONN QUEUE_NAME"
                        + " SERVICEBUS_QUEUE APPSERVER_URL APP_SERVER_URL BLOB_ACCOUNT"
                        + " BLOB_SAS_SIGNING RESULT_CACHE_TTL JWT_JWKS_URL LOCK_RENEW_SEC"
                        + " JOB_TIMEOUT_SEC MAX_ATTEMPTS PORT USE_COMPUTE COMPUTE_URL"
                        + " COMPUTE_API_KEY CONTRACTS_DIR TIMEOUT_MS COMPUTE_DEFINITIONS_PATH"
                        + " LOG_LEVEL";

        assertThat(variables("tool-runner")).contains(toolRunner.split(" "));
        assertThat(variables("sitefit")).contains(sitefit.split(" "));
    }

    private static List<String> variables(String front) {
        return Original.ALL.stream()
                .filter(original -> original.front().equals(front))
                .map(Original::variable)
                .toList();
    }

    private ComputeServer compute(Path contracts) {
        var options = ComputeOptions.defaults().withHost("localhost").withPort(0);
        return new ComputeServer(Contracts.of(contracts), options, new SystemTime(), new Random(1))
                .start();
    }

    private Typed user() {
        return new Typed(folder);
    }

    private Ended toolRunner(Path scripts) {
        return toolRunner(user(), scripts);
    }

    private static Ended toolRunner(Typed user, Path scripts) {
        return user.type("doctor", "--front", "tool-runner:0", "--scripts", scripts.toString());
    }

    private Ended sitefit(Typed user) {
        String contracts = EXAMPLES.resolve("sitefit/contracts").toString();
        return user.type("doctor", "--front", "sitefit:0", "--contracts", contracts);
    }

    private void contract(String version) throws IOException {
        String at = "contracts/debug/" + version + "/";
        write(at + "inputs.schema.json", "{\"properties\": {\"value\": {\"type\": \"number\"}}}");
        write(at + "outputs.schema.json", "{}");
        write(at + "manifest.json", "{}");
        write(at + "bindings.json", "{\"inputs\": [], \"outputs\": []}");
    }

    private void script(String name, String text) throws IOException {
        Path file = write("scripts/" + name, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
