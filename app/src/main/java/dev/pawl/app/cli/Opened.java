package dev.pawl.app.cli;

import dev.pawl.core.ApiKeys;
import dev.pawl.core.Artifacts;
import dev.pawl.core.Engine;
import dev.pawl.core.Store;
import dev.pawl.core.Users;
import dev.pawl.core.Webhooks;
import dev.pawl.server.webhook.WebhookDesk;
import java.nio.file.Path;

/** A data folder in use. Closing closes in the reverse order of the components. */
public record Opened(
        Path data,
        Store store,
        ApiKeys keys,
        Users users,
        Webhooks webhooks,
        Artifacts artifacts,
        Engine engine,
        WebhookDesk desk)
        implements AutoCloseable {
    @Override
    public void close() {
        try {
            artifacts.close();
        } finally {
            store.close();
        }
    }
}
