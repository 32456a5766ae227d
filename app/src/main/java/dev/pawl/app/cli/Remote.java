package dev.pawl.app.cli;

import dev.pawl.api.WorkerClient;
import dev.pawl.core.Artifacts;
import java.nio.file.Path;

/**
 * A server that a worker takes its jobs from, and the folder that it works in. Closing closes in
 * the reverse order of the components.
 */
public record Remote(Path data, Artifacts artifacts, WorkerClient client) implements AutoCloseable {
    @Override
    public void close() {
        try {
            client.close();
        } finally {
            artifacts.close();
        }
    }
}
