package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobId;
import dev.pawl.core.NewJob;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.ToolId;
import dev.pawl.testkit.PostgresVersion;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A queue's cap, while events are given their numbers and the counters what those say. */
@Timeout(60)
final class PostgresDepthTest {
    private static final int TRIES = 50;

    @Test
    void aJobThatIsBeingCountedIsCountedOnce() throws InterruptedException {
        PostgresDatabase database = PostgresDatabase.empty(PostgresVersion.NEWEST);
        var over = new AtomicBoolean();
        try (var store = PostgresStore.open(database.options())) {
            Thread counts =
                    Thread.ofVirtual()
                            .start(() -> {
                                while (!over.get()) store.latestEvent();
                            });
            store.setQueue(new QueueEntry("q", false, 2));
            for (int i = 0; i < TRIES; i++) {
                assertThat(submit(store, 3 * i)).isInstanceOf(Submitted.Accepted.class);
                assertThat(submit(store, 3 * i + 1)).isInstanceOf(Submitted.Accepted.class);
                assertThat(submit(store, 3 * i + 2)).isInstanceOf(Submitted.Refused.class);
                store.cancel(id(3 * i));
                store.cancel(id(3 * i + 1));
            }
            over.set(true);
            counts.join();
        } finally {
            over.set(true);
        }
    }

    private static Submitted submit(PostgresStore store, int number) {
        var submission = Submission.of(new ToolId("t", "1"), "{}").queue("q").build();
        return store.submit(List.of(new NewJob(id(number), submission))).getFirst();
    }

    private static JobId id(int number) {
        return new JobId(new UUID(0x7000, number | Long.MIN_VALUE));
    }
}
