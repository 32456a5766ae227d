package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobError;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Outcome;
import dev.pawl.core.ToolId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code /metrics} says, read as Prometheus reads it. */
final class MetricsTest {
    /** https://prometheus.io/docs/instrumenting/exposition_formats/ */
    private static final Pattern LINE =
            Pattern.compile("(# (HELP|TYPE) .*|[a-zA-Z_:][\\w:]*(\\{[^}]*\\})? [-+0-9.eEINnaf]+)");

    @TempDir Path folder;
    private Running on;
    private long leases;

    @BeforeEach
    void start() throws IOException {
        on = new Running(folder, ServerOptions.defaults());
    }

    @AfterEach
    void stop() {
        on.close();
    }

    @Test
    void everyLineIsOneThatPrometheusReads() {
        submit("q \\\"x\\\"".replace(" ", "_"));
        end(claim(), new Outcome.Succeeded("{}", List.of()));

        var answer = on.get("/metrics");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("text/plain; version=0.0.4");
        assertThat(text().lines()).isNotEmpty().allMatch(line -> LINE.matcher(line).matches());
    }

    @Test
    void queuesAndStatesAreThoseOfTheStore() {
        submit("a");
        submit("a");
        submit("b");
        end(claim(), new Outcome.Succeeded("{}", List.of()));
        on.post("/v1/queues/b:pause", "");

        String text = text();
        assertThat(value(text, "pawl_queue_depth{queue=\"a\"}")).isEqualTo(1);
        assertThat(value(text, "pawl_queue_depth{queue=\"b\"}")).isEqualTo(1);
        assertThat(value(text, "pawl_queue_paused{queue=\"b\"}")).isEqualTo(1);
        assertThat(value(text, "pawl_queue_paused{queue=\"a\"}")).isZero();
        assertThat(value(text, "pawl_queue_oldest_age_seconds{queue=\"b\"}")).isBetween(0.0, 60.0);
        assertThat(value(text, "pawl_jobs{queue=\"a\",state=\"succeeded\",tool=\"shout@1\"}"))
                .isEqualTo(1);
        assertThat(value(text, "pawl_store_up")).isEqualTo(1);
        assertThat(value(text, "pawl_http_connections")).isPositive();
        assertThat(text).contains("jvm_memory_used_bytes", "jvm_threads_live_threads");

        // What is gone has no figure that stays behind.
        on.post("/v1/jobs:cancel", "{\"all\":true}");
        String after = text();
        assertThat(after).doesNotContain("pawl_queue_oldest_age_seconds{queue=\"b\"}");
        assertThat(value(after, "pawl_queue_depth{queue=\"b\"}")).isZero();
    }

    @Test
    void attemptsAreTimedAndCountedByTheirOutcome() {
        for (int i = 0; i < 3; i++) submit("a");
        end(claim(), new Outcome.Succeeded("{}", List.of()));
        var error = new JobError(ErrorClass.PERMANENT, "no", Duration.ZERO);
        end(claim(), new Outcome.Failed(error, List.of()));
        ClaimedJob cancelled = claim();
        on.engine.cancel(cancelled.id());
        end(cancelled, new Outcome.Succeeded("{}", List.of()));

        String text = text();
        assertThat(value(text, "pawl_pickup_seconds_count{queue=\"a\"}")).isEqualTo(3);
        assertThat(value(text, "pawl_pickup_seconds_bucket{queue=\"a\",le=\"60.0\"}")).isEqualTo(3);
        assertThat(value(text, run("completed"))).isEqualTo(1);
        assertThat(value(text, run("failed"))).isEqualTo(1);
        assertThat(value(text, run("lease_lost"))).isEqualTo(1);
        assertThat(
                        value(
                                text,
                                "pawl_attempts_total{error_class=\"permanent\",outcome=\"failed\",tool=\"shout@1\"}"))
                .isEqualTo(1);
    }

    @Test
    void requestsAreTimedByRouteAndStatus() {
        submit("a");
        submit("a");
        on.get("/v1/jobs/no-id");
        on.get("/nowhere/" + "x".repeat(100));

        String text = text();
        assertThat(value(text, requests("POST", "/v1/jobs", 202))).isEqualTo(2);
        assertThat(value(text, requests("GET", "/v1/jobs/{id}", 404))).isEqualTo(1);
        assertThat(value(text, requests("any", "(none)", 404))).isEqualTo(1);
        assertThat(text).doesNotContain("nowhere", "no-id");
    }

    private static String requests(String method, String route, int status) {
        return "pawl_http_requests_seconds_count{address=\"native\",method=\"%s\",route=\"%s\",status=\"%d\"}"
                .formatted(method, route, status);
    }

    @Test
    void whoInventsQueuesMakesNoFiguresWithoutEnd() {
        var jobs = new StringBuilder("[");
        int queues = Metrics.NAMES_MAX + 50;
        for (int i = 0; i < queues; i++) jobs.append(i == 0 ? "" : ",").append(job("q" + i));
        on.post("/v1/jobs:batch", jobs + "]");

        String text = text();
        assertThat(depths(text)).hasSize(Metrics.NAMES_MAX + 1);
        assertThat(value(text, "pawl_queue_depth{queue=\"(others)\"}")).isEqualTo(50);
        assertThat(depths(text())).as("the same ones again").isEqualTo(depths(text));
    }

    private static List<String> depths(String text) {
        return text.lines().filter(line -> line.startsWith("pawl_queue_depth{")).sorted().toList();
    }

    private static String run(String outcome) {
        return "pawl_run_seconds_count{outcome=\"%s\",tool=\"shout@1\"}".formatted(outcome);
    }

    private String text() {
        return new String(on.get("/metrics").response().body(), StandardCharsets.UTF_8);
    }

    private static double value(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not in\n" + text));
    }

    private static String job(String queue) {
        return "{\"tool\":\"shout\",\"queue\":\"%s\",\"no_cache\":true,\"input\":{\"text\":\"a\"}}"
                .formatted(queue);
    }

    private void submit(String queue) {
        assertThat(on.post("/v1/jobs", job(queue)).status()).isEqualTo(202);
    }

    private ClaimedJob claim() {
        var want = new Claim.Want(Set.of(new ToolId("shout", "1")), Set.of(), Set.of(), 1);
        var lease = new LeaseId(new UUID(4, leases++));
        var claim = new Claim(lease, "w", Duration.ofMinutes(1), List.of(want), Set.of());
        return on.engine.claim(claim).jobs().getFirst();
    }

    private void end(ClaimedJob job, Outcome outcome) {
        on.engine.end(List.of(on.engine.ending(job, "w", outcome)));
    }
}
