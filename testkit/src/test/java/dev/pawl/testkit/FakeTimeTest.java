package dev.pawl.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class FakeTimeTest {
    @Test
    void advancingMovesBothClocks() {
        var time = FakeTime.waiting();

        time.advance(Duration.ofSeconds(2));

        assertThat(time.instant()).isEqualTo(FakeTime.START.plusSeconds(2));
        assertThat(time.nanos()).isEqualTo(2_000_000_000L);
        assertThatThrownBy(() -> time.advance(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theWallClockIsSetWithoutTimePassing() {
        var time = FakeTime.waiting();

        time.stepWall(Duration.ofHours(-1));

        assertThat(time.instant()).isEqualTo(FakeTime.START.minusSeconds(3_600));
        assertThat(time.nanos()).isZero();
    }

    @Test
    void whoSleepsOnAdvancingTimeAdvancesIt() throws InterruptedException {
        var time = FakeTime.advancing();

        time.sleep(Duration.ofSeconds(5));

        assertThat(time.nanos()).isEqualTo(5_000_000_000L);
    }

    @Test
    @Timeout(30)
    void whoSleepsOnWaitingTimeWakesWhenItHasPassedAndNotBefore() throws InterruptedException {
        var time = FakeTime.waiting();
        var awake = new CountDownLatch(1);
        Thread sleeper =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                time.sleep(Duration.ofSeconds(5));
                                awake.countDown();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        });
        time.awaitSleepers(1);

        time.stepWall(Duration.ofHours(1));
        time.advance(Duration.ofSeconds(4));
        assertThat(awake.getCount()).isEqualTo(1);
        time.advance(Duration.ofSeconds(1));

        awake.await();
        sleeper.join();
    }
}
