package dev.pawl.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Reuse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ToolPolicyTest {
    @Test
    void aPolicyInCodeSaysAllThatOneInAFileDoes() {
        ToolPolicy policy =
                ToolPolicy.defaults()
                        .withTimeout(Duration.ofSeconds(60))
                        .withAttempts(5)
                        .withBackoff(Duration.ofSeconds(2), Duration.ofSeconds(9))
                        .withCache(ToolPolicy.Cache.of(Duration.ofDays(30)))
                        .withConcurrency(4)
                        .withQueue("mail")
                        .withPriority(-7)
                        .withTtl(Duration.ofHours(1));

        assertThat(policy)
                .isEqualTo(
                        new ToolPolicy(
                                Duration.ofSeconds(60),
                                new RetryPolicy(
                                        5, Duration.ofSeconds(2), Duration.ofSeconds(9), Map.of()),
                                new ToolPolicy.Cache(
                                        new Reuse(Duration.ofDays(30), false),
                                        "",
                                        List.of(),
                                        List.of()),
                                4,
                                "mail",
                                -7,
                                Duration.ofHours(1)));
    }

    @Test
    void whatNoJobCouldBeSubmittedWithIsRefusedAtOnce() {
        ToolPolicy policy = ToolPolicy.defaults();

        assertThatThrownBy(() -> policy.withQueue("My Queue")).hasMessageContaining("\"My Queue\"");
        assertThatThrownBy(() -> policy.withPriority(40_000)).hasMessageContaining("40000");
        assertThatThrownBy(() -> policy.withTimeout(Duration.ZERO)).hasMessageContaining("PT0S");
        assertThatThrownBy(() -> policy.withAttempts(0)).hasMessageContaining("attempts is 0");
    }
}
