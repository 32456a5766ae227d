package dev.pawl.bench;

import dev.pawl.server.Server;
import dev.pawl.server.ServerOptions;
import dev.pawl.server.webhook.WebhookFeed;
import dev.pawl.server.webhook.WebhookOptions;
import dev.pawl.server.webhook.WebhookSender;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.worker.Served;
import dev.pawl.worker.Serving;
import dev.pawl.worker.Slot;
import dev.pawl.worker.Surroundings;
import dev.pawl.worker.SystemProcesses;
import dev.pawl.worker.Worker;
import dev.pawl.worker.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What {@code pawl server} runs, on a PostgreSQL database: the HTTP API, deliveries to webhooks,
 * and chores.
 */
final class PostgresSite implements AutoCloseable {
    private final PostgresStore store;
    private final WebhookSender sender;
    private final Worker worker;
    private final WebhookFeed feed;
    private final Server server;

    PostgresSite(String url) throws IOException {
        Path tools = Files.createTempDirectory("pawl-bench");
        tools.toFile().deleteOnExit();
        store = PostgresStore.open(PostgresOptions.of(url));
        var engine = Jobs.engine(store);
        sender = new WebhookSender(store.webhooks(), store, WebhookOptions.defaults(), Jobs.TIME);
        var delivers = new Served(sender, Slot.HANDLER, Duration.ZERO);
        worker =
                new Worker(
                        engine,
                        Serving.all(Map.of(WebhookSender.TOOL, delivers)),
                        WorkerOptions.defaults(),
                        new Surroundings(Jobs.TIME, new Random(), new SystemProcesses(_ -> {})));
        server =
                new Server(
                                HttpSite.site(engine, store, tools, List.of()),
                                ServerOptions.defaults().withPort(0),
                                List.of())
                        .start();
        worker.start();
        feed = new WebhookFeed(engine, store.webhooks(), Jobs.TIME).start();
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        feed.close();
        worker.close();
        server.close();
        sender.close();
        store.close();
    }
}
