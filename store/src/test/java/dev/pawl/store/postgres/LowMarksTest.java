package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobId;
import dev.pawl.store.Head;
import dev.pawl.store.postgres.LowMarks.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How long a claim goes on where the last one stopped. */
final class LowMarksTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_000_000);
    private static final Place LINE = new Place(1, 7);

    private final LowMarks marks = new LowMarks();

    @Test
    void aLineGoesOnWhereItWasUntilItIsLookedAtAsAWhole() {
        marks.looked(LINE, NOW, Duration.ZERO);
        assertThat(marks.of(LINE, NOW)).isNull();

        marks.reached(LINE, null, head(1));
        marks.reached(LINE, head(1), head(2));

        assertThat(marks.of(LINE, NOW.plusMillis(99))).isEqualTo(head(2));
        assertThat(marks.of(LINE, NOW.plusMillis(100))).isNull();
        assertThat(marks.of(new Place(1, 8), NOW)).isNull();
    }

    @Test
    void aLongLookIsMadeSeldomButNotTooSeldom() {
        marks.looked(LINE, NOW, Duration.ofMillis(50));
        marks.reached(LINE, null, head(1));
        assertThat(marks.of(LINE, NOW.plusMillis(999))).isNotNull();
        assertThat(marks.of(LINE, NOW.plusMillis(1_000))).isNull();

        marks.looked(LINE, NOW, Duration.ofSeconds(3));
        marks.reached(LINE, null, head(1));
        assertThat(marks.of(LINE, NOW.plusMillis(4_999))).isNotNull();
        assertThat(marks.of(LINE, NOW.plusSeconds(5))).isNull();
    }

    @Test
    void aLineThatWasNeverLookedAtAsAWholeHasNoMark() {
        marks.reached(LINE, null, head(1));
        assertThat(marks.of(LINE, NOW)).isNull();

        marks.looked(LINE, NOW, Duration.ZERO);
        marks.reached(LINE, null, head(1));
        marks.forget(LINE);
        assertThat(marks.of(LINE, NOW)).isNull();
    }

    @Test
    void aLineThatTwiceTookLongToBeEmptiedGoesOnBehindWhatWasTaken() {
        marks.emptied(LINE, NOW, Duration.ofMillis(500), head(1));
        assertThat(marks.of(LINE, NOW)).isNull();

        marks.emptied(LINE, NOW, Duration.ofMillis(10), head(1));
        assertThat(marks.isEmptied(LINE)).isTrue();
        marks.reached(LINE, head(1), head(2));
        assertThat(marks.of(LINE, NOW.plusMillis(319))).isEqualTo(head(2));
        assertThat(marks.of(LINE, NOW.plusMillis(320))).isNull();

        Instant later = NOW.plusMillis(320);
        marks.emptied(LINE, later, Duration.ofMillis(20), null);
        assertThat(marks.of(LINE, later.plusMillis(319))).isEqualTo(head(2));
        marks.emptied(LINE, later, Duration.ofSeconds(1), head(3));
        assertThat(marks.of(LINE, later.plusMillis(639))).isEqualTo(head(3));
        assertThat(marks.of(LINE, later.plusMillis(640))).isNull();
    }

    @Test
    void aLineThatIsQuicklyEmptiedIsLookedAtAsAWhole() {
        for (int i = 0; i < 3; i++) {
            marks.emptied(LINE, NOW, Duration.ofMillis(50), head(1));
            marks.emptied(LINE, NOW, Duration.ofMillis(9), head(2));
            assertThat(marks.of(LINE, NOW)).isNull();
            assertThat(marks.isEmptied(LINE)).isFalse();
        }
        for (int i = 0; i < 3; i++) marks.emptied(LINE, NOW, Duration.ofMillis(50), null);
        assertThat(marks.of(LINE, NOW)).isNull();
    }

    @Test
    void whoWentOnFromAnotherPlaceDoesNotMoveTheMark() {
        marks.looked(LINE, NOW, Duration.ZERO);
        marks.reached(LINE, null, head(1));

        marks.reached(LINE, head(8), head(9));

        assertThat(marks.of(LINE, NOW)).isEqualTo(head(1));
    }

    @Test
    void keysWithMarksComeInTheirOrderBetweenTwo() {
        for (long key : new long[] {5, -3, 9, 1}) {
            marks.looked(new Place(1, key), NOW, Duration.ZERO);
            marks.reached(new Place(1, key), null, head(1));
        }
        marks.looked(new Place(1, 4), NOW, Duration.ZERO);
        marks.looked(new Place(2, 3), NOW, Duration.ZERO);
        marks.reached(new Place(2, 3), null, head(1));

        assertThat(marks.keys(1, Long.MIN_VALUE, Long.MAX_VALUE, NOW))
                .containsExactly(-3L, 1L, 5L, 9L);
        assertThat(marks.keys(1, -3, 5, NOW)).containsExactly(1L, 5L);
        assertThat(marks.keys(1, 9, Long.MAX_VALUE, NOW)).isEmpty();
        assertThat(marks.keys(1, Long.MIN_VALUE, Long.MAX_VALUE, NOW.plusSeconds(1))).isEmpty();
    }

    private static Head head(int n) {
        return new Head(1, 0, NOW, new JobId(new UUID(0x7000L, Long.MIN_VALUE | n)), 0, 0, 7);
    }
}
