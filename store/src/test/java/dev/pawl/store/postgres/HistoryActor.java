package dev.pawl.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.AttemptEnd;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Count;
import dev.pawl.core.End;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Job;
import dev.pawl.core.JobError;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.LogLine;
import dev.pawl.core.NewJob;
import dev.pawl.core.Progress;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.Token;
import dev.pawl.core.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One thread of a {@link HistoryCrowd}. Its jobs are in a queue of its own, and nobody else claims,
 * ends, cancels or redrives them; so it can tell where each has to be, whatever is dropped
 * meanwhile. Their parents are anybody's.
 */
final class HistoryActor {
    private static final int LIST_MAX = 1_000;

    /** Also of those that wait: when their parents end is not for this thread to say. */
    private static final JobState.Name QUEUED = JobState.Name.QUEUED;

    private final HistoryCrowd crowd;
    private final PostgresStore store;
    private final int number;
    private final String queue;
    private final SplittableRandom random;
    private final Map<JobId, Mine> mine = new LinkedHashMap<>();
    private int serial;
    private int keys;

    /** A job of its own, and what it knows of it. */
    private static final class Mine {
        final JobId id;
        JobState.Name state = QUEUED;

        /** At the earliest; of one that has ended. */
        Instant ended = Instant.MAX;

        /** Of the attempt that runs, or, of a cancelled one, stops. */
        @Nullable Token token;

        /** Which is to be there for as long as this has never ended. */
        @Nullable JobId parent;

        int lines;
        int failures;

        Mine(JobId id, @Nullable JobId parent) {
            this.id = id;
            this.parent = parent;
        }

        boolean unfinished() {
            return !state.ended();
        }

        boolean stopping() {
            return state.ended() && token != null;
        }
    }

    HistoryActor(HistoryCrowd crowd, PostgresStore store, int number) {
        this.crowd = crowd;
        this.store = store;
        this.number = number;
        this.queue = "crowd-" + number;
        this.random = new SplittableRandom(number);
    }

    /** How many idempotency keys its jobs have. */
    int keys() {
        return keys;
    }

