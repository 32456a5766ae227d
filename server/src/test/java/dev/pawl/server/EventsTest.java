package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.JobId;
import dev.pawl.core.LeaseId;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.Progress;
import dev.pawl.core.Submission;
import dev.pawl.core.SystemTime;
import dev.pawl.core.ToolId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What listeners are told, over real HTTP. */
@OnEachStore
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class EventsTest {
    private static final ToolId TOOL = new ToolId("shout", "1");
    private static final int CONNECTIONS = 20;

    private final SystemTime time = new SystemTime();
    private long leases;
    @TempDir Path folder;
    private Running on;

    private final StoreKind kind;

    EventsTest(StoreKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void start() throws IOException {
        on =
                new Running(
                        kind,
                        folder,
                        ServerOptions.defaults()
                                .withIdle(Duration.ofSeconds(1))
                                .withConnectionsMax(CONNECTIONS));
    }

    @AfterEach
    void stop() {
        assertThat(on.get("/livez").status()).as("the server is healthy afterwards").isEqualTo(200);
        on.close();
    }

    // ---- One job

    @Test
    void aJobsListenerIsToldItsWholeLife() throws Exception {
        JobId id = submit();
        try (Listening ears = on.listen("/v1/jobs/" + id + "/events")) {
            assertThat(ears.next().toString()).isEqualTo("state queued");
            ClaimedJob job = claim(id);
            assertThat(ears.next().data().path("from").asString()).isEqualTo("queued");
            log(job, 0, "one", "two");
            assertThat(ears.next().toString()).isEqualTo("log one");
            assertThat(ears.next().toString()).isEqualTo("log two");
            on.store.progress(job.token(), new Progress(0.5, "half", on.store.now()));
            assertThat(ears.next().toString()).isEqualTo("progress half");
            succeed(job);

            Listening.Told last = ears.next();
            assertThat(last.toString()).isEqualTo("state succeeded");
            assertThat(last.data().path("attempt").asInt()).isEqualTo(1);
            ears.end();
            assertThat(on.get("/v1/jobs/" + id + "/events", "Last-Event-ID", last.id()).status())
                    .as("a browser that comes again is told to stay away")
                    .isEqualTo(204);
        }
    }

    @Test
    void whoComesLateIsToldWhatThereIsAndTheEnd() throws Exception {
        JobId id = submit();
        ClaimedJob job = claim(id);
        log(job, 0, "one");
        succeed(job);
        try (Listening ears = on.listen("/v1/jobs/" + id + "/events")) {
            assertThat(ears.next().toString()).isEqualTo("log one");
            assertThat(ears.next().toString()).isEqualTo("state succeeded");
            ears.end();
        }
    }

    @Test
    void whoWasCutOffGoesOnWhereItWasOnAnotherServer() throws Exception {
        JobId id = submit();
        ClaimedJob job = claim(id);
        log(job, 0, "one", "two");
        String last;
        try (Listening ears = on.listen("/v1/jobs/" + id + "/events")) {
            last = ears.next().id();
        }
        submit();
        log(job, 2, "three");
        on.engine.end(List.of(on.engine.release(job, "w")));
        ClaimedJob second = claim(id);
        log(second, 0, "four");

        try (Server other = on.another();
                Listening ears =
                        on.listen(
                                other.port(),
                                "/v1/jobs/" + id + "/events",
                                "Last-Event-ID",
                                last)) {
            var told = new ArrayList<String>();
            for (int i = 0; i < 5; i++) told.add(ears.next().toString());
            assertThat(told)
                    .containsExactly(
                            "log two", "log three", "log four", "state queued", "state running");
            succeed(second);
            assertThat(ears.next().toString()).isEqualTo("state succeeded");
            ears.end();
        }
    }

    @Test
    void whatIsForgottenIsCalledMissedAndTheJobsStateIsTold() throws Exception {
        JobId id = submit();
        claim(id);
        for (int i = 0; i < 5; i++) submit();
        on.store.pruneEvents(Instant.EPOCH, 2, 100);
        try (Listening ears = on.listen("/v1/jobs/" + id + "/events?after=1")) {
            Listening.Told missed = ears.next();
            assertThat(missed.event()).isEqualTo("missed");
            assertThat(missed.data().path("events").asInt()).isEqualTo(4);
            assertThat(ears.next().toString()).isEqualTo("state running");
        }
    }

    @Test
    void anIdThatIsNoEventsAnyMoreIsNotTrusted() throws Exception {
        JobId id = submit();
        for (String id2 : List.of("1.12345.0.-1", "99.12345.0.-1"))
            try (Listening ears = on.listen("/v1/jobs/" + id + "/events", "Last-Event-ID", id2)) {
                assertThat(ears.next().event()).isEqualTo("missed");
                assertThat(ears.next().toString()).isEqualTo("state queued");
            }
        assertThat(on.get("/v1/events?after=soon").status()).isEqualTo(400);
    }

    @Test
    void aJobThatIsRemovedEndsItsStream() throws Exception {
        JobId id = submit();
        on.engine.cancel(id);
        String none = "/v1/jobs/" + new JobId(new UUID(0x7000L, 1L << 63)) + "/events";
        assertThat(on.get(none).status()).isEqualTo(404);
        try (Listening all = on.listen("/v1/events")) {
            on.store.discard(id);
            assertThat(all.next().data().path("removed").asBoolean()).isTrue();
        }
        assertThat(on.get("/v1/jobs/" + id + "/events").status()).isEqualTo(404);
        try (Listening ears = on.listen("/v1/jobs/" + id + "/events?after=1")) {
            assertThat(ears.next().toString()).isEqualTo("state cancelled");
            ears.end();
        }
    }

    @Test
    void aLogIsFollowedToItsEnd() throws Exception {
        JobId id = submit();
        ClaimedJob job = claim(id);
        log(job, 0, "one", "two");
        try (Listening ears =
                on.listen("/v1/jobs/" + id + "/logs?follow=true&after_seq=0&after_attempt=1")) {
            assertThat(ears.line()).contains("\"text\":\"two\"");
            log(job, 2, "three");
            assertThat(ears.line()).contains("\"text\":\"three\"");
            succeed(job);
            assertThat(ears.line()).isEqualTo("null");
        }
    }

    // ---- All jobs

    @Test
    void everyMoveOfEveryJobIsToldInOrder() throws Exception {
        submit();
        try (Listening ears = on.listen("/v1/events")) {
            JobId id = submit();
            ClaimedJob job = claim(id);
            log(job, 0, "told to its own listeners only");
            succeed(job);

            for (String state : List.of("queued", "running", "succeeded")) {
                Listening.Told told = ears.next();
                assertThat(told.toString()).isEqualTo("job " + state);
                assertThat(told.text("id")).isEqualTo(id.toString());
                assertThat(told.text("tool")).isEqualTo("shout@1");
            }
        }
    }

    @Test
    void whoComesIsNotToldOfWhatWasBefore() throws Exception {
        for (int i = 0; i < 30; i++) {
            submit();
            try (Listening ears = on.listen("/v1/events")) {
                JobId id = submit();
                assertThat(ears.next().text("id")).isEqualTo(id.toString());
            }
        }
    }

    @Test
    void aListenerGoesOnAfterItsLastEventAndIsToldWhatItMissed() throws Exception {
        for (int i = 0; i < 6; i++) submit();
        String last;
        try (Listening ears = on.listen("/v1/events?after=0")) {
            ears.next();
            last = ears.next().id();
            assertThat(last).startsWith("2.");
        }
        on.store.pruneEvents(Instant.EPOCH, 2, 100);
        try (Listening ears = on.listen("/v1/events", "Last-Event-ID", last)) {
            Listening.Told missed = ears.next();
            assertThat(missed.event()).isEqualTo("missed");
            assertThat(missed.data().path("events").asInt()).isEqualTo(2);
            assertThat(ears.next().id()).startsWith("5.");
            assertThat(ears.next().id()).startsWith("6.");
            submit();
            assertThat(ears.next().id()).startsWith("7.");
        }
    }

    // ---- Lists

    @Test
    void aListIsShownAgainAtMostFourTimesASecondAndSaysForHowManyEvents() throws Exception {
        try (Listening ears =
                on.listen("/v1/jobs?tool=shout&limit=3", "Accept", "text/event-stream")) {
            assertThat(ears.next().data().path("jobs").size()).isZero();
            long begun = time.nanos();
            int events = 0;
            int snapshots = 0;
            for (int i = 0; i < 500; i++) submit();
            while (events < 500) {
                Listening.Told told = ears.next();
                events += told.data().path("events").asInt();
                snapshots++;
                if (events == 500) assertThat(told.data().path("jobs").size()).isEqualTo(3);
            }
            double seconds = (time.nanos() - begun) / 1e9;

            assertThat(events).isEqualTo(500);
            assertThat(snapshots).isLessThanOrEqualTo(1 + (int) (4 * seconds));
        }
    }

    // ---- Bad listeners

    @Test
    void whoIsSlowMissesNothing() throws Exception {
        try (Listening slow = on.listen("/v1/events");
                Listening quick = on.listen("/v1/events")) {
            int jobs = 5_000;
            submitMany(jobs);
            for (int i = 1; i <= jobs; i++) assertThat(quick.next().id()).startsWith(i + ".");
            for (int i = 1; i <= jobs; i++) assertThat(slow.next().id()).startsWith(i + ".");
        }
    }

    @Test
    void whoNeverReadsIsCutOffAndNobodyElseIsHarmed() throws Exception {
        JobId quiet = submit();
        int most = CONNECTIONS / 2;
        var deaf = new ArrayList<Socket>();
        try (Listening ears = on.listen("/v1/jobs/" + quiet + "/events")) {
            ears.next();
            for (int i = 1; i < most; i++) deaf.add(deaf());
            while (hasRoom()) {
                // Those before are still being accepted.
            }
            while (!hasRoom()) submitMany(2_000);
            on.engine.cancel(quiet);
            assertThat(ears.next().toString()).isEqualTo("state cancelled");
            ears.end();
        } finally {
            for (Socket one : deaf) one.close();
        }
    }

    private boolean hasRoom() throws Exception {
        try (Listening one = on.listen("/v1/events")) {
            return one.status() == 200;
        }
    }

    private Socket deaf() throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(
                new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), on.server.port()));
        socket.getOutputStream()
                .write(
                        "GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n"
                                .getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    // ---- What happens

    private JobId submit() {
        var job = Submission.of(TOOL, "{\"text\":\"hi\"}").build();
        return ((dev.pawl.core.Submitted.Accepted) on.engine.submit(job)).id();
    }

    private void submitMany(int jobs) {
        on.engine.submit(Collections.nCopies(jobs, Submission.of(TOOL, "{}").build()));
    }

    private ClaimedJob claim(JobId id) {
        var want = new Claim.Want(Set.of(TOOL), Set.of(), Set.of(id), 1);
        var lease = new LeaseId(new UUID(4, ++leases));
        var claim = new Claim(lease, "w", Duration.ofMinutes(1), List.of(want), Set.of());
        return on.engine.claim(claim).jobs().getFirst();
    }

    private void log(ClaimedJob job, long seq, String... lines) {
        var all = new ArrayList<LogLine>();
        for (String line : lines)
            all.add(
                    new LogLine(
                            job.token().attempt(),
                            seq + all.size(),
                            on.store.now(),
                            LogLine.Stream.STDOUT,
                            line));
        on.store.log(job.token(), all);
    }

    private void succeed(ClaimedJob job) {
        var done = new Outcome.Succeeded("{}", List.of());
        on.engine.end(List.of(on.engine.ending(job, "w", done)));
    }
}
