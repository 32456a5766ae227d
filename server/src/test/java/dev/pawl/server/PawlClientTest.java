package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.api.JobNews;
import dev.pawl.api.JobQuery;
import dev.pawl.api.JobView;
import dev.pawl.api.PawlClient;
import dev.pawl.api.SubmitRequest;
import dev.pawl.core.Artifact;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.PawlException;
import dev.pawl.core.Progress;
import dev.pawl.core.SystemTime;
import dev.pawl.core.ToolId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;

/** The Java client against a real server. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PawlClientTest {
    @TempDir Path folder;
    private Running on;
    private PawlClient client;

    @BeforeEach
    void start() throws IOException {
        on = new Running(folder, ServerOptions.defaults());
        client = client(on.server.port());
    }

    @AfterEach
    void stop() {
        client.close();
        on.close();
    }

    @Test
    void aFileIsKeptAndAnswersHowItStandsInAnInput() throws Exception {
        Path file = Files.writeString(folder.resolve("a b.txt"), "hello");

        var reference = client.upload("a b.txt", "text/plain", file);

        assertThat(reference.at("/$file/name").stringValue()).isEqualTo("a b.txt");
        String sha256 = reference.at("/$file/sha256").stringValue();
        try (InputStream in = on.artifacts.open(sha256).orElseThrow()) {
            assertThat(in).hasContent("hello");
        }
        assertThatThrownBy(() -> client.upload("a", "", folder.resolve("none")))
                .isInstanceOf(PawlException.class)
                .hasMessageContaining("none");
    }

    @Test
    void aJobIsSubmittedAndFound() throws InterruptedException {
        var accepted = client.submit(shout("hi"));

        assertThat(accepted.state()).isEqualTo(JobState.Name.QUEUED);
        JobView job = client.job(accepted.id()).orElseThrow();
        assertThat(job.id()).isEqualTo(accepted.id());
        assertThat(job.tool()).isEqualTo("shout@1");
        assertThat(client.job(JobId.parse("01a2021b-d8da-7288-8a93-01c01ed0ce95").orElseThrow()))
                .isEqualTo(Optional.empty());
    }

    @Test
    void whatHappensToAJobIsToldOnceThoughTheConnectionBreaks() throws Exception {
        try (var proxy = new LossyProxy(on.server.port(), 3, 3);
                var lossy = client(proxy.port())) {
            JobId id = client.submit(shout("hi")).id();
            var told = new ArrayBlockingQueue<JobNews>(100);
            try (var listening = Executors.newVirtualThreadPerTaskExecutor()) {
                var done =
                        listening.submit(() -> {
                            lossy.events(id, told::add);
                            return true;
                        });
                assertThat(next(told)).isEqualTo(new JobNews.State(JobState.Name.QUEUED, 0));
                ClaimedJob job = claim();
                assertThat(next(told)).isEqualTo(new JobNews.State(JobState.Name.RUNNING, 1));
                for (int i = 0; i < 20; i++) {
                    var line =
                            new LogLine(1, i, on.store.now(), LogLine.Stream.STDOUT, "line " + i);
                    on.store.log(job.token(), List.of(line));
                    assertThat(next(told))
                            .isInstanceOfSatisfying(
                                    JobNews.Log.class,
                                    log -> assertThat(log.text()).isEqualTo(line.text()));
                }
                on.store.progress(job.token(), new Progress(0.5, "half", on.store.now()));
                assertThat(next(told)).isEqualTo(new JobNews.Progress(0.5, "half"));
                end(job, new Outcome.Succeeded("{}", List.of()));
                assertThat(next(told)).isEqualTo(new JobNews.State(JobState.Name.SUCCEEDED, 1));
                assertThat(done.get()).isTrue();
            }
            assertThat(told).isEmpty();
            assertThat(proxy.lost()).isEqualTo(3);
        }
    }

    private static JobNews next(BlockingQueue<JobNews> told) throws InterruptedException {
        JobNews next = told.poll(30, TimeUnit.SECONDS);
        assertThat(next).as("nothing is told").isNotNull();
        return next;
    }

    @Test
    void aJobThatIsNotThereHasNoEvents() {
        JobId none = JobId.parse("01a2021b-d8da-7288-8a93-01c01ed0ce95").orElseThrow();
        assertThatThrownBy(() -> client.events(none, _ -> {}))
                .isInstanceOfSatisfying(
                        PawlException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.JOB_NOT_FOUND));
    }

    @Test
    void aSubmitWhoseAnswerWasLostIsRepeatedAndTheSameJob()
            throws IOException, InterruptedException {
        try (var proxy = new LossyProxy(on.server.port(), 2);
                var lossy = client(proxy.port())) {
            var accepted = lossy.submit(shout("hi"));

            assertThat(proxy.lost()).isEqualTo(2);
            assertThat(on.store.list(JobFilter.ALL, "", 10))
                    .extracting(job -> job.id())
                    .containsExactly(accepted.id());
        }
    }

    @Test
    void aWaitIsAnsweredAtTheJobsEnd() throws InterruptedException {
        var id = client.submit(shout("hi")).id();
        Thread worker =
                Thread.ofVirtual().start(() -> end(new Outcome.Succeeded("{\"a\":1}", List.of())));

        JobView job = client.await(id, Duration.ofSeconds(30));

        assertThat(job.state()).isEqualTo(JobState.Name.SUCCEEDED);
        assertThat(job.json().at("/output/a").intValue()).isEqualTo(1);
        worker.join();
    }

    @Test
    void aWaitThatIsOverAnswersTheJobAsItIs() throws InterruptedException {
        var id = client.submit(shout("hi")).id();
        assertThat(client.await(id, Duration.ofMillis(10)).state()).isEqualTo(JobState.Name.QUEUED);
    }

    @Test
    void aListGoesOn() throws InterruptedException {
        var first = client.submit(shout("1")).id();
        var second = client.submit(shout("2")).id();

        var page = client.jobs(new JobQuery(JobFilter.ALL.withTool("shout"), "", 1));
        var rest = client.jobs(new JobQuery(JobFilter.ALL, page.nextCursor(), 5));

        assertThat(page.jobs()).extracting(JobView::id).containsExactly(second);
        assertThat(rest.jobs()).extracting(JobView::id).containsExactly(first);
        assertThat(rest.nextCursor()).isEmpty();
    }

    @Test
    void anArtifactArrivesWhole() throws IOException, InterruptedException {
        var id = client.submit(shout("hi")).id();
        byte[] content = "hällo".getBytes(StandardCharsets.UTF_8);
        Artifact file =
                on.artifacts.put("a b/ü.txt", "text/plain", new ByteArrayInputStream(content));
        end(new Outcome.Succeeded("{}", List.of(file)));

        try (InputStream in = client.artifact(id, "a b/ü.txt")) {
            assertThat(in.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void aRefusalHasItsCodeAndNamesEveryField() {
        var request =
                SubmitRequest.of("shout", JsonNodeFactory.instance.objectNode().put("times", 10));

        assertThatThrownBy(() -> client.submit(request))
                .isInstanceOfSatisfying(
                        PawlException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.INPUT_INVALID);
                            assertThat(e).hasMessageContaining("/input/times");
                            assertThat(e).hasMessageContaining("/input/text");
                        });
    }

    @Test
    void actingAnswersWhatTheJobWas() throws InterruptedException {
        var id = client.submit(shout("hi")).id();
        assertThat(client.cancel(id)).isEqualTo(JobState.Name.QUEUED);
        assertThat(client.redrive(id)).isEqualTo(JobState.Name.CANCELLED);
        assertThatThrownBy(() -> client.discard(id))
                .isInstanceOfSatisfying(
                        PawlException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_POSSIBLE_NOW));
    }

    @Test
    void aServerThatIsNotThereIsSaidToBeUnreachable() {
        int port = on.server.port();
        on.server.close();
        assertThatThrownBy(() -> client.submit(shout("hi")))
                .isInstanceOfSatisfying(
                        PawlException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.SERVER_UNREACHABLE);
                            assertThat(e).hasMessageContaining("localhost:" + port);
                        });
    }

    private static PawlClient client(int port) {
        return new PawlClient(
                URI.create("http://localhost:" + port), new SystemTime(), new Random(1));
    }

    private static SubmitRequest shout(String text) {
        return SubmitRequest.of("shout", JsonNodeFactory.instance.objectNode().put("text", text));
    }

    private void end(Outcome outcome) {
        end(claim(), outcome);
    }

    private void end(ClaimedJob job, Outcome outcome) {
        on.engine.end(List.of(on.engine.ending(job, "w", outcome)));
    }

    private ClaimedJob claim() {
        var want = new Claim.Want(Set.of(new ToolId("shout", "1")), Set.of(), Set.of(), 1);
        var lease = new LeaseId(new UUID(4, 2));
        var claim = new Claim(lease, "w", Duration.ofMinutes(1), List.of(want), Set.of());
        return on.engine.claim(claim).jobs().getFirst();
    }
}
