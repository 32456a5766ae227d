package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.Attempt;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LogLine;
import dev.pawl.core.PawlException;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.SystemTime;
import dev.pawl.core.ToolId;
import dev.pawl.testkit.MemoryStore;
import dev.pawl.testkit.NoArtifacts;
import dev.pawl.tool.Requests.Request;
import dev.pawl.tool.ToolPolicy;
import dev.pawl.worker.executor.Handler;
import dev.pawl.worker.executor.JobFailure;
import dev.pawl.worker.executor.Snooze;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A program's own handlers: how they are called, and what becomes of what they throw. */
@Timeout(60)
final class PawlTest {
    private static final ToolPolicy ONCE = ToolPolicy.defaults().withAttempts(1);
    private static final Letter HELLO = new Letter("a@example.org", "Hello");

    private final Queue<Letter> sent = new ConcurrentLinkedQueue<>();
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch leave = new CountDownLatch(1);
    private final MemoryStore store = new MemoryStore(new SystemTime());
    private @Nullable Pawl pawl;

    private static final Comparator<UUID> UNSIGNED = Comparator.comparing(UUID::toString);

    record Letter(String to, String text) {}

    @AfterEach
    void close() {
        if (pawl != null) pawl.close();
    }

    @Test
    void aSubmittedRecordReachesItsHandler() throws Exception {
        var pawl = start(b -> b.toolWithoutOutput("send@1", Letter.class, this::send));

        Waited end = pawl.await(pawl.submit("send@1", HELLO), WaitOptions.defaults());

        assertThat(end.succeeded()).isTrue();
        assertThat(sent).containsExactly(HELLO);
    }

    @Test
    void whatAHandlerAnswersIsTheOutput() throws Exception {
        var pawl = start(b -> b.tool("count@1", Letter.class, this::count));
        JobId id = pawl.submit("count", HELLO);
        pawl.await(id, WaitOptions.defaults());

        assertThat(pawl.output(id, Integer.class)).isEqualTo(5);
        assertThatThrownBy(() -> pawl.output(id, Letter.class))
                .hasMessageStartingWith("output of job %s is no Letter".formatted(id));
    }

    @Test
    void aJobThatHasNotSucceededHasNoOutput() {
        var pawl = open(b -> b.tool("count@1", Letter.class, this::count));
        JobId id = pawl.submit("count@1", HELLO);

        assertThatThrownBy(() -> pawl.output(id, Integer.class))
                .hasMessage("job %s is queued; only a succeeded one has an output".formatted(id));
    }

    @Test
    void veryManyInputsAreStoredInTheirOrderAndAWrongOneIsRefusedAlone() {
        var pawl = open(b -> b.tool("count@1", Letter.class, this::count));
        List<Object> letters = new ArrayList<>();
        for (int i = 0; i < 3 * Bulk.PART + 1; i++) letters.add(new Letter("a", "text " + i));
        letters.set(Bulk.PART + 7, Map.of("to", List.of(1)));

        List<Submitted> answers = pawl.submitAll("count@1", letters);

        assertThat(answers).hasSameSizeAs(letters);
        assertThat(answers.get(Bulk.PART + 7))
                .isInstanceOfSatisfying(
                        Submitted.Refused.class,
                        refused -> {
                            assertThat(refused.code()).isEqualTo(ErrorCode.INPUT_INVALID);
                            assertThat(refused.message()).startsWith("/to doesn't fit Letter");
                        });
        List<JobId> stored = new ArrayList<>();
        for (int i = 0; i < letters.size(); i++) {
            if (i == Bulk.PART + 7) continue;
            JobId id = ((Submitted.Accepted) answers.get(i)).id();
            stored.add(id);
            assertThat(store.find(id).orElseThrow().submission().input()).contains("text " + i);
        }
        assertThat(stored).isSortedAccordingTo(Comparator.comparing(JobId::value, UNSIGNED));
    }

