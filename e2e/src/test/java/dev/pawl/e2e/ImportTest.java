package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.SystemTime;
import dev.pawl.testkit.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
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

/** {@code pawl import} from the originals' own tables, and what the fronts answer then. */
@Tag("process")
@ParameterizedClass(name = "on {0}")
@EnumSource(StorePlace.Kind.class)
@Timeout(300)
final class ImportTest {
    private static final Path ROOT = Path.of(System.getProperty("pawl.root", ".")).toAbsolutePath();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String GRAPH = "ffffffff-1111-4111-8111-000000000001";
    private static final String FAILED = "00000000-1111-4111-8111-000000000002";
    private static final String CANCELLED = "88888888-1111-4111-8111-000000000003";
    private static final String FITTED = "ffffffff-2222-4222-8222-000000000001";
    private static final String REFUSED = "00000000-2222-4222-8222-000000000002";
    private static final String GAVE_UP = "11111111-2222-4222-8222-000000000003";

    private final SystemTime time = new SystemTime();
    private final HttpClient client = HttpClient.newHttpClient();
    @TempDir Path folder;
    private String database = "";

    private final StorePlace place;

    ImportTest(StorePlace.Kind kind) {
        place = StorePlace.fresh(kind);
    }

    @BeforeEach
    void original() {
        database = PostgresServer.shared().freshDatabase();
    }

    @AfterEach
    void close() {
        client.close();
        PostgresServer.shared().drop(database);
        place.close();
    }

    @Test
    void theToolRunnersHistoryIsBroughtOnceAndItsFrontShowsIt() throws Exception {
        fill("tool-runner-original.sql");
        Path files = Files.createDirectory(folder.resolve("files"));
        file(files.resolve("build_graph.html"), "<canvas>");
        file(folder.resolve("secret.txt"), "secret");

        Ended dry = pawl("import", "tool-runner", "--from", database, "--dry-run");
        assertThat(dry.printed).contains("would import 53 jobs", "0 were here already, 2 left out");
        Ended first = pawl("import", "tool-runner", "--from", url(), "--files", files.toString());
        assertThat(first.printed)
                .contains("imported 53 jobs", "51 succeeded, 1 dead, 1 cancelled")
                .contains("99999999-1111-4111-8111-000000000004: it is running in the original")
                .contains("77777777-1111-4111-8111-000000000005: tool name \"No Such Name\"")
                .contains(GRAPH + " ../secret.txt: it is not below", "gone.json: it is not there")
                .contains("1 files, 2 not");
        assertThat(first.code).isEqualTo(1);
        Ended again = pawl("import", "tool-runner", "--from", url());
        assertThat(again.printed).contains("imported 0 jobs", "53 were here already, 2 left out");

        String scripts = ROOT.resolve("examples/tool-runner/tools").toString();
        try (var up = up("tool-runner", "--scripts", scripts)) {
            String front = front(up, "tool-runner");
            JsonNode list = get(front + "/api/jobs?limit=3");
            assertThat(list.path("total").intValue()).isEqualTo(53);
            assertThat(list.path("jobs").values().stream().map(j -> j.path("job_id").stringValue()))
                    .containsExactly(CANCELLED, FAILED, GRAPH);
            JsonNode graph = get(front + "/api/jobs/" + GRAPH);
            assertThat(graph.path("job_id").stringValue()).isEqualTo(GRAPH);
            assertThat(graph.path("status").stringValue()).isEqualTo("completed");
            assertThat(graph.path("output").stringValue()).isEqualTo("12 articles\n30 links");
            assertThat(graph.path("started_at").stringValue()).isEqualTo("2025-03-01T10:00:01Z");
            assertThat(graph.path("duration").doubleValue()).isEqualTo(2.5);
            assertThat(graph.path("output_files").toString()).isEqualTo("[\"build_graph.html\"]");
            assertThat(text(front + "/api/jobs/" + GRAPH + "/files/build_graph.html"))
                    .isEqualTo("<canvas>");
            assertThat(get(front + "/api/jobs/" + GRAPH + "/logs").path("logs").toString())
                    .contains("Job started", "WARNING: an article without a title", "30 links");
            JsonNode failed = get(front + "/api/jobs/" + FAILED);
            assertThat(failed.path("status").stringValue()).isEqualTo("failed");
            assertThat(failed.path("error").stringValue()).isEqualTo("Traceback: no name");
            assertThat(failed.path("duration").doubleValue()).isEqualTo(4);
            JsonNode stats = get(front + "/api/stats").path("database");
            assertThat(stats.path("success_rate").doubleValue()).isEqualTo(96.2);
            // 50 of 1.5 s and one of 2.5 s.
            assertThat(stats.path("average_duration").doubleValue()).isEqualTo(1.519);
        }
        assertThat(pawl("jobs", "list", "--state", "dead", "--json").printed)
                .contains("original:" + FAILED);
        // User and return code.
        assertThat(
                        asked(
                                "SELECT user_id || ' ' || return_code FROM %stool_runner_jobs"
                                        + " WHERE status = 'failed'"))
                .isEqualTo("ann 3");
        assertThat(pawl("doctor").printed).contains("every job is in exactly one place");
    }

