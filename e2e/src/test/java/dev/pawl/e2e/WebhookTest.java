package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.pawl.api.JobQuery;
import dev.pawl.api.JobView;
import dev.pawl.api.PawlClient;
import dev.pawl.api.SubmitRequest;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.SystemTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
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
import tools.jackson.databind.node.JsonNodeFactory;

/** Webhooks of a server that is killed: each event is told, and made one delivery of. */
@Tag("process")
@ParameterizedClass(name = "on {0}")
@EnumSource(StorePlace.Kind.class)
@Timeout(300)
final class WebhookTest {
    private static final int JOBS = 30;
    private static final Pattern ADDRESS = Pattern.compile("pawl serves (http://localhost:\\d+)");
    private static final JobFilter DELIVERIES = JobFilter.ALL.withQueue("webhooks");

    private final SystemTime time = new SystemTime();
    private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final CountDownLatch first = new CountDownLatch(1);
    @TempDir Path folder;
    private Path empty = Path.of("");
    private HttpServer receiver;

    private final StorePlace place;

    WebhookTest(StorePlace.Kind kind) {
        place = StorePlace.fresh(kind);
    }

    @BeforeEach
    void aReceiverAndATool() throws IOException {
        empty = Files.createFile(folder.resolve("empty"));
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Files.writeString(
                tools.resolve("yes.yaml"),
                "tool: yes@1\ninput: {type: object}\nrun: {command: [\"true\"]}\n");
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        exchange.getRequestBody().readAllBytes();
                        told.add(exchange.getRequestHeaders().getFirst("webhook-id"));
                        first.countDown();
                        exchange.sendResponseHeaders(204, -1);
                    }
                });
        receiver.start();
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
        place.close();
    }

    @Test
    void aKilledServerLosesNoEventAndDoublesNoDelivery() throws Exception {
        String url = "http://localhost:%d/".formatted(receiver.getAddress().getPort());
        assertThat(run("webhooks", "add", url, "--state", "succeeded")).contains("whsec_");
        var jobs = new ArrayList<JobId>();
        try (var up = up();
                var client = client(up)) {
            for (int i = 0; i < JOBS; i++)
                jobs.add(
                        client.submit(
                                        SubmitRequest.of(
                                                "yes", JsonNodeFactory.instance.objectNode()))
                                .id());
            assertThat(first.await(100, TimeUnit.SECONDS)).as(up::said).isTrue();
            up.kill();
        }
        var distinct = new HashSet<String>();
        try (var up = up();
                var client = client(up)) {
            while (distinct.size() < JOBS) {
                String id = told.poll(100, TimeUnit.SECONDS);
                assertThat(id).as("%d are told; %s", distinct.size(), up.said()).isNotNull();
                distinct.add(id);
            }
            for (JobId job : jobs) client.await(job, Duration.ofSeconds(60));
            List<JobView> deliveries = client.jobs(new JobQuery(DELIVERIES, "", 1_000)).jobs();
            assertThat(deliveries).as(up::said).hasSize(JOBS);
            JsonNode webhook = client.webhooks().list().path("webhooks").path(0);
            assertThat(webhook.path("circuit").stringValue()).isEqualTo("closed");
        }
        assertThat(run("webhooks", "list")).contains(url, "\ton\t");
    }

    @Test
    void theReceiverOfTheDocumentationVerifies() throws Exception {
        Programs.requirePython();
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        String made = run("webhooks", "add", "http://localhost:%d/".formatted(port));
        String id = found("wh[0-9a-f]{12}", made);
        String secret = found("whsec_\\S+", made);
        Path script = Path.of(System.getProperty("pawl.root"), "examples/webhooks/receiver.py");
        var command = List.of("python3", script.toString(), secret, Integer.toString(port));
        try (var python = PawlProcess.start(folder, empty, Map.of(), command);
                var _ = up()) {
            run("webhooks", "test", id);

            python.prints(Pattern.compile(id + "_\\S+ webhook\\.test"), time);
        }
    }

    private static String found(String pattern, String text) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        assertThat(found.find()).as("%s in %s", pattern, text).isTrue();
        return found.group();
    }

    private PawlProcess up() throws Exception {
        PawlProcess up = start("up", "--port", "0");
        up.prints(ADDRESS, time);
        return up;
    }

    private PawlClient client(PawlProcess up) throws Exception {
        return new PawlClient(URI.create(up.prints(ADDRESS, time).group(1)), time, new Random());
    }

    private String run(String... arguments) throws Exception {
        try (PawlProcess pawl = start(arguments)) {
            assertThat(pawl.ends()).as(pawl::said).isZero();
            return pawl.printed();
        }
    }

    private PawlProcess start(String... arguments) throws IOException {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", "data", "--tools", "tools"));
        return PawlProcess.start(
                folder,
                empty,
                List.of(),
                place.with(
                        Map.of(
                                "PAWL_WEBHOOKS_PRIVATE",
                                "true",
                                "PAWL_WORKER_LEASE",
                                "2s",
                                "PAWL_WORKER_HEARTBEAT",
                                "500ms")),
                "dev.pawl.app.Main",
                all);
    }
}
