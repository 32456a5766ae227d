package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.SystemTime;
import dev.pawl.testkit.PgBouncerServer;
import dev.pawl.testkit.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
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

/**
 * What a worker of another process does is told by every server, within a second of what the store
 * answers: where the database tells of others, and where nothing does and polling is all there is.
 */
@Tag("process")
@ParameterizedClass(name = "{0}")
@EnumSource(LiveEventsTest.Heard.class)
@Timeout(300)
final class LiveEventsTest {
    enum Heard {
        BY_LISTENING,
        /** Through PgBouncer, which lets nobody listen. */
        BY_POLLING
    }

    private static final Duration LATE_MAX = Duration.ofSeconds(1);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String TOOL =
            """
            tool: steps@1
            input: {type: object}
            run: {command: [sh, "{{tool.dir}}/steps.sh"]}
            """;

    private final SystemTime time = new SystemTime();
    private final HttpClient client = HttpClient.newHttpClient();
    private final StorePlace place = StorePlace.fresh(StorePlace.Kind.POSTGRES);
    private final List<AutoCloseable> started = new ArrayList<>();
    private final String store;
    @TempDir Path folder;

    LiveEventsTest(Heard heard) {
        if (heard == Heard.BY_LISTENING) {
            store = place.database();
            return;
        }
        var bouncer =
                PgBouncerServer.start(PostgresServer.shared(), PgBouncerServer.Mode.TRANSACTION);
        started.add(bouncer);
        store = bouncer.url(place.database()) + "&prepareThreshold=0";
    }

