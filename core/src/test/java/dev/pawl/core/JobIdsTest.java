package dev.pawl.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class JobIdsTest {
    private final StillTime time = new StillTime();
    private final JobIds ids = new JobIds(time, new Random(1));

    @Test
    void idsAreUuidsOfVersion7AndCarryTheirTime() {
        JobId id = ids.next();

        assertThat(id.value().version()).isEqualTo(7);
        assertThat(id.value().variant()).isEqualTo(2);
        assertThat(id.madeAt()).isEqualTo(time.instant());
    }

    @Test
    void idsGrowWithinAMillisecondPastTheCounterAndWhenTheClockGoesBack() {
        JobId last = ids.next();
        for (int i = 0; i < 20_000; i++) {
            if (i == 10_000) time.now = time.now.minusSeconds(60);
            JobId next = ids.next();
            assertThat(next).isGreaterThan(last);
            assertThat(next.toString()).isGreaterThan(last.toString());
            last = next;
        }
    }

    @Test
    void twoMakersAtOneMomentMakeDifferentIds() {
        var other = new JobIds(time, new Random(2));
        Set<JobId> all = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            all.add(ids.next());
            all.add(other.next());
        }

        assertThat(all).hasSize(20_000);
    }

    @Test
    void anIdIsReadBackFromItsTextAndNothingElseIsAnId() {
        JobId id = ids.next();

        assertThat(JobId.parse(id.toString())).contains(id);
        assertThat(JobId.parse("1-2-3-4-5")).isEmpty();
        assertThat(JobId.parse("")).isEmpty();
        assertThat(JobId.parse("x".repeat(36))).isEmpty();
    }

    private static final class StillTime implements Time {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public void sleep(Duration duration) {
            now = now.plus(duration);
        }
    }
}
