package dev.pawl.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.testkit.FakeTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ThrottleTest {
    private final FakeTime time = FakeTime.advancing();
    private final Throttle throttle = new Throttle(time);

    @Test
    void whoFailedTooOftenWaitsUntilTheWindowIsOver() {
        for (int i = 0; i < Throttle.PER_NAME; i++)
            assertThat(throttle.begin("ann", "a")).isEmpty();
        time.advance(Duration.ofMinutes(1));

        assertThat(throttle.begin("ann", "a")).contains(Duration.ofMinutes(4));
        assertThat(throttle.begin("bob", "a")).isEmpty();
        assertThat(throttle.begin("ann", "b")).as("from elsewhere").isEmpty();
        time.advance(Duration.ofMinutes(4));
        assertThat(throttle.begin("ann", "a")).isEmpty();
    }

    @Test
    void aSuccessForgives() {
        for (int round = 0; round < 50; round++) {
            for (int i = 0; i < Throttle.PER_NAME; i++)
                assertThat(throttle.begin("ann", "a")).as("round %d", round).isEmpty();
            throttle.succeeded("ann", "a");
            time.advance(Duration.ofMinutes(1));
        }
    }

    @Test
    void anAddressThatTriesManyNamesWaitsToo() {
        for (int i = 0; i < Throttle.PER_ADDRESS; i++)
            assertThat(throttle.begin("user" + i, "a")).isEmpty();

        assertThat(throttle.begin("another", "a")).isPresent();
        assertThat(throttle.begin("another", "b")).isEmpty();
    }

    @Test
    void whatItRemembersIsBounded() {
        for (int i = 0; i < Throttle.PER_NAME; i++)
            assertThat(throttle.begin("ann", "a")).isEmpty();
        for (int i = 0; i < 20_000; i++) assertThat(throttle.begin("x", "address " + i)).isEmpty();

        assertThat(throttle.begin("ann", "a")).isEmpty();
    }
}
