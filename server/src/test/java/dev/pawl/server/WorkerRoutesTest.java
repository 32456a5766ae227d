package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ApiKey;
import dev.pawl.core.ApiKeys;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Role;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.core.WorkerEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What an operator does with workers, over HTTP: who may, and what comes of it. */
@OnEachStore
@Timeout(60)
final class WorkerRoutesTest {
    private static final List<String> ACTS = List.of(":drain", ":reap");

    @TempDir Path folder;
    private Running on;

    private final StoreKind kind;

    WorkerRoutesTest(StoreKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void aWorker() throws IOException {
        on = new Running(kind, folder, ServerOptions.defaults().withAnonymous(Optional.empty()));
        key("root", Role.ADMIN, "");
        key("head", Role.ADMIN, "acme");
        key("ann", Role.USER, "acme");
        key("eve", Role.VIEWER, "acme");
        register("first");
    }

    @AfterEach
    void stop() {
        on.close();
    }

    private void key(String name, Role role, String tenant) {
        var key =
                new ApiKey(
                        name,
                        name,
                        role,
                        tenant,
                        Instant.EPOCH,
                        Instant.MAX,
                        Optional.empty(),
                        Optional.empty());
        on.keys.add(key, ApiKeys.hash("secret-" + name));
    }

    @Test
    void onlyAnAdminOfAllTenantsMay() {
        claim("first", 1);
        for (String act : ACTS) {
            String path = "/v1/workers/first" + act;
            assertThat(on.post(path, "{}").status()).as(act).isEqualTo(401);
            for (String who : List.of("head", "ann", "eve")) {
                Running.Answer refused = post(who, path, "{}");
                assertThat(refused.status()).as("%s %s", who, act).isEqualTo(403);
                assertThat(refused.code()).isEqualTo("forbidden");
                // Nor is anybody told whether there is one of that name.
                assertThat(post(who, "/v1/workers/nobody" + act, "{}").status()).isEqualTo(403);
            }
        }

        assertThat(only().draining()).isFalse();
        assertThat(on.store.leases()).hasSize(1);
        assertThat(post("root", "/v1/workers/first:drain", "{}").status()).isEqualTo(200);
        assertThat(post("root", "/v1/workers/first:reap", "{}").status()).isEqualTo(200);
    }

    @Test
    void whoIsNotThereIsNotFound() {
        for (String act : ACTS) {
            Running.Answer answer = post("root", "/v1/workers/nobody" + act, "{}");
            assertThat(answer.status()).as(act).isEqualTo(404);
            assertThat(answer.code()).isEqualTo("worker_not_found");
            assertThat(answer.json().path("detail").stringValue()).contains("no worker nobody");
        }
    }

    @Test
    void whoIsToldToDrainIsAnsweredAndHearsItWithItsHeartbeat() {
        assertThat(renew("first", List.of()).path("drain").booleanValue()).isFalse();

        JsonNode told = post("root", "/v1/workers/first:drain", "").json();

        assertThat(told.path("worker").stringValue()).isEqualTo("first");
        assertThat(told.path("draining").booleanValue()).isTrue();
        assertThat(only().draining()).isTrue();
        assertThat(renew("first", List.of()).path("drain").booleanValue()).isTrue();
        assertThat(post("root", "/v1/workers/first:drain", "").status()).isEqualTo(200);
    }

    @Test
    void whoWasHeardOfSinceIsNotReaped() {
        claim("first", 1);
        String before = only().seenAt().minusMillis(1).toString();

        Running.Answer refused = reap("first", "{\"seen_at\":\"%s\"}".formatted(before));
        Running.Answer wrong = reap("first", "{\"seen_at\":7,\"seen\":1}");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("not_possible_now");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.pointers()).containsExactlyInAnyOrder("/seen_at", "/seen");
        assertThat(on.store.leases()).hasSize(1);
        String seen = "{\"seen_at\":\"%s\"}".formatted(only().seenAt());
        assertThat(reap("first", seen).json().path("moved").intValue()).isEqualTo(1);
    }