    @Test
    void theSiteFitJobsHistoryIsBroughtAndItsFrontAnswersIt() throws Exception {
        fill("sitefit-original.sql");

        Ended first = pawl("import", "sitefit", "--from", url());
        assertThat(first.printed)
                .contains("imported 3 jobs", "1 succeeded, 2 dead", "1 left out")
                .contains("22222222-2222-4222-8222-000000000004: it is queued in the original")
                .contains("https://blobs.example.org/a.geojson: no --files")
                .doesNotContain("sig=");

        String contracts = ROOT.resolve("examples/sitefit/contracts").toString();
        try (var up = up("sitefit", "--contracts", contracts)) {
            String front = front(up, "sitefit");
            JsonNode fitted = get(front + "/jobs/status/" + FITTED);
            assertThat(fitted.path("job_id").stringValue()).isEqualTo(FITTED);
            assertThat(fitted.path("status").stringValue()).isEqualTo("succeeded");
            assertThat(fitted.path("created_at").stringValue()).isEqualTo("2025-04-01T08:00:00Z");
            assertThat(fitted.path("attempts").intValue()).isEqualTo(2);
            assertThat(fitted.path("score").doubleValue()).isEqualTo(87.5);
            assertThat(get(front + "/jobs/result/" + FITTED).toString())
                    .isEqualTo("{\"results\":[{\"score\":87.5}]}");
            // Of a version that no contract is served of.
            JsonNode refused = get(front + "/jobs/status/" + REFUSED);
            assertThat(refused.path("status").stringValue()).isEqualTo("failed");
            assertThat(refused.at("/last_error/status_code").intValue()).isEqualTo(422);
            assertThat(refused.at("/last_error/reason").stringValue()).isEqualTo("AppServerError");
            assertThat(
                            get(front + "/jobs/status/" + GAVE_UP)
                                    .at("/last_error/reason")
                                    .stringValue())
                    .isEqualTo("MaxAttemptsReached");
        }
        assertThat(pawl("import", "sitefit", "--from", url()).printed)
                .contains("imported 0 jobs", "3 were here already");
    }

    @Test
    void anImportKilledInTheMiddleGoesOnWhereItWas() throws Exception {
        fill("tool-runner-original.sql");
        // Ids are random; that of the one left out stands after about a sixteenth of them.
        sql(
                """
                INSERT INTO jobs (id, tool_name, status, created_at, completed_at, duration)
                SELECT gen_random_uuid(), 'greet', 'COMPLETED', t, t + interval '2 s', 2
                  FROM generate_series(timestamp '2024-03-01', timestamp '2024-03-01 23:59',
                                       interval '30 s') t;
                INSERT INTO jobs (id, tool_name, status, created_at)
                VALUES ('10000000-1111-4111-8111-000000000006', 'greet', 'QUEUED', '2025-03-06');
                INSERT INTO job_results (id, job_id, output_files, created_at)
                SELECT gen_random_uuid(), id, '["greeting.txt"]', completed_at
                  FROM jobs WHERE tool_name = 'greet' AND status = 'COMPLETED';
                """);
        int all = 53 + 2_879;
        Path files = Files.createDirectory(folder.resolve("files"));
        Path greeting = Files.writeString(files.resolve("greeting.txt"), "hello");
        Files.setLastModifiedTime(greeting, FileTime.from(Instant.parse("2024-02-01T00:00:00Z")));
        List<String> bring =
                List.of("import", "tool-runner", "--from", url(), "--files", files.toString());

        try (var pawl = start(bring)) {
            pawl.prints(Pattern.compile("left out  10000000-"), time);
            pawl.kill();
            assertThat(pawl.printed()).doesNotContain("imported");
        }

        var summary = Pattern.compile("imported (\\d+) jobs .*; (\\d+) were here already, 3 left");
        var again = summary.matcher(pawl(bring.toArray(String[]::new)).printed);
        assertThat(again.find()).isTrue();
        int before = Integer.parseInt(again.group(2));
        assertThat(before).isBetween(60, all - 60);
        assertThat(Integer.parseInt(again.group(1))).isEqualTo(all - before);
        assertThat(asked("SELECT count(*) FROM %stool_runner_jobs")).isEqualTo("" + all);
        assertThat(asked("SELECT count(*) FROM %sartifact")).isEqualTo("2879");
        assertThat(pawl("doctor").printed).contains("every job is in exactly one place");
    }