    @BeforeEach
    void tools() throws IOException {
        Files.createFile(folder.resolve("empty"));
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Files.writeString(tools.resolve("steps.yaml"), TOOL);
        // Goes on when it is told to.
        Files.writeString(
                tools.resolve("steps.sh"),
                """
                echo one
                echo "pawl: progress 0.5 half"
                while [ ! -e "%s" ]; do sleep 0.05; done
                echo two
                """
                        .formatted(folder.resolve("go")));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : started.reversed()) each.close();
        client.close();
        place.close();
    }

    @Test
    void everyServerTellsWhatAnothersWorkerDoesAndGoesOnWhereOneWas() throws Exception {
        PawlProcess one = start("server", "--port", "0", "--tools", "tools");
        PawlProcess other = start("server", "--port", "0", "--tools", "tools");
        String first = address(one, "");
        String second = address(other, "");
        String id = post(first + "/v1/jobs", "{\"tool\":\"steps\"}").path("id").asString();
        var words = new ArrayList<String>();
        var arrived = new TreeMap<String, Long>();
        String last;
        Map<String, Long> seen;
        try (var stream = new ServerStream(client, second, id, "", time)) {
            add(words, arrived, stream.next());
            PawlProcess worker = start("worker", "--tools", "tools");
            assertThat(worker.alive()).as(worker::said).isTrue();
            seen = seen(first, id, "state running", "log one", "progress half");
            ServerStream.Told told = add(words, arrived, stream.next());
            while (words.size() < 4) told = add(words, arrived, stream.next());
            last = told.id();
        }
        assertWithinASecond(arrived, seen);

        try (var stream = new ServerStream(client, first, id, last, time)) {
            Files.createFile(folder.resolve("go"));
            seen = seen(second, id, "log two", "state succeeded");
            while (!words.getLast().equals("state succeeded")) add(words, arrived, stream.next());
        }
        assertWithinASecond(arrived, seen);
        assertThat(words)
                .as("nothing twice, nothing left out")
                .containsExactlyInAnyOrder(
                        "state queued",
                        "state running",
                        "log one",
                        "progress half",
                        "log two",
                        "state succeeded");
    }

    @Test
    void theSocketOfAFrontTellsWhatAnotherProcessRuns() throws Exception {
        Programs.requirePython();
        Path scripts = Files.createDirectory(folder.resolve("scripts"));
        Files.writeString(
                scripts.resolve("slow.py"),
                """
                import pathlib, time
                print("pawl: progress 0.5 half", flush=True)
                while not pathlib.Path("%s").exists(): time.sleep(0.05)
                """
                        .formatted(folder.resolve("go")));
        String[] up = {
            "up", "--port", "0", "--front", "tool-runner:0", "--scripts", "scripts", "--slots"
        };
        PawlProcess idle = start(up, "0");
        String front = address(idle, "front tool-runner");
        String id = post(front + "/api/run", "{\"tool_name\":\"slow\"}").path("job_id").asString();
        try (var socket = new FrontSocket(client, front, time).subscribe(id)) {
            var _ = socket.until(is("status", "pending"));
            PawlProcess works = start(up, "2");
            String other = address(works, "front tool-runner");
            long seen = seen(other + "/api/jobs/" + id, is("progress", "50"));
            long told = socket.until(is("progress", "50")).nanos();
            assertThat(told - seen).as("progress").isLessThan(LATE_MAX.toNanos());

            Files.createFile(folder.resolve("go"));
            seen = seen(other + "/api/jobs/" + id, is("status", "completed"));
            FrontSocket.Said said = socket.until(is("type", "complete"));
            assertThat(said.nanos() - seen).as("end").isLessThan(LATE_MAX.toNanos());
            assertThat(said.message().path("status").asString()).isEqualTo("completed");
        }
    }

    private static ServerStream.Told add(
            List<String> words, Map<String, Long> arrived, ServerStream.Told told) {
        words.add(told.words());
        arrived.put(told.words(), told.nanos());
        return told;
    }

    private static void assertWithinASecond(Map<String, Long> told, Map<String, Long> seen) {
        assertThat(told).containsKeys(seen.keySet().toArray(String[]::new));
        seen.forEach((what, at) ->
                assertThat(told.getOrDefault(what, Long.MAX_VALUE) - at)
                        .as("nanoseconds from the answer of the API to \"%s\"", what)
                        .isLessThan(LATE_MAX.toNanos()));
    }

    /** When a server's API first showed each of these. */
    private Map<String, Long> seen(String server, String id, String... wanted) throws Exception {
        var seen = new TreeMap<String, Long>();
        while (seen.size() < wanted.length) {
            JsonNode job = get(server + "/v1/jobs/" + id);
            String logs = text(server + "/v1/jobs/" + id + "/logs");
            long now = time.nanos();
            String state = job.path("state").asString("");
            assertThat(state).as("%s", job).isNotEqualTo("dead");
            for (String each : wanted) {
                String what = each.substring(each.indexOf(' ') + 1);
                boolean shown =
                        switch (each.split(" ", -1)[0]) {
                            case "state" -> state.equals(what);
                            case "log" -> logs.contains(what);
                            default -> job.at("/progress/text").asString("").equals(what);
                        };
                if (shown) seen.putIfAbsent(each, now);
            }
            time.sleep(Duration.ofMillis(10));
        }
        return seen;
    }

    private long seen(String address, Predicate<JsonNode> wanted) throws Exception {
        while (!wanted.test(get(address))) time.sleep(Duration.ofMillis(10));
        return time.nanos();
    }

    private static Predicate<JsonNode> is(String field, String value) {
        return told -> told.path(field).asString("").equals(value);
    }

    private JsonNode post(String address, String body) throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create(address))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build();
        return JSON.readTree(client.send(request, BodyHandlers.ofString()).body());
    }

    private JsonNode get(String address) throws Exception {
        return JSON.readTree(text(address));
    }

    private String text(String address) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(address)).build();
        return client.send(request, BodyHandlers.ofString()).body();
    }

    private String address(PawlProcess process, String what) throws Exception {
        String words = what.isEmpty() ? "" : what + " at ";
        var wanted = Pattern.compile("pawl serves " + words + "(http://localhost:\\d+)");
        return process.prints(wanted, time).group(1);
    }

    private PawlProcess start(String[] words, String last) throws IOException {
        var all = new ArrayList<>(List.of(words));
        all.add(last);
        return start(all.toArray(String[]::new));
    }

    private PawlProcess start(String... words) throws IOException {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--store", store));
        PawlProcess process = PawlProcess.start(folder, folder.resolve("empty"), all);
        started.add(process);
        return process;
    }
}
