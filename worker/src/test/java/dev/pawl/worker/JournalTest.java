package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.Job;
import dev.pawl.core.JobState;
import dev.pawl.core.LogLine;
import dev.pawl.core.LogLine.Stream;
import dev.pawl.core.Progress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JournalTest {
    private final Rig rig = new Rig(Rig.OPTIONS.withLogBytesMax(200_000));
    private final Journal journal = rig.loops.journal();
    private final Run run = rig.claimOne(Rig.MAIL);

    @Test
    void linesWaitForOthersButNotLong() {
        run.log(Stream.STDOUT, "one");
        assertThat(journal.step()).isEqualTo(Duration.ofMillis(200));
        rig.time.advance(Duration.ofMillis(150));
        run.log(Stream.STDERR, "two");
        assertThat(journal.step()).isEqualTo(Duration.ofMillis(50));
        assertThat(texts()).isEmpty();

        rig.time.advance(Duration.ofMillis(50));
        assertThat(journal.step()).isEqualTo(Loop.FOREVER);

        assertThat(texts()).containsExactly("one", "two");
        assertThat(rig.outage.count("log")).isEqualTo(1);
    }

    @Test
    void aFullPieceDoesNotWait() {
        for (int i = 0; i < 70; i++) run.log(Stream.STDOUT, "x".repeat(1_000));

        journal.step();

        assertThat(texts()).hasSizeBetween(60, 66);
    }

    @Test
    void progressIsWrittenOnceASecondAndTheLatestWins() {
        run.progress(0.1, "a");
        journal.step();
        run.progress(0.2, "b");
        run.progress(0.3, "c");

        assertThat(journal.step()).isEqualTo(Duration.ofSeconds(1));
        assertThat(progress()).isEqualTo(0.1);
        rig.time.advance(Duration.ofSeconds(1));
        journal.step();

        assertThat(progress()).isEqualTo(0.3);
        assertThat(rig.outage.count("progress")).isEqualTo(2);
    }

    @Test
    void allThatWasSaidIsWrittenBeforeTheEnd() {
        run.log(Stream.STDOUT, "last words");
        run.finish(Rig.DONE);

        rig.loops.complete().step();
        assertThat(rig.state(run)).isInstanceOf(JobState.Running.class);
        journal.step();
        rig.loops.complete().step();

        assertThat(rig.state(run)).isInstanceOf(JobState.Succeeded.class);
        assertThat(texts()).containsExactly("last words");
    }

    @Test
    void whatGoesOverTheBoundIsDroppedAndCounted() {
        for (int i = 0; i < 300; i++) {
            run.log(Stream.STDOUT, "x".repeat(960));
            journal.step();
        }
        run.finish(Rig.DONE);
        for (int i = 0; i < 5; i++) journal.step();

        assertThat(texts()).hasSize(201).last().isEqualTo("pawl: 100,000 more bytes dropped");
    }

    @Test
    void anOutageLosesNoLineAndRepeatsNone() {
        run.log(Stream.STDOUT, "one");
        rig.time.advance(Duration.ofSeconds(1));
        rig.outage.away = true;
        assertThatThrownBy(journal::step).hasMessageContaining("away");
        run.log(Stream.STDOUT, "two");
        rig.outage.away = false;

        journal.step();

        assertThat(texts()).containsExactly("one", "two");
    }

    @Test
    void anAttemptThatMayNotWriteAnyMoreIsStopped() {
        rig.memory.cancel(run.job().id());
        run.log(Stream.STDOUT, "one");
        rig.time.advance(Duration.ofSeconds(1));

        journal.step();

        assertThat(rig.interrupted).containsExactly(run);
    }

    @Test
    void anAttemptThatIsStoppingIsNotInterruptedAgain() {
        rig.engine.cancel(run.job().id());
        run.log(Stream.STDOUT, "cleaning up");
        rig.time.advance(Duration.ofSeconds(1));

        journal.step();

        assertThat(rig.interrupted).containsExactly(run);
    }

    @Test
    void whoIsFasterThanTheStoreIsHeldUpAndNotForEver() throws InterruptedException {
        var wide = new Rig(Rig.OPTIONS);
        Run flood = wide.claimOne(Rig.MAIL);
        var thread =
                Thread.ofVirtual()
                        .start(() -> {
                            for (int i = 0; i < 1_200; i++)
                                flood.log(Stream.STDOUT, "x".repeat(960));
                            flood.finish(Rig.DONE);
                        });
        // Only what is taken makes room for the rest.
        while (!thread.join(Duration.ofMillis(1))) wide.loops.journal().step();
        for (int i = 0; i < 20; i++) wide.loops.journal().step();

        assertThat(wide.memory.logs(flood.job().id(), 0, -1, 2_000)).hasSize(1_200);
    }

    private List<String> texts() {
        return rig.memory.logs(run.job().id(), 0, -1, 1_000).stream().map(LogLine::text).toList();
    }

    private double progress() {
        return rig.memory
                .find(run.job().id())
                .flatMap(Job::progress)
                .map(Progress::fraction)
                .orElse(-1.0);
    }
}
