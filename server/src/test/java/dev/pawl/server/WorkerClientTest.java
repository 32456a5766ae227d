package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.api.FetchedArtifacts;
import dev.pawl.api.WorkerClient;
import dev.pawl.artifact.FileArtifacts;
import dev.pawl.core.Artifact;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Engine;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Leases;
import dev.pawl.core.Outcome;
import dev.pawl.core.PawlException;
import dev.pawl.core.Renewal;
import dev.pawl.core.Report;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.SystemTime;
import dev.pawl.core.Written;
import dev.pawl.testkit.LeasesContract;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases over HTTP keep the same promises, and some that only a network asks for. */
final class WorkerClientTest implements LeasesContract {
    @TempDir Path folder;

    @Override
    public Remote open() throws IOException {
        return new Remote(folder, ServerOptions.defaults());
    }

    /** A server, and a client with a folder of its own. */
    static final class Remote implements Subject {
        final Running on;
        final FileArtifacts here;
        final WorkerClient client;

        Remote(Path folder, ServerOptions options) throws IOException {
            on = new Running(folder.resolve("server"), options);
            var time = new SystemTime();
            here = new FileArtifacts(folder.resolve("worker"), time);
            client =
                    new WorkerClient(
                            URI.create("http://localhost:" + on.server.port()), here, time);
        }

        @Override
        public Leases leases() {
            return client;
        }

        @Override
        public Engine engine() {
            return on.engine;
        }

        @Override
        public Artifact keep(String name, String content) {
            return here.put(
                    name,
                    "text/plain",
                    new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public void close() {
            client.close();
            here.close();
            on.close();
        }
    }

    @Test
    void anEndWhoseAnswerGotLostIsToldAgainAndAnsweredAsTheFirstTime() throws Exception {
        try (Remote remote = open()) {
            ClaimedJob job = claimOne(remote);
            var report = new Report.Ended(job, new Outcome.Succeeded("{}", List.of()));
            remote.client.end("w", List.of(report));

            assertThat(remote.client.end("w", List.of(report)))
                    .hasOnlyElementsOfType(Written.Done.class);
        }
    }

    @Test
    void endsThatAreTooLargeForOneRequestGoInSeveral() throws Exception {
        try (Remote remote = open()) {
            for (int i = 0; i < 12; i++) submit(remote);
            List<ClaimedJob> jobs = claim(remote, 12);
            var output = "{\"said\":\"" + "x".repeat(1_000_000) + "\"}";

            List<Written> written =
                    remote.client.end(
                            "w",
                            jobs.stream()
                                    .<Report>map(job ->
                                            new Report.Ended(
                                                    job, new Outcome.Succeeded(output, List.of())))
                                    .toList());

            assertThat(written).hasSize(12).hasOnlyElementsOfType(Written.Done.class);
        }
    }

    @Test
    void aFileThatIsTooLargeForTheServerIsARefusalNotAnOutage() throws Exception {
        try (var remote = new Remote(folder, ServerOptions.defaults().withFileBytesMax(1_000))) {
            ClaimedJob job = claimOne(remote);
            Artifact file = remote.keep("large", "x".repeat(100_000));
            var report = new Report.Ended(job, new Outcome.Succeeded("{}", List.of(file)));

            assertThatThrownBy(() -> remote.client.end("w", List.of(report)))
                    .isInstanceOfSatisfying(
                            PawlException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.INPUT_TOO_LARGE));
        }
    }

    @Test
    void anOutputThatTheServerRefusesIsARefusalNotAnOutage() throws Exception {
        try (Remote remote = open()) {
            ClaimedJob job = claimOne(remote);
            var report = new Report.Ended(job, new Outcome.Succeeded("{\"said\":1}", List.of()));

            assertThatThrownBy(() -> remote.client.end("w", List.of(report)))
                    .isInstanceOfSatisfying(
                            PawlException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.INPUT_INVALID));
        }
    }

    @Test
    void aServerThatIsAwayIsSaidToBe() throws Exception {
        Remote remote = open();
        remote.on.server.close();

        assertThatThrownBy(() -> remote.client.renew(new Renewal("w", Set.of(), TTL)))
                .isInstanceOfSatisfying(
                        PawlException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.SERVER_UNREACHABLE));
        remote.close();
    }

    @Test
    void anInputFileIsFetchedOnceAndThenIsHere() throws Exception {
        try (Remote remote = open()) {
            byte[] content = "an input".getBytes(StandardCharsets.UTF_8);
            Artifact there =
                    remote.on.artifacts.put("in.txt", "", new ByteArrayInputStream(content));
            var files = new FetchedArtifacts(remote.here, remote.client);

            assertThat(Files.readAllBytes(files.file(there.sha256()).orElseThrow()))
                    .isEqualTo(content);
            try (InputStream in = files.open(there.sha256()).orElseThrow()) {
                assertThat(in.readAllBytes()).isEqualTo(content);
            }
            assertThat(remote.here.file(there.sha256())).isPresent();
            assertThat(files.file("0".repeat(64))).isEmpty();
        }
    }

    private static void submit(Remote remote) {
        assertThat(remote.on.engine.submit(Submission.of(TOOL, "{}").build()))
                .isInstanceOf(Submitted.Accepted.class);
    }

    private static ClaimedJob claimOne(Remote remote) {
        submit(remote);
        ClaimedJob job = claim(remote, 1).getFirst();
        assertThat(job.state()).isInstanceOf(JobState.Running.class);
        return job;
    }

    private static List<ClaimedJob> claim(Remote remote, int max) {
        var want = Claim.Want.of(Set.of(TOOL), max);
        var lease = new LeaseId(new UUID(8, 99));
        return remote.client.claim(new Claim(lease, "w", TTL, List.of(want), Set.of())).jobs();
    }
}
