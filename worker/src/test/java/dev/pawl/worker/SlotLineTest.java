package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SlotLineTest {
    private static final int SLOTS = Rig.OPTIONS.handlerSlots();

    private final Rig rig = new Rig();

    /** Eight handlers that took a millisecond each, and a claim after them. */
    @BeforeEach
    void quickHandlers() {
        run(rig, Duration.ofMillis(1));
        rig.runs.clear();
        Duration _ = rig.loops.claim().step();
    }

    private static void run(Rig rig, Duration each) {
        rig.submit(Rig.MAIL, 100);
        Duration _ = rig.loops.claim().step();
        rig.runs.forEach(Run::begin);
        rig.time.advance(each);
        List.copyOf(rig.runs).forEach(run -> run.finish(Rig.DONE));
        Duration _ = rig.loops.complete().step();
    }

    @Test
    void quickHandlersHaveTheNextJobsInLine() {
        assertThat(rig.runs).as("no more than slots").hasSize(SLOTS);
        assertThat(rig.loops.held().running()).hasSize(7 * SLOTS);

        Run first = rig.runs.getFirst();
        assertThat(first.begin()).isTrue();
        rig.finish(first);

        assertThat(rig.runs).as("the next one takes its slot").hasSize(SLOTS + 1);
        assertThat(rig.runs.getLast().begin()).isTrue();
    }

    @Test
    void whatWaitsTooLongGoesBackWithoutAFailureAndWithoutItsHandler() {
        rig.runs.forEach(Run::begin);
        assertThat(rig.loops.watch().step()).isEqualTo(SlotLine.WAIT_MAX);
        rig.time.advance(SlotLine.WAIT_MAX);

        Duration _ = rig.loops.watch().step();

        List<Run> out = List.copyOf(rig.runs.subList(SLOTS, rig.runs.size()));
        assertThat(out).hasSize(6 * SLOTS).noneMatch(Run::begin);
        out.forEach(Run::finishInterrupted);
        Duration _ = rig.loops.complete().step();
        for (Run run : out)
            assertThat(rig.state(run))
                    .isInstanceOfSatisfying(
                            JobState.Queued.class, back -> assertThat(back.failures()).isZero());
        assertThat(rig.loops.running()).hasSize(SLOTS);
    }

    @Test
    void aCancelledOneInLineNeverRuns() {
        List<JobId> started = rig.runs.stream().map(run -> run.job().id()).toList();
        Run waiting =
                rig.loops.held().running().stream()
                        .filter(run -> !started.contains(run.job().id()))
                        .findFirst()
                        .orElseThrow();
        rig.engine.cancel(waiting.job().id());
        rig.time.advance(SlotLine.WAIT_MAX);
        Duration _ = rig.loops.watch().step();

        assertThat(rig.runs).contains(waiting);
        assertThat(waiting.begin()).isFalse();
        waiting.finishInterrupted();
        Duration _ = rig.loops.complete().step();

        assertThat(rig.state(waiting)).isInstanceOf(JobState.Cancelled.class);
    }

    @Test
    void slowHandlersHaveNoLine() {
        var slow = new Rig();
        run(slow, Duration.ofSeconds(1));

        assertThat(slow.loops.held().free(Slot.HANDLER, 1)).isEqualTo(SLOTS);
    }
}
