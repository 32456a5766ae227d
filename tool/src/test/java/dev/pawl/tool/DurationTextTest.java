package dev.pawl.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class DurationTextTest {
    @Test
    void aDurationIsWrittenAsPeopleWriteIt() {
        assertThat(DurationText.of(Duration.ofSeconds(60))).isEqualTo("1m");
        assertThat(DurationText.of(Duration.ofMillis(5_400_250))).isEqualTo("1h30m250ms");
        assertThat(DurationText.of(Duration.ofDays(30))).isEqualTo("30d");
        assertThat(DurationText.of(Duration.ZERO)).isEqualTo("0");
    }

    @Property
    void whatIsWrittenReadsAsTheSame(@ForAll @LongRange(min = 0, max = 1L << 40) long millis) {
        var duration = Duration.ofMillis(millis);

        assertThat(DurationText.parse(DurationText.of(duration))).contains(duration);
    }
}
