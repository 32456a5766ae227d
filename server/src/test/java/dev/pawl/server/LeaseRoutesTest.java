package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A worker that speaks plain HTTP. */
@OnEachStore
@Timeout(60)
final class LeaseRoutesTest {
    @TempDir Path folder;
    private Running on;
    private int leases;

    private final StoreKind kind;

    LeaseRoutesTest(StoreKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void start() throws IOException {
        on = new Running(kind, folder, ServerOptions.defaults());
    }

    @AfterEach
    void stop() {
        on.close();
    }

    @Test
    void aJobIsClaimedRunAndCompletedOverHttp() {
        String id = submit("hi");

        JsonNode leased = claim(1).json();

        JsonNode job = leased.path("jobs").path(0);
        assertThat(job.path("id").stringValue()).isEqualTo(id);
        assertThat(job.path("tool").stringValue()).isEqualTo("shout@1");
        assertThat(job.path("attempt").intValue()).isEqualTo(1);
        assertThat(job.path("input").toString()).isEqualTo("{\"text\":\"hi\",\"times\":1}");
        assertThat(leased.path("until").stringValue()).isNotEmpty();
        assertThat(look(id).path("worker").stringValue()).isEqualTo("w");

        Running.Answer done = write(leased, ":complete", "{\"output\":{\"said\":\"HI\"}}");

        assertThat(done.status()).as("%s", done.json()).isEqualTo(200);
        assertThat(look(id).path("state").stringValue()).isEqualTo("succeeded");
        assertThat(look(id).path("output").toString()).isEqualTo("{\"said\":\"HI\"}");
    }

    @Test
    void aFailureSaysItsClassAndDecidesWhatComesNext() {
        String id = submit("hi");
        JsonNode first = claim(1).json();

        Running.Answer failed =
                write(first, ":fail", "{\"error_class\":\"user\",\"error\":\"no such word\"}");

        assertThat(failed.status()).isEqualTo(200);
        assertThat(look(id).path("state").stringValue()).isEqualTo("dead");
        assertThat(look(id).path("error").stringValue()).isEqualTo("no such word");
    }

    @Test
    void everyWriteOfAnAttemptThatLostItsLeaseIsRefusedWithTheReason() {
        String id = submit("hi");
        JsonNode first = claim(1).json();
        assertThat(write(first, ":release", "").status()).isEqualTo(200);
        JsonNode second = claim(1).json();
        assertThat(second.path("jobs").path(0).path("attempt").intValue()).isEqualTo(2);

        List<Running.Answer> late =
                List.of(
                        write(first, ":progress", "{\"fraction\":0.5}"),
                        write(first, ":log", "{\"lines\":[{\"seq\":0,\"text\":\"late\"}]}"),
                        upload(first, "late.txt", "late"),
                        write(first, ":complete", "{\"output\":{}}"),
                        write(first, ":fail", "{\"error\":\"late\"}"),
                        write(first, ":snooze", "{\"delay_ms\":1}"),
                        write(first, ":stopped", ""),
                        child(first));

        for (Running.Answer answer : late) {
            assertThat(answer.status()).as("%s", answer.json()).isEqualTo(409);
            assertThat(answer.code()).isEqualTo("lease_lost");
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.json().path("detail").stringValue()).contains(id);
        }
        assertThat(look(id).path("attempt").intValue()).isEqualTo(2);
        assertThat(on.get("/v1/jobs/" + id + "/logs").json().path("lines").size()).isZero();
        assertThat(write(second, ":complete", "{}").status()).isEqualTo(200);
    }