    @Test
    void whatIsWrongWithTheConditionsOfVeryManyIsThrownAsOfOne() {
        var pawl = open(b -> b.tool("count@1", Letter.class, this::count));
        BiConsumer<Letter, Submission.Builder> wrong =
                (_, _) -> {
                    throw new IllegalStateException("not mine");
                };
        BiConsumer<Letter, Submission.Builder> away =
                (_, _) -> {
                    throw new PawlException(ErrorCode.STORE_UNAVAILABLE, "away");
                };

        assertThatThrownBy(() -> pawl.submitAll("count@1", List.of(HELLO), wrong))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("not mine");
        assertThatThrownBy(() -> pawl.submitAll("count@1", List.of(HELLO), away))
                .isInstanceOf(PawlException.class)
                .hasMessage("away");
        assertThat(store.counts()).isEmpty();
    }

    @Test
    void noInputsAreNoJobs() {
        var pawl = open(b -> b.tool("count@1", Letter.class, this::count));

        assertThat(pawl.submitAll("count@1", List.of())).isEmpty();
    }

    @Test
    void whoSubmitsVeryManyAgainWithTheirKeysIsAnsweredTheJobsOfThen() {
        var pawl = open(b -> b.tool("count@1", Letter.class, this::count));
        List<Letter> letters = List.of(HELLO, new Letter("b@example.org", "Hello"));
        BiConsumer<Letter, Submission.Builder> keyed =
                (letter, job) -> job.idempotencyKey(letter.to());
        List<Submitted> first = pawl.submitAll("count@1", letters, keyed);

        List<Submitted> again = pawl.submitAll("count@1", letters, keyed);

        for (int i = 0; i < 2; i++)
            assertThat(again.get(i))
                    .isEqualTo(new Submitted.Existing(((Submitted.Accepted) first.get(i)).id()));
    }

    @Test
    void anInputThatIsNoRecordOfItsTypeIsRefusedBeforeItIsStored() {
        var pawl = open(b -> b.tool("count@1", Letter.class, this::count));

        assertThatThrownBy(() -> pawl.submit("count@1", Map.of("to", List.of(1))))
                .hasMessageStartingWith("count@1: /to doesn't fit Letter")
                .extracting(e -> ((PawlException) e).code())
                .isEqualTo(ErrorCode.INPUT_INVALID);
        assertThat(pawl.check("count@1", HELLO)).isInstanceOf(Request.Ready.class);
        assertThat(jobs()).isEmpty();
    }

    @Test
    void anInputIsBounded() {
        var pawl = open(b -> b.tool("count@1", Letter.class, this::count));
        var book = new Letter("a", "ä".repeat(1 << 19));

        assertThatThrownBy(() -> pawl.submit("count@1", book))
                .hasMessageContaining("want at most 1,048,576; give what is large as a file")
                .extracting(e -> ((PawlException) e).code())
                .isEqualTo(ErrorCode.INPUT_TOO_LARGE);
    }

    @Test
    void aToolThatNobodyKnowsIsRefusedUnlessTheCallerInsists() {
        var pawl = open(b -> b.tool("count@1", Letter.class, this::count));

        assertThatThrownBy(() -> pawl.submit("cuont@1", HELLO))
                .hasMessageContaining("did you mean \"count\"?");
        JobId id = pawl.submit(Submission.of(ToolId.parse("others@1"), "{}").build());

        assertThat(state(id)).isInstanceOf(JobState.Queued.class);
    }

    @Test
    void aHandlerSaysHowItFailed() throws Exception {
        assertThat(deathOf(JobFailure.permanent("gone"))).isEqualTo(ErrorClass.PERMANENT);
        assertThat(deathOf(JobFailure.user("no such address"))).isEqualTo(ErrorClass.USER);
        assertThat(deathOf(JobFailure.temporary("busy"))).isEqualTo(ErrorClass.TRANSIENT);
        assertThat(deathOf(new IllegalStateException("?"))).isEqualTo(ErrorClass.TRANSIENT);
    }

    @Test
    void anErrorOfTheSurroundingsIsNoFailureOfTheJob() throws Exception {
        var runs = new AtomicInteger();
        var pawl =
                start(b ->
                        b.tool(
                                "send@1",
                                Letter.class,
                                (_, _) -> {
                                    if (runs.incrementAndGet() == 1)
                                        throw JobFailure.configuration("no mail server is set");
                                    return null;
                                },
                                ONCE.withBackoff(Duration.ofMillis(1), Duration.ofMillis(1))));

        Waited end = pawl.await(pawl.submit("send@1", HELLO), WaitOptions.defaults());

        assertThat(end.succeeded()).isTrue();
        assertThat(runs).hasValue(2);
    }

