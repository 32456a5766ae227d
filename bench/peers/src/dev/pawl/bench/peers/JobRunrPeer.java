package dev.pawl.bench.peers;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.pawl.bench.Desk;
import java.time.Duration;
import java.util.stream.IntStream;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.configuration.JobRunrConfiguration;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;

/**
 * JobRunr's free edition. Fast: 64 workers and a poll every five seconds, the shortest that it
 * allows. By default it counts the cores and polls every 15 seconds.
 */
public final class JobRunrPeer implements Desk.Peer {
    private static volatile Desk.Handler handler = _ -> {};

    private final String url;
    private final boolean fast;
    private JobRequestScheduler scheduler;

    private JobRunrPeer(String url, boolean fast) {
        this.url = url;
        this.fast = fast;
    }

    public static void main(String[] arguments) throws Exception {
        Desk.serve(new JobRunrPeer(arguments[0], arguments[1].equals("fast")));
    }

    /** The job: its input, and what runs it. */
    public record Noop(String to, String subject, String body, int number) implements JobRequest {
        static Noop of(int number) {
            return new Noop(
                    "someone@example.org",
                    "hello",
                    "some text as long as the input of a usual job is, a hundred bytes or so",
                    number);
        }

        @Override
        public Class<NoopHandler> getJobRequestHandler() {
            return NoopHandler.class;
        }
    }

    /** Made by JobRunr. */
    public static final class NoopHandler implements JobRequestHandler<Noop> {
        @Override
        public void run(Noop job) {
            handler.started(job.number());
        }
    }

    @Override
    public void migrate() {
        connect(2);
    }

    @Override
    public void connect(int clients) {
        scheduler = configure(clients).initialize().getJobRequestScheduler();
    }

    private JobRunrConfiguration configure(int connections) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(connections);
        return JobRunr.configure()
                .useStorageProvider(new PostgresStorageProvider(new HikariDataSource(config)));
    }

    @Override
    public void bulk(int jobs) {
        scheduler.enqueue(IntStream.range(0, jobs).mapToObj(Noop::of));
    }

    @Override
    public void submit(int number) {
        scheduler.enqueue(Noop.of(number));
    }

    @Override
    public void work(boolean latency, Desk.Handler counts) {
        handler = counts;
        var server =
                BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration();
        if (fast) server = server.andWorkerCount(64).andPollInterval(Duration.ofSeconds(5));
        configure(16).useBackgroundJobServer(server).initialize();
    }
}
