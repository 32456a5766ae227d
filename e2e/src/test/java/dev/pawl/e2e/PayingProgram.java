package dev.pawl.e2e;

import dev.pawl.artifact.FileArtifacts;
import dev.pawl.core.SystemTime;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.worker.Pawl;
import dev.pawl.worker.WorkerOptions;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Pays orders in transactions, as {@link LibraryOnPostgresTest} wants it: a first attempt never
 * comes back once it has written, so that the program can be killed there; with the first success
 * it ends.
 */
final class PayingProgram {
    private PayingProgram() {}

    /**
     * Runs until an attempt has come back.
     *
     * @param args the database's URL, a folder
     */
    public static void main(String[] args) throws Exception {
        var time = new SystemTime();
        var returned = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        try (var store = PostgresStore.open(PostgresOptions.of(args[0]));
                var artifacts = new FileArtifacts(Path.of(args[1]), time);
                var _ =
                        Pawl.on(store, artifacts, new SecureRandom())
                                .options(
                                        WorkerOptions.defaults()
                                                .withLease(
                                                        Duration.ofSeconds(2),
                                                        Duration.ofMillis(500)))
                                .toolInTransaction(
                                        "pay@1",
                                        LibraryOnPostgresTest.Order.class,
                                        (order, attempt, transaction) -> {
                                            LibraryOnPostgresTest.write(
                                                    transaction.connection(), order, attempt);
                                            System.out.println(
                                                    "written by attempt " + attempt.number());
                                            if (attempt.number() == 1) never.await();
                                            returned.countDown();
                                            return Map.of();
                                        })
                                .start()) {
            // Closing waits until what has returned is stored.
            returned.await();
        }
    }
}
