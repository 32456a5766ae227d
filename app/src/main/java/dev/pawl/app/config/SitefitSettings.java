package dev.pawl.app.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How the front of the site-fit jobs works.
 *
 * @param folder of contracts; empty where none is named
 * @param server the compute server's address; empty for one in the same process
 * @param timeout of one solve; a contract may ask for less
 * @param attempts how many failures end a job
 * @param resultsKept how long a result answers inputs that are the same with their defaults
 * @param secret that links to files are signed with; empty for one that the store keeps
 */
public record SitefitSettings(
        String folder,
        String server,
        Duration timeout,
        int attempts,
        Duration resultsKept,
        String secret) {

    /** The folder of contracts that is named. */
    public Optional<String> contracts() {
        return folder.isEmpty() ? Optional.empty() : Optional.of(folder);
    }

    /** The compute server that is named. */
    public Optional<String> compute() {
        return server.isEmpty() ? Optional.empty() : Optional.of(server);
    }

    /** The secret that is named. */
    public Optional<String> linkSecret() {
        return secret.isEmpty() ? Optional.empty() : Optional.of(secret);
    }
}