    @Test
    void anEndThatIsToldTwiceIsAnsweredAsTheFirstTime() {
        submit("one");
        JsonNode done = claim(1).json();
        submit("two");
        JsonNode failed = claim(1).json();
        write(done, ":complete", "{\"output\":{\"a\":1}}");
        write(failed, ":fail", "{\"error\":\"broke\"}");

        assertThat(write(done, ":complete", "{\"output\":{\"a\":1}}").status()).isEqualTo(200);
        assertThat(write(failed, ":fail", "{\"error\":\"broke\"}").status()).isEqualTo(200);
        assertThat(write(done, ":complete", "{\"output\":{\"a\":2}}").code())
                .isEqualTo("lease_lost");
        assertThat(write(done, ":fail", "{\"error\":\"no\"}").code()).isEqualTo("lease_lost");
    }

    @Test
    void progressAndLogAreSeenWhileItRuns() {
        String id = submit("hi");
        JsonNode leased = claim(1).json();

        write(leased, ":progress", "{\"fraction\":0.4,\"text\":\"linking\"}");
        String lines =
                "{\"lines\":[{\"seq\":0,\"text\":\"one\"},{\"seq\":1,\"text\":\"two\",\"stream\":\"stderr\"}]}";
        write(leased, ":log", lines);
        write(leased, ":log", lines);

        assertThat(look(id).path("progress").path("text").stringValue()).isEqualTo("linking");
        JsonNode log = on.get("/v1/jobs/" + id + "/logs").json().path("lines");
        assertThat(log.size()).isEqualTo(2);
        assertThat(log.path(1).path("stream").stringValue()).isEqualTo("stderr");
    }

    @Test
    void anUploadedFileIsTheJobsArtifactOnceItsEndNamesIt() {
        String id = submit("hi");
        JsonNode leased = claim(1).json();

        JsonNode kept = upload(leased, "out/a.txt", "content").json();
        assertThat(kept.path("name").stringValue()).isEqualTo("out/a.txt");
        assertThat(kept.path("size").intValue()).isEqualTo(7);
        Running.Answer done = write(leased, ":complete", "{\"artifacts\":[%s]}".formatted(kept));

        assertThat(done.status()).as("%s", done.json()).isEqualTo(200);
        assertThat(on.get("/v1/jobs/" + id + "/artifacts/out/a.txt").response().body())
                .isEqualTo("content".getBytes(StandardCharsets.UTF_8));
        assertThat(on.get("/v1/files/" + kept.path("sha256").stringValue()).response().body())
                .isEqualTo("content".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void anArtifactThatWasNotUploadedIsRefused() {
        submit("hi");
        JsonNode leased = claim(1).json();
        String file =
                "{\"name\":\"a\",\"size\":1,\"media_type\":\"\",\"sha256\":\"%s\"}"
                        .formatted("0".repeat(64));

        Running.Answer done = write(leased, ":complete", "{\"artifacts\":[%s]}".formatted(file));

        assertThat(done.status()).isEqualTo(422);
        assertThat(done.pointers()).containsExactly("/artifacts/0");
    }

    @Test
    void aFileOverTheLimitIsRefusedAndNotKept() throws IOException {
        on.close();
        on =
                new Running(
                        kind,
                        folder.resolve("small"),
                        ServerOptions.defaults().withFileBytesMax(10));
        submit("hi");
        JsonNode leased = claim(1).json();

        assertThat(upload(leased, "a", "0123456789").status()).isEqualTo(200);
        assertThat(upload(leased, "b", "0123456789x").status()).isEqualTo(413);
        var chunked =
                on.request(attempt(leased) + "/artifacts/c")
                        .PUT(
                                BodyPublishers.ofInputStream(
                                        () -> new ByteArrayInputStream(new byte[99])));
        assertThat(on.send(chunked).status()).isEqualTo(413);
    }

    @Test
    void allThatIsWrongWithAClaimIsToldAtOnce() {
        Running.Answer answer =
                on.post(
                        "/v1/leases",
                        "{\"worker\":\"\",\"lease\":\"x\",\"wants\":[{\"tools\":[\"shout\"],\"max\":-1}],\"wait_ms\":60001,\"extra\":1}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.pointers())
                .contains(
                        "/worker",
                        "/lease",
                        "/wants/0/tools/0",
                        "/wants/0/max",
                        "/wait_ms",
                        "/extra");
    }

    @Test
    void anOutputThatItsToolDoesNotPromiseIsRefusedFieldByField() {
        submit("hi");
        JsonNode leased = claim(1).json();

        Running.Answer answer = write(leased, ":complete", "{\"output\":{\"said\":7}}");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.pointers()).containsExactly("/output/said");
    }

    @Test
    void renewingSaysWhatHoldsWhatIsLostAndWhatHasToStop() {
        String kept = submit("kept");
        JsonNode holding = claim(1).json();
        String cancelled = submit("cancelled");
        JsonNode stopping = claim(1).json();
        on.post("/v1/jobs/" + cancelled + ":cancel", "");
        String gone = new UUID(9, 9).toString();

        JsonNode renewed =
                on.post(
                                "/v1/leases:renew",
                                "{\"worker\":\"w\",\"leases\":[%s,%s,\"%s\"]}"
                                        .formatted(
                                                holding.path("lease"),
                                                stopping.path("lease"),
                                                gone))
                        .json();

        assertThat(texts(renewed.path("leases")))
                .containsExactlyInAnyOrder(
                        holding.path("lease").stringValue(), stopping.path("lease").stringValue());
        assertThat(texts(renewed.path("lost"))).containsExactly(gone);
        assertThat(renewed.path("stop").path(0).path("job").stringValue()).isEqualTo(cancelled);
        assertThat(look(cancelled).path("stopping").booleanValue()).isTrue();
        assertThat(write(stopping, ":complete", "{}").code()).isEqualTo("lease_lost");
        assertThat(write(stopping, ":stopped", "").status()).isEqualTo(200);
        assertThat(look(cancelled).has("stopping")).isFalse();
        assertThat(look(kept).path("state").stringValue()).isEqualTo("running");
    }

    @Test
    void aWaitingClaimIsWokenByASubmit() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = threads.submit(() -> claim(new UUID(7, 1), 1, 60_000));
            on.awaitClaim();

            String id = submit("hi");

            assertThat(
                            waiting.get(30, TimeUnit.SECONDS)
                                    .json()
                                    .path("jobs")
                                    .path(0)
                                    .path("id")
                                    .stringValue())
                    .isEqualTo(id);
        }
    }