    @Test
    void whatTheReapedHeldIsTheSuccessorsAndNotItsOwn() {
        JsonNode held = claim("first", 1);
        JsonNode reaped = reap("first", "{}").json();
        assertThat(reaped.path("worker").stringValue()).isEqualTo("first");
        assertThat(reaped.path("moved").intValue()).isEqualTo(1);
        assertThat(on.store.workers()).isEmpty();
        assertThat(on.store.leases()).isEmpty();

        // On the same machine, with the same process id, for the same tools, under another name.
        register("second");
        JsonNode again = leaseWhenDue("second");

        assertThat(again.path("jobs").path(0).path("attempt").intValue()).isEqualTo(2);
        String lost = held.path("lease").stringValue();
        // The predecessor asks, and its successor in its predecessor's place.
        for (String worker : List.of("first", "second"))
            assertThat(renew(worker, List.of(lost)).path("lost"))
                    .extracting(JsonNode::stringValue)
                    .containsExactly(lost);
        assertThat(end(held).code()).isEqualTo("lease_lost");
        assertThat(on.store.workers()).extracting(WorkerEntry::id).containsExactly("second");
        assertThat(end(again).status()).isEqualTo(200);
    }

    @Test
    void aSuccessorOfTheSameNameHoldsNothingOfItsPredecessor() {
        JsonNode held = claim("first", 1);
        reap("first", "{}");
        register("first");

        assertThat(renew("first", List.of(held.path("lease").stringValue())).path("leases"))
                .isEmpty();
        JsonNode again = leaseWhenDue("first");
        assertThat(end(held).code()).isEqualTo("lease_lost");
        assertThat(end(again).status()).isEqualTo(200);
    }

    private WorkerEntry only() {
        assertThat(on.store.workers()).hasSize(1);
        return on.store.workers().getFirst();
    }

    private void register(String worker) {
        Running.Answer told =
                post(
                        "root",
                        "/v1/workers",
                        """
                        {"worker": "%s", "host": "h", "pid": 1, "tools": ["shout@1"], "slots": 2}
                        """
                                .formatted(worker));
        assertThat(told.status()).isEqualTo(200);
    }

    /** Submits jobs, and claims them under one lease. */
    private JsonNode claim(String worker, int jobs) {
        var soon = Duration.ofMillis(1);
        for (int i = 0; i < jobs; i++)
            on.engine.submit(
                    Submission.of(new ToolId("shout", "1"), "{\"text\":\"a\",\"times\":1}")
                            .retry(RetryPolicy.defaults().withBackoff(soon, soon))
                            .build());
        JsonNode leased = lease(worker, jobs);
        assertThat(leased.path("jobs")).hasSize(jobs);
        return leased;
    }

    /** Claims the job whose attempt was lost a moment ago. */
    private JsonNode leaseWhenDue(String worker) {
        while (true) {
            var _ = on.engine.tick(9);
            JsonNode leased = lease(worker, 1);
            if (!leased.path("jobs").isEmpty()) return leased;
        }
    }

    private JsonNode lease(String worker, int max) {
        return post(
                        "root",
                        "/v1/leases",
                        """
                        {"worker": "%s", "lease": "%s", "wait_ms": 0,
                         "wants": [{"tools": ["shout@1"], "max": %d}]}
                        """
                                .formatted(worker, UUID.randomUUID(), max))
                .json();
    }

    private JsonNode renew(String worker, List<String> leases) {
        String quoted = String.join(",", leases.stream().map(each -> '"' + each + '"').toList());
        return post(
                        "root",
                        "/v1/leases:renew",
                        "{\"worker\":\"%s\",\"leases\":[%s]}".formatted(worker, quoted))
                .json();
    }

    private Running.Answer end(JsonNode leased) {
        JsonNode job = leased.path("jobs").path(0);
        String path =
                "/v1/leases/%s/jobs/%s/%d:complete"
                        .formatted(
                                leased.path("lease").stringValue(),
                                job.path("id").stringValue(),
                                job.path("attempt").intValue());
        return post("root", path, "{\"output\":{\"said\":\"A\"}}");
    }

    private Running.Answer reap(String worker, String body) {
        return post("root", "/v1/workers/" + worker + ":reap", body);
    }

    private Running.Answer post(String who, String path, String json) {
        return on.post(path, json, "Authorization", "Bearer secret-" + who);
    }
}
