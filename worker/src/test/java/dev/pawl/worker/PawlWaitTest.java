package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Attempt;
import dev.pawl.core.JobId;
import dev.pawl.core.SystemTime;
import dev.pawl.core.ToolId;
import dev.pawl.testkit.MemoryStore;
import dev.pawl.testkit.NoArtifacts;
import dev.pawl.tool.ToolPolicy;
import dev.pawl.worker.Waited.Failure;
import dev.pawl.worker.executor.JobFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting as a program does it: each way in which it ends is told from the others. */
@Timeout(60)
final class PawlWaitTest {
    private static final Duration SOON = Duration.ofMillis(50);
    private static final WaitOptions OPTIONS =
            WaitOptions.defaults().withPoll(Duration.ofMillis(5));

    private final CountDownLatch leave = new CountDownLatch(1);
    private final MemoryStore store = new MemoryStore(new SystemTime());
    private final Pawl pawl =
            Pawl.on(store, new NoArtifacts(), new Random(1))
                    .tool("echo@1", String.class, PawlWaitTest::echo)
                    .tool("wait@1", String.class, this::untilLeave)
                    .start();

    // Knows a tool that no worker serves.
    private final Pawl elsewhere =
            Pawl.on(store, new NoArtifacts(), new Random(2))
                    .tool("nobodys@1", String.class, PawlWaitTest::echo)
                    .open();

    @AfterEach
    void close() {
        leave.countDown();
        pawl.close();
        elsewhere.close();
    }

    @Test
    void aSetIsOverWithItsProgressAndAListOfWhatFailed() throws Exception {
        JobId good = pawl.submit("echo@1", "good");
        JobId bad = pawl.submit("echo@1", "bad");
        JobId child = pawl.submit("echo@1", "good", s -> s.parents(Set.of(bad)));
        var overs = new ArrayList<Integer>();

        Waited end = pawl.await(List.of(good, bad, child), OPTIONS, t -> overs.add(t.over()));

        assertThat(end).isInstanceOf(Waited.AllOver.class);
        assertThat(end.succeeded()).isFalse();
        assertThat(end.failures())
                .containsExactly(
                        new Failure(bad, Failure.Why.DEAD, "is bad"),
                        new Failure(child, Failure.Why.CANCELLED, "was cancelled"));
        assertThat(overs).isSorted().endsWith(3);
    }

    @Test
    void aJobThatIsGoneHasVanished() throws Exception {
        JobId open = pawl.submit("wait@1", "");
        JobId gone = elsewhere.submit("nobodys@1", "");
        pawl.engine().cancel(gone);
        store.discard(gone);
        leave.countDown();

        Waited end = pawl.await(List.of(open, gone), OPTIONS, _ -> {});

        assertThat(end).isInstanceOf(Waited.AllOver.class);
        assertThat(end.tally().vanished()).containsExactly(gone);
        assertThat(end.failures())
                .containsExactly(new Failure(gone, Failure.Why.VANISHED, "there is no such job"));
    }

    @Test
    void aJobThatNoWorkerServesIsSaidToBeSo() throws Exception {
        JobId id = elsewhere.submit("nobodys@1", "");

        Waited end = pawl.await(id, OPTIONS.withUnserved(SOON).withStall(SOON));

        assertThat(end)
                .isInstanceOfSatisfying(
                        Waited.Unserved.class,
                        unserved ->
                                assertThat(unserved.tools())
                                        .containsExactly(ToolId.parse("nobodys@1")));
        assertThat(end.succeeded()).isFalse();
    }

    @Test
    void aJobThatRunsWithoutAWordHasStalled() throws Exception {
        JobId id = pawl.submit("wait@1", "");

        Waited end = pawl.await(id, OPTIONS.withUnserved(SOON).withStall(SOON));

        assertThat(end)
                .isInstanceOfSatisfying(
                        Waited.Stalled.class,
                        stalled -> assertThat(stalled.since()).isGreaterThanOrEqualTo(SOON));
    }

    @Test
    void timeIsUpWhileAJobRuns() throws Exception {
        JobId id = pawl.submit("wait@1", "");

        Waited end = pawl.await(id, OPTIONS.withTimeout(SOON));

        assertThat(end)
                .isInstanceOfSatisfying(
                        Waited.TimedOut.class,
                        timedOut -> assertThat(timedOut.after()).isGreaterThanOrEqualTo(SOON));
        assertThat(end.failures()).isEmpty();
        assertThat(end.tally().over()).isZero();
    }

    @Test
    void aTimeoutOfTheToolIsNoTimeoutOfTheWait() throws Exception {
        var policy = ToolPolicy.defaults().withAttempts(1).withTimeout(SOON);
        try (var own =
                Pawl.on(store, new NoArtifacts(), new Random(3))
                        .tool("slow@1", String.class, this::untilLeave, policy)
                        .start()) {
            Waited end =
                    own.await(
                            own.submit("slow@1", ""),
                            OPTIONS.withTimeout(SOON.multipliedBy(1_000)));

            assertThat(end).isInstanceOf(Waited.AllOver.class);
            assertThat(end.failures()).extracting(Failure::why).containsExactly(Failure.Why.DEAD);
        }
    }

    private static String echo(String input, Attempt attempt) {
        if (input.equals("bad")) throw JobFailure.permanent("is bad");
        return input;
    }

    private String untilLeave(String input, Attempt attempt) throws InterruptedException {
        leave.await();
        return input;
    }
}