    @Test
    void aSnoozeIsNoFailureAndTheNextAttemptHasTheNextNumber() throws Exception {
        var numbers = new ConcurrentLinkedQueue<Integer>();
        var pawl =
                start(b ->
                        b.tool(
                                "send@1",
                                Letter.class,
                                (_, attempt) -> {
                                    numbers.add(attempt.number());
                                    if (attempt.number() == 1)
                                        throw new Snooze(Duration.ofMillis(1), "the night");
                                    return null;
                                },
                                ONCE));

        Waited end = pawl.await(pawl.submit("send@1", HELLO), WaitOptions.defaults());

        assertThat(end.succeeded()).isTrue();
        assertThat(numbers).containsExactly(1, 2);
    }

    @Test
    void aTimeoutInterruptsTheHandler() throws Exception {
        var pawl =
                start(b ->
                        b.tool(
                                "wait@1",
                                Letter.class,
                                this::untilLeave,
                                ONCE.withTimeout(Duration.ofMillis(20))));
        JobId id = pawl.submit("wait@1", HELLO);

        Waited end = pawl.await(id, WaitOptions.defaults());

        assertThat(state(id))
                .isInstanceOfSatisfying(
                        JobState.Dead.class,
                        dead -> assertThat(dead.kind()).isEqualTo(ErrorClass.TIMEOUT));
        assertThat(end.failures().getFirst().message()).startsWith("ran longer than 20ms");
        assertThat(sent).as("what the handler did when it was interrupted").containsExactly(HELLO);
    }

    @Test
    void aFailureIsTriedAgainAsOftenAsThePolicySays() throws Exception {
        var runs = new AtomicInteger();
        Handler<Letter> fails =
                (_, _) -> {
                    runs.incrementAndGet();
                    throw new IllegalStateException("busy");
                };
        var policy =
                ToolPolicy.defaults()
                        .withAttempts(4)
                        .withBackoff(Duration.ofMillis(1), Duration.ofMillis(2));
        var pawl = start(b -> b.tool("send@1", Letter.class, fails, policy));

        Waited end = pawl.await(pawl.submit("send@1", HELLO), WaitOptions.defaults());

        assertThat(end.failures().getFirst().message()).contains("busy");
        assertThat(runs).hasValue(4);
    }

    @Test
    void aKeptResultAnswersTheSameInputAgain() throws Exception {
        var policy = ToolPolicy.defaults().withCache(ToolPolicy.Cache.of(Duration.ofHours(1)));
        var pawl = start(b -> b.tool("count@1", Letter.class, this::count, policy));
        JobId first = pawl.submit("count@1", HELLO);
        pawl.await(first, WaitOptions.defaults());

        JobId second = pawl.submit("count@1", HELLO);

        assertThat(job(second).cachedFrom()).contains(first);
        assertThat(pawl.output(second, Integer.class)).isEqualTo(5);
        assertThat(sent).hasSize(1);
    }

    @Test
    void noMoreRunAtOnceThanThePolicySaysAndTheNextStartsAsSoonAsOneHasEnded() throws Exception {
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        var pair = new CyclicBarrier(2);
        Handler<Letter> counts =
                (_, _) -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    pair.await();
                    return running.decrementAndGet();
                };
        var policy = ToolPolicy.defaults().withConcurrency(2);
        var never = WorkerOptions.defaults().withPoll(Duration.ofHours(1));
        var pawl = start(b -> b.tool("count@1", Letter.class, counts, policy).options(never));
        Submission one = pawl.submission("count@1", HELLO, _ -> {});
        List<JobId> all =
                pawl.submit(Collections.nCopies(50, one)).stream().map(Rig::accepted).toList();

        Waited end = pawl.await(all, WaitOptions.defaults(), _ -> {});