    @Test
    void aWaitThatIsOverAnswersNoJobs() {
        Running.Answer answer = claim(new UUID(7, 1), 1, 20);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("jobs").size()).isZero();
    }

    @Test
    void manyWaitingClaimsGetAJobEach() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = new ArrayList<Future<Running.Answer>>();
            for (int i = 1; i <= 20; i++) {
                var lease = new UUID(7, i);
                waiting.add(threads.submit(() -> claim(lease, 1, 60_000)));
            }
            var ids = new HashSet<String>();
            for (int i = 0; i < 20; i++) ids.add(submit("job " + i));

            var got = new HashSet<String>();
            for (var each : waiting)
                got.add(
                        each.get(30, TimeUnit.SECONDS)
                                .json()
                                .path("jobs")
                                .path(0)
                                .path("id")
                                .stringValue());
            assertThat(got).isEqualTo(ids);
        }
    }

    @Test
    void aClaimThatIsAskedAgainGetsWhatItGot() {
        submit("one");
        submit("two");
        JsonNode first = claim(new UUID(7, 1), 1, 0).json();

        JsonNode again = claim(new UUID(7, 1), 1, 0).json();
        JsonNode asked = recover(new UUID(7, 1)).json();

        assertThat(again).isEqualTo(first);
        assertThat(asked.path("jobs")).isEqualTo(first.path("jobs"));
    }

    @Test
    void aClaimThatWasAskedForInVainTakesNoPlaceAfterwards() {
        submit("one");
        JsonNode asked = recover(new UUID(7, 1)).json();

        assertThat(asked.path("jobs").size()).isZero();
        assertThat(claim(new UUID(7, 1), 1, 0).code()).isEqualTo("lease_lost");
        assertThat(claim(new UUID(7, 2), 1, 0).json().path("jobs").size()).isEqualTo(1);
    }

    @Test
    void aWaitingClaimIsGivenUpWhenItsWorkerAsksForItsOutcome() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = threads.submit(() -> claim(new UUID(7, 1), 1, 60_000));
            on.awaitClaim();
            recover(new UUID(7, 1));

            String id = submit("hi");

            assertThat(waiting.get(30, TimeUnit.SECONDS).code()).isEqualTo("lease_lost");
            assertThat(look(id).path("state").stringValue()).isEqualTo("queued");
        }
    }

    @Test
    void nothingIsClaimedForAClientThatHasGone() throws Exception {
        try (var socket = new Socket("localhost", on.server.port())) {
            socket.getOutputStream().write(waitingClaim(new UUID(7, 1), 60_000));
            on.awaitClaim();
        }
        on.awaitNoClaim();

        String id = submit("hi");

        assertThat(look(id).path("state").stringValue()).isEqualTo("queued");
        assertThat(claim(1).json().path("jobs").size()).isEqualTo(1);
    }

    @Test
    void aConnectionThatWaitedIsClosedAfterItsAnswer() throws Exception {
        try (var socket = new Socket("localhost", on.server.port())) {
            socket.getOutputStream().write(waitingClaim(new UUID(7, 1), 150));

            byte[] answer = socket.getInputStream().readAllBytes();

            assertThat(new String(answer, StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200")
                    .contains("Connection: close", "\"jobs\":[]");
        }
    }

    @Test
    void aWatchTellsOfJobsAndCancels() throws Exception {
        long next = watch(0, 0).path("next").longValue();
        String id = submit("hi");
        JsonNode ready = watch(next, 60_000);
        assertThat(ready.path("ready").booleanValue()).isTrue();
        claim(1);
        on.post("/v1/jobs/" + id + ":cancel", "");

        JsonNode cancelled = watch(ready.path("next").longValue(), 60_000);

        assertThat(texts(cancelled.path("stop"))).containsExactly(id);
        long last = watch(0, 0).path("next").longValue();
        assertThat(watch(last, 10).path("ready").booleanValue()).isFalse();
        assertThat(watch(last + 1_000, 60_000).path("ready").booleanValue()).isTrue();
    }

    @Test
    void aWorkerThatRegistersIsSeenAndLeaves() {
        on.post(
                "/v1/workers",
                "{\"worker\":\"w\",\"host\":\"laptop\",\"pid\":7,\"tools\":[\"shout@1\"],\"slots\":3}");

        JsonNode worker = on.get("/v1/workers").json().path("workers").path(0);
        assertThat(worker.path("worker").stringValue()).isEqualTo("w");
        assertThat(worker.path("host").stringValue()).isEqualTo("laptop/http");
        assertThat(worker.path("slots").intValue()).isEqualTo(3);

        on.post("/v1/workers/w:leave", "");
        assertThat(on.get("/v1/workers").json().path("workers").size()).isZero();
    }

    @Test
    void whatAnAttemptSubmitsBelongsToItsFlow() {
        String parent =
                on.post(
                                "/v1/jobs",
                                "{\"tool\":\"shout\",\"input\":{\"text\":\"a\"},\"correlation_id\":\"flow\"}")
                        .json()
                        .path("id")
                        .stringValue();
        JsonNode leased = claim(1).json();

        Running.Answer child = child(leased);

        assertThat(child.status()).as("%s", child.json()).isEqualTo(202);
        JsonNode seen = look(child.json().path("id").stringValue());
        assertThat(seen.path("causation_id").stringValue()).isEqualTo(parent);
        assertThat(seen.path("correlation_id").stringValue()).isEqualTo("flow");
    }

    @Test
    void manyEndsInOneRequestAreAnsweredEachInItsPlace() {
        submit("one");
        JsonNode one = claim(1).json();
        submit("two");
        JsonNode two = claim(1).json();

        JsonNode answer =
                on.post(
                                "/v1/leases:end",
                                "{\"reports\":[%s,{\"end\":\"complete\"},%s]}"
                                        .formatted(
                                                report(one, "\"end\":\"complete\""),
                                                report(
                                                        two,
                                                        "\"end\":\"snooze\",\"delay_ms\":60000")))
                        .json()
                        .path("reports");

        assertThat(answer.path(0).path("done").stringValue()).isEqualTo("complete");
        assertThat(answer.path(1).path("problem").path("code").stringValue())
                .isEqualTo("input_invalid");
        assertThat(answer.path(2).path("done").stringValue()).isEqualTo("snooze");
    }

    private Running.Answer recover(UUID lease) {
        return on.post(
                "/v1/leases:recover", "{\"worker\":\"w\",\"lease\":\"%s\"}".formatted(lease));
    }

    /** A request as bytes. */
    private static byte[] waitingClaim(UUID lease, int waitMillis) {
        String body =
                """
                {"worker": "w", "lease": "%s", "wait_ms": %d, "wants": [{"tools": ["shout@1"]}]}
                """
                        .formatted(lease, waitMillis);
        String head =
                "POST /v1/leases HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: "
                        + body.length()
                        + "\r\n\r\n";
        return (head + body).getBytes(StandardCharsets.UTF_8);
    }

    private static String report(JsonNode leased, String end) {
        JsonNode job = leased.path("jobs").path(0);
        return "{\"job\":%s,\"attempt\":%s,\"lease\":%s,%s}"
                .formatted(job.path("id"), job.path("attempt"), leased.path("lease"), end);
    }

    private JsonNode watch(long after, int waitMillis) {
        return on.post(
                        "/v1/leases:watch",
                        "{\"after\":%d,\"wait_ms\":%d}".formatted(after, waitMillis))
                .json();
    }

    private Running.Answer child(JsonNode leased) {
        return on.post(
                "/v1/jobs",
                "{\"tool\":\"shout\",\"input\":{\"text\":\"child\"},\"by\":%s}"
                        .formatted(report(leased, "\"end\":0").replace(",\"end\":0", "")));
    }

    private Running.Answer upload(JsonNode leased, String name, String content) {
        return on.send(
                on.request(attempt(leased) + "/artifacts/" + name, "Content-Type", "text/plain")
                        .PUT(BodyPublishers.ofString(content)));
    }

    private static List<String> texts(JsonNode list) {
        return list.values().stream().map(JsonNode::stringValue).toList();
    }

    private String submit(String text) {
        return on.post(
                        "/v1/jobs",
                        "{\"tool\":\"shout\",\"input\":{\"text\":\"%s\"}}".formatted(text))
                .json()
                .path("id")
                .stringValue();
    }

    private Running.Answer claim(int max) {
        return claim(new UUID(7, ++leases), max, 0);
    }

    private Running.Answer claim(UUID lease, int max, int waitMillis) {
        return on.post(
                "/v1/leases",
                """
                {"worker": "w", "lease": "%s", "wait_ms": %d,
                 "wants": [{"tools": ["shout@1"], "max": %d}]}
                """
                        .formatted(lease, waitMillis, max));
    }

    /** A write of the first attempt of a claim. */
    private Running.Answer write(JsonNode leased, String what, String body) {
        return on.post(attempt(leased) + what, body);
    }

    private static String attempt(JsonNode leased) {
        JsonNode job = leased.path("jobs").path(0);
        return "/v1/leases/%s/jobs/%s/%d"
                .formatted(
                        leased.path("lease").stringValue(),
                        job.path("id").stringValue(),
                        job.path("attempt").intValue());
    }

    private JsonNode look(String id) {
        return on.get("/v1/jobs/" + id).json();
    }
}
