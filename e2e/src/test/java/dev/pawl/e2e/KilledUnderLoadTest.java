package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.api.Accepted;
import dev.pawl.api.Answer;
import dev.pawl.api.JobPage;
import dev.pawl.api.JobQuery;
import dev.pawl.api.JobView;
import dev.pawl.api.PawlClient;
import dev.pawl.api.SubmitRequest;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import dev.pawl.core.SystemTime;
import dev.pawl.store.postgres.PostgresStore;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A server and three workers on one PostgreSQL, under load: a worker, the server and another worker
 * are killed with -9 and replaced, while a client submits on and on.
 */
@Tag("process")
@Timeout(600)
final class KilledUnderLoadTest {
    private static final int JOBS = 2_000;
    private static final int BATCH = 20;
    private static final int PAGE = 1_000;

    /** The client is so many jobs ahead of the workers, so that there is load until the end. */
    private static final int AHEAD = 200;

    private static final Pattern ADDRESS = Pattern.compile("pawl serves http://localhost:(\\d+)");
    private static final Duration POLL = Duration.ofMillis(20);

    @TempDir Path folder;
    private final SystemTime time = new SystemTime();
    private Path empty = Path.of("");

    @BeforeEach
    void noInput() throws Exception {
        empty = Files.createFile(folder.resolve("empty"));
    }

    @Test
    void noAcceptedJobIsLostAndNoAttemptRunsTwice() throws Exception {
        var notes = Notes.write(folder, "");
        try (var place = StorePlace.fresh(StorePlace.Kind.POSTGRES);
                var processes = new Processes(place);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            PawlProcess server = processes.start("server", "--port", "0");
            String port = server.prints(ADDRESS, time).group(1);
            for (int i = 0; i < 3; i++) processes.worker();
            Future<Map<String, JobId>> submits = threads.submit(() -> submitAll(port, notes));

            notes.await(JOBS / 8, processes.alive());
            processes.kill(processes.all.get(1));
            processes.worker();
            notes.await(JOBS / 3, processes.alive());
            processes.kill(server);
            assertThat(submits.isDone()).as("the client has more to submit").isFalse();
            // While it starts, the workers go on with what the client is ahead.
            processes.start("server", "--port", port).prints(ADDRESS, time);
            notes.await(JOBS * 2 / 3, processes.alive());
            processes.kill(processes.all.get(2));
            processes.worker();

            Map<String, JobId> accepted = submits.get();
            try (PostgresStore store = place.postgres()) {
                Notes.awaitEnds(store, JOBS, processes.alive());
                ended(store, notes, accepted, port);
            }
        }
    }

    private void ended(PostgresStore store, Notes notes, Map<String, JobId> accepted, String port)
            throws Exception {
        assertThat(store.violations()).isEmpty();
        assertThat(Notes.count(store, JobState.Name.SUCCEEDED)).isEqualTo(JOBS);
        assertThat(store.counts().stream().mapToLong(count -> count.jobs()).sum())
                .as("no job was stored twice")
                .isEqualTo(JOBS);
        var ran = new HashSet<String>();
        for (String attempt : notes.attemptsOnceEach())
            ran.add(attempt.substring(0, attempt.indexOf(' ')));
        assertThat(accepted).hasSize(JOBS);
        assertThat(ran).hasSize(JOBS);
        var attempts = new HashMap<String, Integer>();
        store.states(accepted.values())
                .forEach((id, state) -> attempts.put(id.toString(), state.attempt()));
        assertThat(attempts.keySet()).isEqualTo(ran);

        var toldIds = new HashMap<String, JobId>();
        var toldAttempts = new HashMap<String, Integer>();
        for (JobView job : told(port)) {
            assertThat(job.state()).isEqualTo(JobState.Name.SUCCEEDED);
            toldIds.put(job.json().path("idempotency_key").stringValue(""), job.id());
            toldAttempts.put(job.id().toString(), job.json().path("attempt").intValue());
        }
        assertThat(toldIds).isEqualTo(accepted);
        assertThat(toldAttempts).isEqualTo(attempts);
    }

    /** What the server says of all jobs. */
    private List<JobView> told(String port) throws Exception {
        var told = new ArrayList<JobView>();
        try (var client = client(port)) {
            String cursor = "";
            do {
                JobPage page = client.jobs(new JobQuery(JobFilter.ALL, cursor, PAGE));
                told.addAll(page.jobs());
                cursor = page.nextCursor();
            } while (!cursor.isEmpty());
        }
        return told;
    }

    /** Submits all jobs, each batch until it is answered; answers their ids by their keys. */
    private Map<String, JobId> submitAll(String port, Notes notes) throws Exception {
        var accepted = new HashMap<String, JobId>();
        try (var client = client(port)) {
            for (int from = 0; from < JOBS; from += BATCH) {
                while (notes.attempts().size() < from - AHEAD) time.sleep(POLL);
                List<SubmitRequest> batch = new ArrayList<>();
                for (int n = from; n < from + BATCH; n++) batch.add(request(n));
                List<Answer> answers = submit(client, batch);
                for (int i = 0; i < BATCH; i++)
                    accepted.put(key(from + i), ((Accepted) answers.get(i)).id());
            }
        }
        return accepted;
    }

    private List<Answer> submit(PawlClient client, List<SubmitRequest> batch) throws Exception {
        while (true)
            try {
                return client.submit(batch);
            } catch (PawlException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.SERVER_UNREACHABLE);
                time.sleep(POLL);
            }
    }

    private static SubmitRequest request(int n) {
        ObjectNode job = JsonNodeFactory.instance.objectNode();
        job.put("tool", "note").put("idempotency_key", key(n)).putObject("input").put("n", n);
        return new SubmitRequest(job);
    }

    private static String key(int n) {
        return "job-" + n;
    }

    private PawlClient client(String port) {
        return new PawlClient(URI.create("http://localhost:" + port), time, new Random(1));
    }

    /** All that run. */
    private final class Processes implements AutoCloseable {
        private final StorePlace place;
        private final List<PawlProcess> all = new ArrayList<>();

        Processes(StorePlace place) {
            this.place = place;
        }

        PawlProcess start(String... words) throws Exception {
            var process = PawlProcess.start(folder, empty, List.of(place.words(words)));
            all.add(process);
            return process;
        }

        void worker() throws Exception {
            start("worker", "--slots", "8");
        }

        void kill(PawlProcess process) {
            process.kill();
            all.remove(process);
        }

        PawlProcess[] alive() {
            return all.toArray(PawlProcess[]::new);
        }

        @Override
        public void close() {
            all.forEach(PawlProcess::close);
        }
    }
}