        assertThat(end.succeeded()).isTrue();
        assertThat(most).hasValue(2);
    }

    @Test
    void aHandlerKnowsItsAttemptAndSaysHowFarItIs() throws Exception {
        var pawl =
                start(b ->
                        b.tool(
                                "send@1",
                                Letter.class,
                                (_, attempt) -> {
                                    attempt.progress(0.5, "half");
                                    attempt.log("sent to " + attempt.correlationId());
                                    leave.await();
                                    return attempt.number();
                                }));
        JobId id = pawl.submit("send@1", HELLO, s -> s.correlationId("flow-7"));

        while (job(id).progress().isEmpty()) Thread.onSpinWait();
        assertThat(job(id).progress().orElseThrow().text()).isEqualTo("half");
        leave.countDown();
        pawl.await(id, WaitOptions.defaults());

        assertThat(pawl.output(id, Integer.class)).isEqualTo(1);
        assertThat(store.logs(id, 0, -1, 10))
                .extracting(LogLine::text)
                .containsExactly("sent to flow-7");
    }

    @Test
    void aSubmitMaySayOtherThanThePolicy() {
        var policy =
                ToolPolicy.defaults()
                        .withQueue("mail")
                        .withPriority(3)
                        .withTtl(Duration.ofHours(2));
        var pawl = open(b -> b.tool("count@1", Letter.class, this::count, policy));
        Instant later = store.now().plusSeconds(3_600);
        JobId parent = pawl.submit("count@1", HELLO);

        JobId id =
                pawl.submit(
                        "count@1",
                        HELLO,
                        s ->
                                s.priority(9)
                                        .runAt(later)
                                        .ttl(Duration.ofHours(1))
                                        .parents(Set.of(parent))
                                        .tags(Set.of("spring"))
                                        .idempotencyKey("letter-1"));

        assertThat(job(parent).submission())
                .extracting(Submission::queue, Submission::priority, Submission::ttl)
                .containsExactly("mail", 3, Duration.ofHours(2));
        Submission said = job(id).submission();
        assertThat(said.queue()).isEqualTo("mail");
        assertThat(said.priority()).isEqualTo(9);
        assertThat(said.runAt()).isEqualTo(later);
        assertThat(said.ttl()).isEqualTo(Duration.ofHours(1));
        assertThat(said.parents()).containsExactly(parent);
        assertThat(said.tags()).containsExactly("spring");
        assertThat(state(id)).isInstanceOf(JobState.Waiting.class);
    }

    @Test
    void aJobThatAHandlerSubmitsBelongsToTheSameFlow() throws Exception {
        Handler<Letter> forwards =
                (letter, attempt) ->
                        Objects.requireNonNull(pawl)
                                .submit("count@1", letter, s -> s.causedBy(attempt.job()))
                                .toString();
        var pawl =
                start(b ->
                        b.tool("forward@1", Letter.class, forwards)
                                .tool("count@1", Letter.class, this::count));
        JobId first = pawl.submit("forward@1", HELLO, s -> s.correlationId("flow-7"));
        pawl.await(first, WaitOptions.defaults());

        Submission second =
                job(JobId.parse(pawl.output(first, String.class)).orElseThrow()).submission();

        assertThat(second.correlationId()).isEqualTo("flow-7");
        assertThat(second.causation()).isEqualTo(first.toString());
    }

    @Test
    void theSameIdempotencyKeyIsTheSameJob() {
        var pawl = open(b -> b.tool("count@1", Letter.class, this::count));
        JobId first = pawl.submit("count@1", HELLO, s -> s.idempotencyKey("letter-1"));

        assertThat(pawl.submit("count@1", HELLO, s -> s.idempotencyKey("letter-1")))
                .isEqualTo(first);
        assertThatThrownBy(() ->
                        pawl.submit(
                                "count@1",
                                new Letter("b", "Bye"),
                                s -> s.idempotencyKey("letter-1")))
                .hasMessageContaining("letter-1");
    }

    @Test
    void ofManyABadOneIsRefusedAlone() {
        var pawl = open(b -> b.tool("count@1", Letter.class, this::count));
        Submission good = pawl.submission("count@1", HELLO, _ -> {});
        Submission orphan =
                pawl.submission(
                        "count@1", HELLO, s -> s.parents(Set.of(new JobId(new UUID(1, 2)))));

        List<Submitted> answers = pawl.submit(List.of(good, orphan, good));

        assertThat(answers.get(0)).isInstanceOf(Submitted.Accepted.class);
        assertThat(answers.get(1)).isInstanceOf(Submitted.Refused.class);
        assertThat(answers.get(2)).isInstanceOf(Submitted.Accepted.class);
    }

    @Test
    void oneProgramSubmitsWhatAnotherRuns() throws Exception {
        start(b -> b.tool("count@1", Letter.class, this::count));
        try (var submitter =
                Pawl.on(store, new NoArtifacts(), new Random(2))
                        .tool("count@1", Letter.class, (_, _) -> "not here")
                        .open()) {
            JobId id = submitter.submit("count@1", HELLO);

            submitter.await(id, WaitOptions.defaults());

            assertThat(submitter.output(id, Integer.class)).isEqualTo(5);
        }
    }

    @Test
    void aProgramRunsTheQueuesItNamesOnly() throws Exception {
        var pawl = start(b -> b.tool("count@1", Letter.class, this::count).queues("mail"));
        JobId other = pawl.submit("count@1", HELLO, s -> s.queue("other"));
        JobId mail = pawl.submit("count@1", HELLO, s -> s.queue("mail"));

        Waited end = pawl.await(mail, WaitOptions.defaults());

        assertThat(end.succeeded()).isTrue();
        assertThat(state(other)).isInstanceOf(JobState.Queued.class);
    }

    @Test
    void closingLetsARunningHandlerEnd() throws Exception {
        var pawl = start(b -> b.tool("wait@1", Letter.class, this::untilLeave));
        JobId id = pawl.submit("wait@1", HELLO);
        entered.await();

        var closing = Thread.ofVirtual().start(pawl::close);
        leave.countDown();
        closing.join();

        assertThat(state(id)).isInstanceOf(JobState.Succeeded.class);
    }

    @Test
    void whatCannotEndWhileClosingGoesBackWithoutAFailure() throws Exception {
        var pawl =
                start(b ->
                        b.tool("wait@1", Letter.class, this::untilLeave)
                                .options(
                                        WorkerOptions.defaults()
                                                .withGrace(Duration.ZERO, Duration.ofSeconds(10))));
        JobId id = pawl.submit("wait@1", HELLO);
        entered.await();

        pawl.close();
        pawl.close();

        assertThat(state(id))
                .isInstanceOfSatisfying(
                        JobState.Queued.class, s -> assertThat(s.failures()).isZero());
        assertThat(sent).containsExactly(HELLO);
        assertThat(store.workers()).isEmpty();
    }

    @Test
    void aToolHasOneHandler() {
        var builder =
                Pawl.on(store, new NoArtifacts(), new Random(1))
                        .tool("count@1", Letter.class, this::count);

        assertThatThrownBy(() -> builder.tool("count@1", Letter.class, this::count))
                .hasMessageContaining("\"count@1\"");
    }

    private void send(Letter letter, Attempt attempt) {
        sent.add(letter);
    }

    private int count(Letter letter, Attempt attempt) {
        sent.add(letter);
        return letter.text().length();
    }

    private String untilLeave(Letter letter, Attempt attempt) throws InterruptedException {
        entered.countDown();
        try {
            leave.await();
            return "left";
        } catch (InterruptedException e) {
            sent.add(letter);
            throw e;
        }
    }

    private ErrorClass deathOf(RuntimeException failure) throws Exception {
        Handler<Letter> fails =
                (_, _) -> {
                    throw failure;
                };
        try (var own =
                Pawl.on(store, new NoArtifacts(), new Random(1))
                        .tool("fail@1", Letter.class, fails, ONCE)
                        .start()) {
            JobId id = own.submit("fail@1", HELLO);
            own.await(id, WaitOptions.defaults());
            return ((JobState.Dead) state(id)).kind();
        }
    }

    private Pawl start(UnaryOperator<PawlBuilder> tools) {
        Pawl begun = tools.apply(Pawl.on(store, new NoArtifacts(), new Random(1))).start();
        pawl = begun;
        return begun;
    }

    private Pawl open(UnaryOperator<PawlBuilder> tools) {
        Pawl begun = tools.apply(Pawl.on(store, new NoArtifacts(), new Random(1))).open();
        pawl = begun;
        return begun;
    }

    private Job job(JobId id) {
        return store.find(id).orElseThrow();
    }

    private JobState state(JobId id) {
        return job(id).state();
    }

    private List<Job> jobs() {
        return store.list(JobFilter.ALL, "", 10);
    }
}
