package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.JobId;
import dev.pawl.core.NewJob;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.ToolId;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SharedSubmitsTest {
    private static final int BAD = 13;
    private static final Executor EACH_A_THREAD = task -> Thread.ofVirtual().start(task);

    private final LinkedBlockingQueue<List<NewJob>> writes = new LinkedBlockingQueue<>();

    /** Keeps the writes of single jobs until it is open. */
    private final CountDownLatch gate = new CountDownLatch(1);

    private final SharedSubmits shared = new SharedSubmits(2, Duration.ZERO, this::write);

    private static NewJob job(int number) {
        Submission submission = Submission.of(new ToolId("noop", "1"), "{}").build();
        return new NewJob(new JobId(new UUID(0x7000, Long.MIN_VALUE | number)), submission, null);
    }

    private List<Submitted> write(List<NewJob> jobs) {
        writes.add(jobs);
        if (jobs.size() == 1) await(gate);
        if (jobs.contains(job(BAD))) throw new IllegalStateException("bad");
        return jobs.stream().<Submitted>map(job -> new Submitted.Existing(job.id())).toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private CompletableFuture<List<Submitted>> submit(int number) {
        return submit(shared, number);
    }

    private static CompletableFuture<List<Submitted>> submit(SharedSubmits to, int number) {
        return CompletableFuture.supplyAsync(() -> to.submit(job(number)), EACH_A_THREAD);
    }

    /** Two write, and these wait for them; then the gate opens. */
    private List<CompletableFuture<List<Submitted>>> crowd(int from, int to) {
        var two = List.of(submit(1), submit(2));
        while (writes.size() < two.size()) Thread.onSpinWait();
        List<CompletableFuture<List<Submitted>>> crowd =
                IntStream.range(from, to).mapToObj(this::submit).toList();
        while (shared.waiting() < to - from) Thread.onSpinWait();
        gate.countDown();
        two.forEach(CompletableFuture::join);
        return crowd;
    }

    @Test
    void whoIsAloneWritesAtOnce() {
        gate.countDown();

        assertThat(shared.submit(job(5))).containsExactly(new Submitted.Existing(job(5).id()));
        assertThat(writes).containsExactly(List.of(job(5)));
    }

    @Test
    void whoWaitsSharesTheNextWriteAndGetsAnAnswerOfItsOwn() {
        List<CompletableFuture<List<Submitted>>> crowd = crowd(20, 30);

        for (int i = 0; i < crowd.size(); i++)
            assertThat(crowd.get(i).join())
                    .containsExactly(new Submitted.Existing(job(20 + i).id()));
        assertThat(writes.stream().map(List::size)).containsExactlyInAnyOrder(1, 1, 10);
    }

    @Test
    void aJobThatCannotBeStoredTakesNobodyAlong() {
        List<CompletableFuture<List<Submitted>>> crowd = crowd(10, 20);

        assertThatThrownBy(() -> crowd.get(BAD - 10).join()).hasRootCauseMessage("bad");
        for (int i = 0; i < crowd.size(); i++)
            if (i != BAD - 10)
                assertThat(crowd.get(i).join())
                        .containsExactly(new Submitted.Existing(job(10 + i).id()));
    }

    @Test
    void whoWasAnsweredAndComesAgainSharesTheNextWrite() {
        var patient = new SharedSubmits(1, Duration.ofSeconds(30), this::write);
        var first = submit(patient, 1);
        while (writes.isEmpty()) Thread.onSpinWait();
        var others = List.of(submit(patient, 2), submit(patient, 3));
        while (patient.waiting() < others.size()) Thread.onSpinWait();

        gate.countDown();
        first.join();
        var again = submit(patient, 4);

        again.join();
        others.forEach(CompletableFuture::join);
        assertThat(writes.stream().map(List::size)).containsExactly(1, 3);
    }
}
