package dev.pawl.worker.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "30                            | PT30S",
                "' 30 '                        | PT30S",
                "0                             | PT0S",
                "-5                            | PT0S",
                "1.5                           | PT0S",
                "soon                          | PT0S",
                "''                            | PT0S",
                "99999999999999999999999       | PT0S",
                "999999999                     | PT24H",
                "Sun, 01 Mar 2026 12:01:30 GMT | PT1M30S",
                "Sun, 01 Mar 2026 11:00:00 GMT | PT0S",
                "Fri, 01 Mar 2999 11:00:00 GMT | PT24H",
            })
    void secondsAndDatesAreReadAndAllElseIsNothing(String text, Duration wait) {
        assertThat(RetryAfter.parse(text, NOW)).isEqualTo(wait);
    }
}