    @Test
    void whatIsNoDatabaseOfTheOriginalIsRefusedInOneLine() throws Exception {
        // Roles are the whole server's.
        sql("DROP ROLE IF EXISTS moves");
        sql("DROP ROLE IF EXISTS passworded");
        sql("CREATE ROLE passworded");
        sql("CREATE ROLE moves LOGIN PASSWORD 'right' IN ROLE passworded");
        String asMoves = url().replace("postgresql://", "postgresql://moves:wrong-7@");
        refused("lets this user not in", asMoves.replace("?user=postgres", ""));
        refused("has no table jobs", url());
        refused("there is no database", url().replaceFirst("/d\\d+", "/nowhere"));
        refused("can't be reached", "postgresql://127.0.0.1:1/d");
        refused("names no database that can be read", "mysql://localhost/d");
        refused("there is no database file", "sqlite:///nothing.db");
        sql("CREATE TABLE jobs (id uuid, tool_name text)");
        refused("has no column status", url());
    }

    private void refused(String why, String from) throws Exception {
        Ended ended = pawl("import", "tool-runner", "--from", from);
        assertThat(ended.printed).contains(why).doesNotContain("wrong-7");
        assertThat(ended.printed.lines().filter(line -> !line.isBlank())).hasSize(1);
        assertThat(ended.code).isIn(2, 6);
    }

    /**
     * What the store's database answers, as who knew the original's tables asks it.
     *
     * @param sql with %s before the name of a table
     */
    private String asked(String sql) throws Exception {
        try (var connection =
                        DriverManager.getConnection(
                                place.onPostgres()
                                        ? place.database()
                                        : "jdbc:sqlite:" + folder.resolve("pawl-data/pawl.db"));
                var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(sql.formatted(place.onPostgres() ? "pawl." : ""))) {
            rows.next();
            return rows.getString(1);
        }
    }

    // ---- Around

    /** As the original's own variable has it. */
    private String url() {
        return database.replace("jdbc:", "");
    }

    private void fill(String resource) throws Exception {
        try (InputStream in = ImportTest.class.getResourceAsStream(resource)) {
            sql(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private void sql(String text) throws Exception {
        try (var connection = DriverManager.getConnection(database);
                var statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    /** A file as old as the job that left it. */
    private static void file(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2025-03-01T10:00:03Z")));
    }

    private record Ended(int code, String printed) {}

    private Ended pawl(String... arguments) throws Exception {
        try (var pawl = start(List.of(arguments))) {
            int code = pawl.ends();
            return new Ended(code, pawl.printed());
        }
    }

    private PawlProcess start(List<String> arguments) throws IOException {
        return PawlProcess.start(
                folder, empty(), List.of(), place.with(Map.of()), "dev.pawl.app.Main", arguments);
    }

    private Path empty() throws IOException {
        Path empty = folder.resolve("empty");
        if (!Files.exists(empty)) Files.createFile(empty);
        return empty;
    }

    private PawlProcess up(String front, String... more) throws IOException {
        var arguments = new ArrayList<>(List.of("up", "--port", "0", "--front", front + ":0"));
        arguments.addAll(List.of(more));
        return start(arguments);
    }

    private String front(PawlProcess up, String front) throws Exception {
        var served = Pattern.compile("serves front " + front + " at (http://localhost:\\d+)");
        return up.prints(served, time).group(1);
    }

    private JsonNode get(String address) throws Exception {
        return JSON.readTree(text(address));
    }

    private String text(String address) throws Exception {
        var answer =
                client.send(
                        HttpRequest.newBuilder(URI.create(address)).build(),
                        BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }
}