    void act() {
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4, 5 -> submit();
            case 6, 7, 8, 9 -> claim(random.nextInt(1, 5));
            case 10, 11, 12, 13 -> some(HistoryActor::runs).ifPresent(this::end);
            case 14, 15 -> some(Mine::unfinished).ifPresent(this::cancel);
            case 16, 17 -> some(Mine::stopping).ifPresent(this::stop);
            case 18 -> some(HistoryActor::redrivable).ifPresent(this::redrive);
            case 19, 20, 21 -> some(_ -> true).ifPresent(this::look);
            default -> list();
        }
    }

    // ---- Writes

    private void submit() {
        List<JobId> others = crowd.recent();
        var jobs = new ArrayList<NewJob>();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            boolean child = !others.isEmpty() && random.nextInt(3) == 0;
            jobs.add(job(child ? others.get(random.nextInt(others.size())) : null));
        }
        List<Submitted> answers = store.submit(jobs);
        for (int i = 0; i < jobs.size(); i++) {
            Submission asked = jobs.get(i).submission();
            JobId parent = asked.parents().stream().findFirst().orElse(null);
            switch (answers.get(i)) {
                case Submitted.Accepted(var id, _) -> {
                    mine.put(id, new Mine(id, parent));
                    if (!asked.idempotencyKey().isEmpty()) keys++;
                    crowd.submitted(id);
                }
                case Submitted.Refused(var code, _) -> {
                    assertThat(code).isEqualTo(ErrorCode.PARENT_NOT_FOUND);
                    assertThat(parent).isNotNull();
                    if (parent != null) crowd.gone(parent);
                }
                case Submitted.Existing(var id) -> throw new AssertionError("there already: " + id);
            }
        }
    }

    /** Some come from clocks that are off, into a day that is gone or yet to come. */
    private NewJob job(@Nullable JobId parent) {
        Instant at = crowd.atLeast();
        if (random.nextInt(10) == 0) at = at.plus(Duration.ofHours(random.nextInt(-72, 24)));
        long low = Long.MIN_VALUE | (long) number << 32 | ++serial;
        var id = new JobId(new UUID(at.toEpochMilli() << 16 | 0x7000, low));
        Submission.Builder job = Submission.of(HistoryScenes.TOOL, "{}").queue(queue).goOn(true);
        if (parent != null) job.parents(Set.of(parent));
        if (random.nextBoolean()) job.tags(Set.of("red", queue));
        if (random.nextInt(4) == 0) job.idempotencyKey(queue + " " + serial);
        if (random.nextInt(4) == 0) job.ttl(Duration.ofDays(9_999));
        if (random.nextInt(4) == 0) job.runAt(crowd.atLeast().plus(Duration.ofHours(9)));
        return new NewJob(id, job.build());
    }

    private int claim(int max) {
        var lease = new LeaseId(new UUID(0x4000L | (long) number << 32, Long.MIN_VALUE | ++serial));
        var want = new Claim.Want(Set.of(HistoryScenes.TOOL), Set.of(queue), Set.of(), max);
        var claim = new Claim(lease, queue, Duration.ofDays(9_999), List.of(want), Set.of());
        List<ClaimedJob> jobs = store.claim(claim).jobs();
        for (ClaimedJob job : jobs) {
            Mine one = known(job.id());
            assertThat(one.state).as("job %s before its claim", one.id).isEqualTo(QUEUED);
            one.state = JobState.Name.RUNNING;
            one.token = job.token();
            say(one, job.token());
        }
        return jobs.size();
    }

    private void say(Mine job, Token token) {
        var lines = new ArrayList<LogLine>();
        for (int seq = random.nextInt(3); seq > 0; seq--)
            lines.add(line(token.attempt(), seq, crowd.atLeast()));
        done(store.log(token, lines));
        job.lines += lines.size();
        done(store.progress(token, new Progress(0.5, "half", crowd.atLeast())));
    }

    private static LogLine line(int attempt, long seq, Instant at) {
        return new LogLine(attempt, seq, at, LogLine.Stream.STDOUT, "line");
    }

    private void end(Mine job) {
        int attempt = token(job).attempt();
        Instant now = crowd.atLeast();
        end(
                job,
                switch (random.nextInt(4)) {
                    case 0 -> new JobState.Dead(now, attempt, ErrorClass.PERMANENT);
                    case 1 -> new JobState.Queued(now, attempt, 1);
                    default -> new JobState.Succeeded(now, attempt);
                });
    }

    private void end(Mine job, JobState to) {
        boolean good = to instanceof JobState.Succeeded;
        var how = good ? AttemptEnd.How.COMPLETED : AttemptEnd.How.FAILED;
        JobError error = good ? null : new JobError(ErrorClass.PERMANENT, "it failed");
        var end = new End(token(job), how, to, queue, error, good ? "{}" : "", List.of());
        Instant before = crowd.atLeast();
        assertThat(store.end(List.of(end))).hasSize(1).allSatisfy(HistoryActor::done);
        job.token = null;
        if (!good) job.failures++;
        is(job, to.name(), before);
    }

    private void cancel(Mine job) {
        Instant before = crowd.atLeast();
        Optional<JobState> was = store.cancel(job.id);
        assertThat(was).as("job %s, which is cancelled", job.id).isPresent();
        boolean ran = was.orElseThrow() instanceof JobState.Running;
        assertThat(ran).isEqualTo(job.token != null);
        if (ran) job.failures++;
        is(job, JobState.Name.CANCELLED, before);
    }

    private void stop(Mine job) {
        done(store.stopped(token(job)));
        job.token = null;
    }

    private static boolean runs(Mine job) {
        return job.state == JobState.Name.RUNNING;
    }

    private static boolean redrivable(Mine job) {
        return job.state.ended() && job.state != JobState.Name.SUCCEEDED && !job.stopping();
    }

    private void redrive(Mine job) {
        Optional<JobState> was = store.redrive(job.id);
        if (was.isEmpty()) {
            forget(job);
            return;
        }
        assertThat(was.orElseThrow().name()).isEqualTo(job.state);
        is(job, QUEUED, Instant.MAX);
    }

    private static void is(Mine job, JobState.Name state, Instant since) {
        job.state = state;
        job.ended = state.ended() ? since : Instant.MAX;
        if (state.ended()) job.parent = null;
    }

    // ---- Looks

    private void look(Mine job) {
        Optional<Job> found = store.find(job.id);
        if (found.isEmpty()) {
            forget(job);
            return;
        }
        JobState.Name state = found.orElseThrow().state().name();
        assertThat(job.unfinished() && state == JobState.Name.WAITING ? QUEUED : state)
                .as("job %s", job.id)
                .isEqualTo(job.state);
        int lines = store.logs(job.id, 0, -1, LIST_MAX).size();
        int failures = store.history(job.id).size();
        if (mustBeThere(job)) {
            assertThat(lines).as("log lines of %s", job.id).isEqualTo(job.lines);
            assertThat(failures).as("attempts of %s", job.id).isEqualTo(job.failures);
        }
        if (job.parent != null)
            assertThat(store.states(List.of(job.parent))).as("parent of %s", job.id).hasSize(1);
    }

    private void list() {
        List<Job> listed =
                store.list(
                        JobFilter.ALL.withQueue(queue).withTool(HistoryScenes.TOOL.name()),
                        "",
                        LIST_MAX);
        assertThat(listed.stream().map(Job::id).toList()).containsAll(those(this::mustBeThere));
        long unfinished =
                store.counts().stream()
                        .filter(count -> count.queue().equals(queue) && !count.state().ended())
                        .mapToLong(Count::jobs)
                        .sum();
        assertThat(unfinished).isEqualTo(those(Mine::unfinished).size());
        List<Job> tagged = store.list(JobFilter.ALL.withTag(queue), "", LIST_MAX);
        assertThat(listed.stream().map(Job::id)).containsAll(tagged.stream().map(Job::id).toList());
    }

    /** What it has is there, when nobody does anything any more. */
    void checkAll() {
        for (Mine job : List.copyOf(mine.values())) look(job);
        list();
    }

    /** Ends what it has; false when more may follow, as another's job has to end before. */
    boolean finish() {
        for (Mine job : List.copyOf(mine.values())) {
            if (job.stopping()) stop(job);
            if (runs(job)) end(job, new JobState.Succeeded(crowd.atLeast(), token(job).attempt()));
        }
        int claimed = claim(100);
        return claimed == 0 && those(Mine::unfinished).isEmpty();
    }

    private boolean mustBeThere(Mine job) {
        return job.unfinished() || job.stopping() || crowd.mustBeThere(job.state, job.ended);
    }

    /** It is gone, which it has to have a right to. */
    private void forget(Mine job) {
        assertThat(mustBeThere(job)).as("whether %s %s must stay", job.state, job.id).isFalse();
        mine.remove(job.id);
        crowd.gone(job.id);
    }

    // ---- What it knows

    private Mine known(JobId id) {
        Mine job = mine.get(id);
        if (job == null) throw new AssertionError("somebody else's, or gone: " + id);
        return job;
    }

    private List<JobId> those(Predicate<Mine> which) {
        return mine.values().stream().filter(which).map(job -> job.id).toList();
    }

    private Optional<Mine> some(Predicate<Mine> which) {
        List<JobId> ids = those(which);
        return ids.isEmpty()
                ? Optional.empty()
                : Optional.of(known(ids.get(random.nextInt(ids.size()))));
    }

    private static Token token(Mine job) {
        if (job.token == null) throw new AssertionError("nothing of it runs: " + job.id);
        return job.token;
    }

    private static void done(Written written) {
        assertThat(written).isInstanceOf(Written.Done.class);
    }
}
