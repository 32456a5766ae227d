package dev.pawl.bench.peers;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.pawl.bench.Desk;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * db-scheduler. Fast: lock-and-fetch with many threads, as its README says for throughput. By
 * default: fetch, ten threads, a poll every ten seconds.
 */
public final class DbSchedulerPeer implements Desk.Peer {
    private static final int BULK = 5_000;

    /** As in its documentation for PostgreSQL, with the index for when priorities aren't used. */
    private static final String TABLES =
            """
            CREATE TABLE scheduled_tasks (
              task_name text NOT NULL, task_instance text NOT NULL, task_data bytea,
              execution_time timestamptz NOT NULL, picked boolean NOT NULL, picked_by text,
              last_success timestamptz, last_failure timestamptz, consecutive_failures int,
              last_heartbeat timestamptz, version bigint NOT NULL, priority smallint,
              PRIMARY KEY (task_name, task_instance));
            CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time);
            CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat);
            """;

    private final String url;
    private final boolean fast;
    private SchedulerClient client;

    private DbSchedulerPeer(String url, boolean fast) {
        this.url = url;
        this.fast = fast;
    }

    public static void main(String[] arguments) throws Exception {
        Desk.serve(new DbSchedulerPeer(arguments[0], arguments[1].equals("fast")));
    }

    @Override
    public void migrate() throws Exception {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(TABLES);
        }
    }

    @Override
    public void connect(int clients) {
        client = SchedulerClient.Builder.create(pool(clients), task(_ -> {})).build();
    }

    @Override
    public void bulk(int jobs) {
        for (int done = 0; done < jobs; done += BULK) {
            List<TaskInstance<?>> many = new ArrayList<>();
            for (int n = done; n < Math.min(jobs, done + BULK); n++) many.add(instance(n));
            client.scheduleBatch(many, Instant.now());
        }
    }

    @Override
    public void submit(int number) {
        client.schedule(instance(number), Instant.now());
    }

    /** Its name is drawn: one that is taken would not be stored, and numbers come again. */
    private static TaskInstance<String> instance(int number) {
        return new TaskInstance<>("noop", UUID.randomUUID().toString(), Desk.input(number));
    }

    /** It is the last of the input's fields. */
    private static int number(String input) {
        return Integer.parseInt(input.substring(input.lastIndexOf(':') + 1, input.length() - 1));
    }

    @Override
    public void work(boolean latency, Desk.Handler handler) {
        var task = task(handler);
        var pool = pool(fast ? 30 : 12);
        var builder = Scheduler.create(pool, task);
        if (fast)
            builder.threads(100)
                    .pollUsingLockAndFetch(1.0, 4.0)
                    .pollingInterval(latency ? Duration.ofMillis(100) : Duration.ofSeconds(1));
        builder.build().start();
    }

    private static OneTimeTask<String> task(Desk.Handler handler) {
        return Tasks.oneTime("noop", String.class)
                .execute((job, _) -> handler.started(number(job.getData())));
    }

    private HikariDataSource pool(int size) {
        var config = new HikariConfig();
        config.setJdbcUrl(url + "&reWriteBatchedInserts=true");
        config.setMaximumPoolSize(size);
        return new HikariDataSource(config);
    }
}
