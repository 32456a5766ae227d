package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.JobState;
import dev.pawl.core.Retention;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class WorkerOptionsTest {
    @Test
    void theDefaultsAreThese() {
        int cores = Math.max(1, Runtime.getRuntime().availableProcessors());

        assertThat(WorkerOptions.defaults())
                .isEqualTo(
                        new WorkerOptions(
                                256,
                                cores,
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(10),
                                Duration.ofMillis(500),
                                Duration.ofSeconds(20),
                                Duration.ofSeconds(15),
                                512,
                                5_242_880,
                                Retention.FOREVER));
    }

    @Test
    void eachChangeTouchesWhatItNamesAndNothingElse() {
        Retention nine = Retention.FOREVER.with(JobState.Name.DEAD, Duration.ofSeconds(9));
        WorkerOptions changed =
                WorkerOptions.defaults()
                        .withHandlerSlots(1)
                        .withCommandSlots(2)
                        .withLease(Duration.ofSeconds(9), Duration.ofSeconds(3))
                        .withPoll(Duration.ofSeconds(4))
                        .withGrace(Duration.ofSeconds(5), Duration.ofSeconds(6))
                        .withClaimBatch(7)
                        .withLogBytesMax(8)
                        .withRetention(nine);

        assertThat(changed)
                .isEqualTo(
                        new WorkerOptions(
                                1,
                                2,
                                Duration.ofSeconds(9),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(6),
                                7,
                                8,
                                nine));
    }

    @Test
    void aLeaseThatOneMissedHeartbeatWouldLoseIsRefused() {
        assertThatThrownBy(() ->
                        WorkerOptions.defaults()
                                .withLease(Duration.ofSeconds(15), Duration.ofSeconds(8)))
                .hasMessage("lease PT15S is under twice heartbeat PT8S");
    }

    @Test
    void aWorkerWithoutSlotsIsRefused() {
        assertThatThrownBy(() -> WorkerOptions.defaults().withHandlerSlots(0).withCommandSlots(0))
                .hasMessage("handlerSlots + commandSlots is 0, want 1 to 200000");
    }
}
