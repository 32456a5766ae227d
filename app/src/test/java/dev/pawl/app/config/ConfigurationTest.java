package dev.pawl.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.app.config.Configuration.ColorMode;
import dev.pawl.app.config.Configuration.Given;
import dev.pawl.core.PawlException;
import dev.pawl.core.Role;
import dev.pawl.server.Origins;
import dev.pawl.server.compute.RhinoOptions;
import dev.pawl.server.identity.JwtOptions;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.worker.WorkerOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigurationTest {
    @TempDir Path folder;

    @Test
    void theseAreTheKeysAndTheirDefaults() {
        assertThat(read(Map.of()).settings())
                .extracting(s -> s.path() + "=" + s.text() + " " + s.source())
                .containsExactly(
                        "data=./pawl-data default",
                        "tools= default",
                        "remote= default",
                        "key= default",
                        "color=auto default",
                        "store.url= default",
                        "store.password= default",
                        "store.connections=10 default",
                        "store.synchronous=full default",
                        "store.busy=30s default",
                        "worker.slots=auto default",
                        "worker.handlers=256 default",
                        "worker.can= default",
                        "worker.lease=30s default",
                        "worker.heartbeat=10s default",
                        "worker.poll=500ms default",
                        "worker.grace=20s default",
                        "worker.stop-grace=15s default",
                        "worker.log-max=5MiB default",
                        "retention.succeeded=forever default",
                        "retention.dead=forever default",
                        "retention.cancelled=forever default",
                        "server.host=localhost default",
                        "server.port=8080 default",
                        "server.anonymous=auto default",
                        "server.token-secret= default",
                        "server.origins= default",
                        "server.session=12h default",
                        "server.jwt.secret= default",
                        "server.jwt.jwks= default",
                        "server.jwt.issuer= default",
                        "server.jwt.audience= default",
                        "server.jwt.name-claim=sub default",
                        "server.jwt.role-claim=role default",
                        "server.jwt.tenant-claim=tenant default",
                        "server.jwt.roles= default",
                        "server.jwt.role=none default",
                        "server.json-max=10MiB default",
                        "server.file-max=2GiB default",
                        "fronts.tool-runner.port=8001 default",
                        "fronts.sitefit.port=8000 default",
                        "sitefit.contracts= default",
                        "sitefit.compute= default",
                        "sitefit.timeout=4m default",
                        "sitefit.attempts=5 default",
                        "sitefit.results-kept=5m default",
                        "sitefit.link-secret= default",
                        "compute.solver=mock default",
                        "compute.url= default",
                        "compute.key= default",
                        "compute.definitions= default",
                        "compute.timeout=4m default",
                        "webhooks.private=false default",
                        "webhooks.timeout=10s default",
                        "log.format=text default",
                        "log.level=auto default");
    }

    @Test
    void thePageListsEveryKey() throws Exception {
        String page = Files.readString(Path.of(System.getProperty("pawl.root"), "docs/cli.md"));

        for (Key key : Key.values()) {
            String value = key.defaultText().isEmpty() ? "" : "`" + key.defaultText() + "` ";
            assertThat(page).contains("| `%s` | %s| %s |".formatted(key.path(), value, key.help()));
        }
    }

    @Test
    void theDefaultsAreThoseOfTheRecords() {
        Configuration read = read(Map.of());

        Path data = folder.resolve("pawl-data");
        assertThat(read.data()).isEqualTo(data);
        assertThat(read.tools()).isEmpty();
        assertThat(read.color()).isEqualTo(ColorMode.AUTO);
        assertThat(read.store()).isEqualTo(SqliteOptions.of(data.resolve("pawl.db")));
        assertThat(read.worker()).isEqualTo(WorkerOptions.defaults());
        assertThat(read.queueDepths()).isEmpty();
        assertThat(read.log())
                .isEqualTo(new LogSettings(LogSettings.Format.TEXT, LogSettings.Level.AUTO));
    }

    @Test
    void aFlagGoesBeforeAVariableAndThatBeforeTheFile() throws Exception {
        file("log: {format: json}\nworker: {slots: 2, poll: 1s}\nqueues: {mail: {depth: 5}}\n");
        var flag = new Setting("worker.slots", "4", "--slots");

        Configuration read =
                Configuration.read(
                        new Given(
                                folder,
                                Map.of("PAWL_WORKER_SLOTS", "3", "PAWL_WORKER_POLL", "2s"),
                                "",
                                List.of(flag),
                                Set.of()));

        assertThat(read.worker().commandSlots()).isEqualTo(4);
        assertThat(read.worker().poll()).hasSeconds(2);
        assertThat(read.log().format()).isEqualTo(LogSettings.Format.JSON);
        assertThat(read.queueDepths()).containsEntry("mail", 5);
        assertThat(read.settings())
                .contains(
                        new Setting("worker.slots", "4", "--slots"),
                        new Setting("worker.poll", "2s", "PAWL_WORKER_POLL"),
                        new Setting("log.format", "json", folder.resolve("pawl.yaml") + ":1"));
    }

    @Test
    void theComputeServersOwnVariablesCountBesideUseComputeAndOursWin() throws Exception {
        var originals =
                new HashMap<>(
                        Map.of(
                                "USE_COMPUTE", "true",
                                "COMPUTE_URL", "http://rhino:6500",
                                "COMPUTE_API_KEY", "secret-7",
                                "COMPUTE_DEFINITIONS_PATH", "C:\\compute",
                                "TIMEOUT_MS", "1500"));

        Configuration read = read(originals);

        assertThat(read.compute().rhino())
                .contains(
                        RhinoOptions.of(URI.create("http://rhino:6500"))
                                .withKey("secret-7")
                                .withDefinitions("C:\\compute")
                                .withTimeout(Duration.ofMillis(1500)));
        assertThat(read.settings())
                .extracting(s -> s.path() + "=" + s.shown() + " " + s.source())
                .contains(
                        "compute.solver=rhino USE_COMPUTE",
                        "compute.url=http://rhino:6500 COMPUTE_URL",
                        "compute.key=(secret) COMPUTE_API_KEY",
                        "compute.definitions=C:\\compute COMPUTE_DEFINITIONS_PATH",
                        "compute.timeout=1500ms TIMEOUT_MS");

        file("compute: {url: 'http://file:1', timeout: 2m}\n");
        originals.put("PAWL_COMPUTE_TIMEOUT", "3m");
        RhinoOptions rhino = read(originals).compute().rhino().orElseThrow();
        assertThat(rhino.url()).hasToString("http://file:1");
        assertThat(rhino.timeout()).hasMinutes(3);
        originals.put("PAWL_COMPUTE_SOLVER", "mock");
        assertThat(read(originals).compute().rhino()).isEmpty();
    }

    @Test
    void theToolRunnersOwnVariablesCountBesideItsFrontAndOursWin() throws Exception {
        var originals =
                new HashMap<>(
                        Map.of(
                                "PORT", "9001",
                                "HOST", "127.0.0.1",
                                "LOG_LEVEL", "WARNING",
                                "LOG_FORMAT", "JSON",
                                "CORS_ORIGINS",
                                        "[\"http://localhost:3000\", \"https://a.example\"]",
                                "SECRET_KEY", "s".repeat(32)));

        assertThat(read(originals, "tool-runner").settings())
                .extracting(s -> s.path() + "=" + s.shown() + " " + s.source())
                .contains(
                        "fronts.tool-runner.port=9001 PORT",
                        "server.host=127.0.0.1 HOST",
                        "server.port=8080 default",
                        "server.origins=http://localhost:3000,https://a.example CORS_ORIGINS",
                        "server.token-secret=(secret) SECRET_KEY",
                        "log.level=warn LOG_LEVEL",
                        "log.format=json LOG_FORMAT");
        assertThat(read(originals, "sitefit").settings())
                .filteredOn(setting -> !setting.isDefault())
                .extracting(Setting::source)
                .containsExactly("LOG_LEVEL");

        file("server: {origins: ['http://b:1', 'http://c:2']}\nlog: {level: error}\n");
        originals.put("PAWL_FRONTS_TOOL_RUNNER_PORT", "9002");
        Configuration ours = read(originals, "tool-runner");
        assertThat(ours.frontPorts()).containsEntry("tool-runner", 9002);
        assertThat(ours.server().origins()).isEqualTo(Origins.parse("http://b:1,http://c:2"));
        assertThat(ours.log().level()).isEqualTo(LogSettings.Level.ERROR);
    }

    @Test
    void theSitefitVariablesCountBesideTheirFront() {
        var originals =
                Map.of(
                        "CONTRACTS_DIR", "contracts",
                        "APP_SERVER_URL", "http://old:8080",
                        "APPSERVER_URL", "http://compute:8080",
                        "JOB_TIMEOUT_SEC", "60",
                        "MAX_ATTEMPTS", "3",
                        "RESULT_CACHE_TTL", "30",
                        "BLOB_SAS_SIGNING", "hush",
                        "JWT_JWKS_URL", "https://login.example/keys");

        Configuration read = read(originals, "sitefit");

        assertThat(read.sitefit())
                .isEqualTo(
                        new SitefitSettings(
                                "contracts",
                                "http://compute:8080",
                                Duration.ofMinutes(1),
                                3,
                                Duration.ofSeconds(30),
                                "hush"));
        assertThat(read.server().jwt().jwks()).isEqualTo("https://login.example/keys");
        assertThat(read.settings())
                .extracting(s -> s.path() + "=" + s.shown() + " " + s.source())
                .contains(
                        "sitefit.compute=http://compute:8080 APPSERVER_URL",
                        "sitefit.link-secret=(secret) BLOB_SAS_SIGNING");
    }

    @Test
    void withoutItsFrontAVariableOfAnOriginalIsAnyones() {
        var anyones = new HashMap<String, String>();
        for (Original original : Original.ALL)
            anyones.put(original.variable(), "what nobody reads");
        anyones.remove("USE_COMPUTE");
        anyones.remove("CONTRACTS_DIR");

        assertThat(read(anyones).settings()).allMatch(Setting::isDefault);
    }

    @Test
    void aWrongValueOfAnOriginalsVariableIsRefusedWithItsName() {
        assertRefused(Map.of("PORT", "http"), "(PORT); want a whole number", "tool-runner");
        assertRefused(Map.of("PORT", "70000"), "want 0 to 65535", "tool-runner");
        assertRefused(Map.of("CORS_ORIGINS", "a.example"), "want origins", "tool-runner");
        assertRefused(
                Map.of("SECRET_KEY", "hush"),
                "server.token-secret is \"(secret)\" (SECRET_KEY)",
                "tool-runner");
        assertRefused(Map.of("LOG_LEVEL", "loud"), "\"loud\" (LOG_LEVEL)", "sitefit");
        assertRefused(Map.of("MAX_ATTEMPTS", "0"), "want a whole number above 0", "sitefit");
        assertRefused(Map.of("JOB_TIMEOUT_SEC", "0"), "(JOB_TIMEOUT_SEC); want a time", "sitefit");
        assertRefused(Map.of("RESULT_CACHE_TTL", "long"), "(RESULT_CACHE_TTL); want", "sitefit");
    }

    @Test
    void withoutUseComputeTheOtherVariablesAreAnyones() {
        var anyones = Map.of("COMPUTE_URL", "nova", "TIMEOUT_MS", "soon", "USE_COMPUTE", "");

        assertThat(read(anyones).settings()).allMatch(Setting::isDefault);
        assertThat(read(anyones).compute().rhino()).isEmpty();
    }

    @Test
    void rhinoWithoutAnAddressIsRefusedWhereItIsToSolve() {
        Configuration read = read(Map.of("USE_COMPUTE", "TRUE"));

        assertThatThrownBy(() -> read.compute().rhino())
                .isInstanceOf(PawlException.class)
                .hasMessageContaining("set compute.url (or COMPUTE_URL beside USE_COMPUTE)");
    }

    @Test
    void aWrongValueOfTheComputeServerIsRefused() {
        assertRefused(Map.of("USE_COMPUTE", "maybe"), "want true or false");
        assertRefused(
                Map.of("USE_COMPUTE", "true", "TIMEOUT_MS", "0"),
                "compute.timeout is \"0ms\" (TIMEOUT_MS)");
        assertRefused(
                Map.of("USE_COMPUTE", "true", "COMPUTE_URL", "rhino:6500"),
                "want the address of Rhino.Compute");
        assertRefused(Map.of("PAWL_COMPUTE_URL", "http://a b"), "compute.url is \"http://a b\"");
        assertRefused(Map.of("PAWL_COMPUTE_SOLVER", "abacus"), "want one of mock, rhino");
        assertRefused(Map.of("PAWL_COMPUTE_KEY", "a b"), "compute.key is \"(secret)\"");
    }

    @Test
    void aSecretThatIsTooShortIsRefusedWithoutBeingTold() {
        assertThatThrownBy(() -> read(Map.of("PAWL_SERVER_JWT_SECRET", "hush")))
                .hasMessageContaining("server.jwt.secret")
                .hasMessageContaining("4 bytes")
                .hasMessageNotContaining("hush");
    }

    @Test
    void tokensAreConfigured() {
        JwtOptions jwt =
                read(Map.of(
                                "PAWL_SERVER_JWT_JWKS",
                                "keys.json",
                                "PAWL_SERVER_JWT_ROLES",
                                "staff=user, ops=admin",
                                "PAWL_SERVER_JWT_ROLE",
                                "viewer",
                                "PAWL_SERVER_JWT_TENANT_CLAIM",
                                "org"))
                        .server()
                        .jwt();

        assertThat(jwt.jwks()).isEqualTo(folder.resolve("keys.json").toString());
        assertThat(jwt.roles()).isEqualTo(Map.of("staff", Role.USER, "ops", Role.ADMIN));
        assertThat(jwt.role()).contains(Role.VIEWER);
        assertThat(jwt.claims()).isEqualTo(new JwtOptions.Claims("sub", "role", "org"));
        assertThat(read(Map.of()).server().jwt()).isEqualTo(JwtOptions.NONE);
    }

    @Test
    void foldersInTheFileAreRelativeToIt() throws Exception {
        file("tools: [a, b/c]\n");

        assertThat(read(Map.of()).tools())
                .containsExactly(folder.resolve("a"), folder.resolve("b/c"));
    }

    @Test
    void aWrongValueIsRefusedWithItsKeyAndSource() {
        assertRefused(Map.of("PAWL_STORE_SYNCHRONOUS", "half"), "want one of full, normal");
        assertRefused(
                Map.of("PAWL_WORKER_SLOTS", "many"),
                "worker.slots is \"many\" (PAWL_WORKER_SLOTS)");
        assertRefused(Map.of("PAWL_WORKER_SLOTS", "-1"), "want 0 to");
        assertRefused(Map.of("PAWL_WORKER_LEASE", "5s"), "under twice heartbeat");
        assertRefused(Map.of("PAWL_STORE_BUSY", "soon"), "want a time");
        assertRefused(Map.of("PAWL_WORKER_LOG_MAX", "5 lines"), "want a size");
        assertRefused(Map.of("PAWL_SERVER_SESSION", "0s"), "server.session is \"0s\"");
        assertRefused(Map.of("PAWL_SERVER_JWT_JWKS", "http://example.org/keys"), "want https");
        assertRefused(Map.of("PAWL_SERVER_JWT_ROLES", "staff"), "want NAME=ROLE");
        assertRefused(Map.of("PAWL_SERVER_JWT_ROLES", "staff=boss"), "want NAME=ROLE");
        assertRefused(Map.of("PAWL_SERVER_JWT_ROLE", "admin"), "want user, viewer or none");
        assertRefused(Map.of("PAWL_QUEUES_MAIL_DEPTH", "0"), "queues.mail.depth is \"0\"");
    }

    @Test
    void anUnknownKeyNamesTheNearest() throws Exception {
        assertRefused(Map.of("PAWL_STOR_BUSY", "1s"), "did you mean PAWL_STORE_BUSY?");
        file("worker: {slot: 1}\n");
        assertRefused(Map.of(), "did you mean worker.slots?");
        file("worker: {slots: [1\n");
        assertRefused(Map.of(), "pawl.yaml:");
        file("just text\n");
        assertRefused(Map.of(), "want keys and values");
    }

    @Test
    void whatAToolsCommandIsGivenIsNoConfiguration() {
        assertThat(read(Map.of("PAWL_JOB", "x", "PAWL_INPUT", "y")).settings())
                .allMatch(Setting::isDefault);
    }

    private void assertRefused(Map<String, String> environment, String part, String... fronts) {
        assertThatThrownBy(() -> read(environment, fronts))
                .isInstanceOf(PawlException.class)
                .hasMessageContaining(part);
    }

    private Configuration read(Map<String, String> environment, String... fronts) {
        return Configuration.read(new Given(folder, environment, "", List.of(), Set.of(fronts)));
    }

    private void file(String text) throws Exception {
        Files.writeString(folder.resolve("pawl.yaml"), text);
    }
}
