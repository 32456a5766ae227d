package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.done;
import static dev.pawl.testkit.StoreDriver.file;
import static dev.pawl.testkit.StoreDriver.hash;
import static dev.pawl.testkit.StoreDriver.ids;
import static dev.pawl.testkit.StoreDriver.job;
import static dev.pawl.testkit.StoreDriver.shared;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Hit;
import dev.pawl.core.InputKey;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.JobState.Cancelled;
import dev.pawl.core.JobState.Dead;
import dev.pawl.core.JobState.Queued;
import dev.pawl.core.JobState.Succeeded;
import dev.pawl.core.JobState.Waiting;
import dev.pawl.core.Kept;
import dev.pawl.core.Limit;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Reuse;
import dev.pawl.core.Submission;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Single flight and kept results for jobs that had parents or a time of their own when they were
 * submitted: they are compared with their equals when they would start.
 */
public interface DueFlightContract extends StoreSubject {
    Duration MINUTE = Duration.ofMinutes(1);

    /** A job of this input that is compared when it is claimed; it is due at once. */
    private static Submission.Builder due(StoreDriver s, String name) {
        return shared(name).runAt(s.now());
    }

    private static Waiting following(JobId leader) {
        return new Waiting(Set.of(leader), true);
    }

    /** Answers what the claim called answerable, as the engine does. */
    private static List<JobId> answer(StoreDriver s, Claimed claimed) {
        return s.store.answer(
                claimed.answerable().stream()
                        .map(a ->
                                new Hit(a.job(), s.store.kept(a.tenant(), a.hash()).orElseThrow()))
                        .toList());
    }

    // ---- What is kept

    @Test
    default void aChildWhoseParentsHaveEndedIsAnsweredByWhatIsKeptByThen() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob parent = s.start();
            JobId child = s.submit(shared("a").parents(Set.of(parent.id())));
            ClaimedJob ran = s.start(shared("a"));
            done(s.end(s.completed(ran, "{\"x\": 1}", file("x.txt", "x"))));
            s.advance(Duration.ofSeconds(1));
            s.complete(parent);

            Claimed claimed = s.claim(9);

            assertThat(claimed.jobs()).isEmpty();
            assertThat(claimed.answerable())
                    .containsExactly(new Claimed.Answerable(child, "default", hash("a")));
            assertThat(s.name(child)).isEqualTo(JobState.Name.QUEUED);
            assertThat(answer(s, claimed)).containsExactly(child);
            Job found = s.find(child);
            assertThat(found.state()).isEqualTo(new Succeeded(s.now(), 0));
            assertThat(found.output()).isEqualTo("{\"x\": 1}");
            assertThat(found.cachedFrom()).contains(ran.id());
            assertThat(s.store.artifacts(child)).containsExactly(file("x.txt", "x"));
            assertThat(s.store.history(child)).isEmpty();
        }
    }

    @Test
    default void aJobWhoseTimeHasComeIsAnsweredByWhatIsKeptByThen() {
        try (var s = new StoreDriver(this)) {
            JobId later = s.submit(shared("a").runAt(s.now().plus(MINUTE)));
            JobId child = s.child(later);
            JobId ran = s.ended(JobState.Name.SUCCEEDED, shared("a"));
            s.advance(MINUTE);

            assertThat(answer(s, s.claim(9))).containsExactly(later);

            assertThat(s.find(later).cachedFrom()).contains(ran);
            assertThat(ids(s.claim(9))).containsExactly(child);
        }
    }

    @Test
    default void anAnswerIsKeptNoLongerThanItsSource() {
        try (var s = new StoreDriver(this)) {
            JobId ran = s.ended(JobState.Name.SUCCEEDED, shared("a"));
            s.advance(MINUTE);
            s.submit(due(s, "a"));

            answer(s, s.claim(9));

            Kept kept = s.store.kept("default", hash("a")).orElseThrow();
            assertThat(kept.job()).isEqualTo(ran);
            assertThat(kept.until()).isEqualTo(s.now().minus(MINUTE).plus(Duration.ofHours(1)));
        }
    }

    @Test
    default void aKeptErrorOfTheUserAnswersADueJobToo() {
        try (var s = new StoreDriver(this)) {
            var withErrors = new Reuse(Duration.ofHours(1), true);
            s.fail(s.start(shared("a").reuse(withErrors)), ErrorClass.USER);
            JobId due = s.submit(due(s, "a").reuse(withErrors));
            JobId child = s.child(due);

            answer(s, s.claim(9));

            assertThat(s.state(due)).isEqualTo(new Dead(s.now(), 0, ErrorClass.USER));
            assertThat(s.name(child)).isEqualTo(JobState.Name.CANCELLED);
            s.store.redrive(due);
            assertThat(ids(s.claim(9))).as("a redriven job runs itself").containsExactly(due);
        }
    }

    @Test
    default void aResultThatEndedBeforeTheAnswerAnswersNobody() {
        try (var s = new StoreDriver(this)) {
            s.ended(JobState.Name.SUCCEEDED, shared("a"));
            JobId due = s.submit(due(s, "a"));
            Claimed claimed = s.claim(9);
            Kept kept = s.store.kept("default", hash("a")).orElseThrow();
            s.advance(Duration.ofHours(1));

            assertThat(s.store.answer(List.of(new Hit(due, kept)))).isEmpty();

            assertThat(claimed.answerable()).hasSize(1);
            assertThat(s.name(due)).isEqualTo(JobState.Name.QUEUED);
            assertThat(ids(s.claim(9))).containsExactly(due);
        }
    }

    @Test
    default void aResultThatWasForgottenOrReplacedBeforeTheAnswerAnswersNobody() {
        try (var s = new StoreDriver(this)) {
            JobId ran = s.ended(JobState.Name.SUCCEEDED, shared("a"));
            JobId due = s.submit(due(s, "a"));
            Kept old = s.store.kept("default", hash("a")).orElseThrow();
            assertThat(s.claim(9).answerable()).hasSize(1);
            s.store.dropKept("default", hash("a"), ran);
            assertThat(s.store.answer(List.of(new Hit(due, old)))).isEmpty();
            s.ended(JobState.Name.SUCCEEDED, shared("a"));

            assertThat(s.store.answer(List.of(new Hit(due, old)))).isEmpty();

            assertThat(answer(s, s.claim(9))).containsExactly(due);
        }
    }

    @Test
    default void whoeverMovedOnBeforeTheAnswerStaysAsItIs() {
        try (var s = new StoreDriver(this)) {
            s.ended(JobState.Name.SUCCEEDED, shared("a"));
            JobId due = s.submit(due(s, "a"));
            Kept kept = s.store.kept("default", hash("a")).orElseThrow();
            s.store.cancel(due);

            assertThat(s.store.answer(List.of(new Hit(due, kept), new Hit(s.nextId(), kept))))
                    .isEmpty();

            assertThat(s.state(due)).isEqualTo(new Cancelled(s.now(), 0));
        }
    }

    @Test
    default void anAnswerTwiceIsOne() {
        try (var s = new StoreDriver(this)) {
            s.ended(JobState.Name.SUCCEEDED, shared("a"));
            JobId due = s.submit(due(s, "a"));
            var hit = new Hit(due, s.store.kept("default", hash("a")).orElseThrow());

            assertThat(s.store.answer(List.of(hit, hit))).containsExactly(due);
            assertThat(s.store.answer(List.of(hit))).isEmpty();
        }
    }

    @Test
    default void nobodyIsAnsweredBeforeItsTimeOrUnasked() {
        try (var s = new StoreDriver(this)) {
            s.ended(JobState.Name.SUCCEEDED, shared("a"));
            Kept kept = s.store.kept("default", hash("a")).orElseThrow();
            JobId later = s.submit(shared("a").runAt(s.now().plus(MINUTE)));
            JobId plain = s.submit(job());
            JobId other = s.submit(due(s, "b"));

            var hits = List.of(new Hit(later, kept), new Hit(plain, kept), new Hit(other, kept));
            assertThat(s.store.answer(hits)).isEmpty();

            assertThat(s.names(List.of(later, plain, other))).containsOnly(JobState.Name.QUEUED);
        }
    }

    @Test
    default void aJobThatIsNotReusedIsNotCompared() {
        try (var s = new StoreDriver(this)) {
            s.ended(JobState.Name.SUCCEEDED, shared("a"));
            ClaimedJob leader = s.start(shared("b"));
            JobId first = s.submit(job().key(new InputKey(hash("a"), "{}")).runAt(s.now()));
            JobId second = s.submit(job().key(new InputKey(hash("b"), "{}")).runAt(s.now()));

            Claimed claimed = s.claim(9);

            assertThat(ids(claimed)).containsExactly(first, second);
            assertThat(claimed.answerable()).isEmpty();
            assertThat(s.state(leader.id())).isEqualTo(leader.state());
        }
    }

    @Test
    default void jobsOfAnotherTenantAreNotCompared() {
        try (var s = new StoreDriver(this)) {
            s.ended(JobState.Name.SUCCEEDED, shared("a"));
            s.start(shared("b"));
            JobId first = s.submit(due(s, "a").tenant("acme"));
            JobId second = s.submit(due(s, "b").tenant("acme"));

            assertThat(ids(s.claim(9))).containsExactly(first, second);
        }
    }

    @Test
    default void anAnswerableJobTakesAPlaceInItsClaimAndNoSlotOfItsLimit() {
        try (var s = new StoreDriver(this)) {
            var one = new Limit("one", 1);
            s.ended(JobState.Name.SUCCEEDED, shared("a"));
            JobId due = s.submit(due(s, "a").limit(one));
            JobId next = s.submit(job().limit(one));

            assertThat(s.claim(1).answerable()).extracting(a -> a.job()).containsExactly(due);
            Claimed claimed = s.claim(2);

            assertThat(claimed.answerable()).extracting(a -> a.job()).containsExactly(due);
            assertThat(ids(claimed)).containsExactly(next);
        }
    }

    // ---- Who runs

    @Test
    default void aDueJobFollowsTheOneThatRuns() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob leader = s.start(shared("a"));
            JobId parent = s.submit();
            JobId child = s.submit(shared("a").parents(Set.of(parent)));
            s.complete(s.start(parent));

            assertThat(s.claim(9).jobs()).isEmpty();

            assertThat(s.state(child)).isEqualTo(following(leader.id()));
            s.complete(leader, file("x", "x"));
            assertThat(s.state(child)).isEqualTo(new Succeeded(s.now(), 0));
            assertThat(s.find(child).cachedFrom()).contains(leader.id());
            assertThat(s.store.artifacts(child)).containsExactly(file("x", "x"));
        }
    }

    @Test
    default void ofTwoThatAreDueAtOnceOneRuns() {
        try (var s = new StoreDriver(this)) {
            JobId first = s.submit(due(s, "a"));
            JobId second = s.submit(due(s, "a").queue("other"));

            ClaimedJob leader = s.claim(9).jobs().getFirst();

            assertThat(leader.id()).isEqualTo(first);
            assertThat(s.state(second)).isEqualTo(following(first));
            s.complete(leader);
            assertThat(s.find(second).cachedFrom()).contains(first);
        }
    }

    @Test
    default void whoComesNextInLineTakesTheFollowersPlaceAndSlot() {
        try (var s = new StoreDriver(this)) {
            var two = new Limit("two", 2);
            JobId first = s.submit(due(s, "a").limit(two));
            for (int i = 0; i < 5; i++) s.submit(due(s, "a").limit(two));
            JobId next = s.submit(job().limit(two));

            assertThat(ids(s.claim(2))).containsExactly(first, next);
        }
    }

    @Test
    default void whoHasBeenComparedLeads() {
        try (var s = new StoreDriver(this)) {
            JobId due = s.submit(due(s, "a"));
            JobId before = s.submit(shared("b"));
            ClaimedJob leader = s.start(due);

            JobId follower = s.submit(shared("a"));

            assertThat(s.state(follower)).isEqualTo(following(due));
            assertThat(s.name(before)).isEqualTo(JobState.Name.QUEUED);
            s.complete(leader);
            assertThat(s.find(follower).cachedFrom()).contains(due);
        }
    }

    @Test
    default void aQueuedLeaderLeadsTheDueOneToo() {
        try (var s = new StoreDriver(this)) {
            JobId leader = s.submit(shared("a").priority(-1));
            JobId due = s.submit(due(s, "a"));

            assertThat(ids(s.claim(1))).containsExactly(leader);

            assertThat(s.state(due)).isEqualTo(following(leader));
        }
    }

    @Test
    default void whenTheLeaderDiesTheFollowerRunsAndLeads() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob leader = s.start(shared("a"));
            JobId first = s.submit(due(s, "a"));
            JobId second = s.submit(due(s, "a"));
            assertThat(s.claim(9).jobs()).isEmpty();

            assertThat(s.fail(leader, ErrorClass.PERMANENT).readied()).isTrue();

            assertThat(s.state(first)).isEqualTo(new Queued(s.now(), 0, 0));
            assertThat(s.state(second)).isEqualTo(following(first));
            assertThat(ids(s.claim(9))).containsExactly(first);
        }
    }

    @Test
    default void whenTheLeaderIsCancelledTheFollowerRuns() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob leader = s.start(due(s, "a"));
            JobId follower = s.submit(due(s, "a"));
            assertThat(s.claim(9).jobs()).isEmpty();

            s.store.cancel(leader.id());

            assertThat(ids(s.claim(9))).containsExactly(follower);
        }
    }

    @Test
    default void whenTheLeaderLosesItsLastLeaseTheFollowerRuns() {
        try (var s = new StoreDriver(this)) {
            var once = RetryPolicy.defaults().withAttempts(1);
            s.start(due(s, "a").retry(once));
            JobId follower = s.submit(due(s, "a"));
            assertThat(s.claim(9).jobs()).isEmpty();

            s.reclaimAll();

            assertThat(ids(s.claim(9))).containsExactly(follower);
        }
    }

    @Test
    default void cancellingTheFollowerTouchesNobody() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob leader = s.start(shared("a"));
            JobId follower = s.submit(due(s, "a"));
            assertThat(s.claim(9).jobs()).isEmpty();

            assertThat(s.store.cancel(follower)).contains(following(leader.id()));

            assertThat(s.state(leader.id())).isEqualTo(leader.state());
            s.complete(leader);
            assertThat(s.state(follower)).isEqualTo(new Cancelled(s.now(), 0));
        }
    }

    @Test
    default void aFollowerThatCameFromTheQueueStillExpires() {
        try (var s = new StoreDriver(this)) {
            s.start(shared("a"));
            JobId follower = s.submit(due(s, "a").ttl(MINUTE));
            assertThat(s.claim(9).jobs()).isEmpty();
            s.advance(MINUTE);

            assertThat(s.store.expire(9)).isEqualTo(1);

            assertThat(s.state(follower)).isEqualTo(new Dead(s.now(), 0, ErrorClass.EXPIRED));
        }
    }

    @Test
    default void aJobThatHasRunIsNotComparedAgain() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob first = s.start(due(s, "a"));
            s.fail(first, ErrorClass.TRANSIENT);
            JobId other = s.submit(shared("a"));
            s.store.cancel(other);
            s.store.redrive(other);
            s.complete(s.start(other));
            s.advance(MINUTE);

            assertThat(s.store.kept("default", hash("a"))).isPresent();
            assertThat(ids(s.claim(9))).containsExactly(first.id());
        }
    }

    @Test
    default void aFollowerHearsNothingOfAParentThatEndsOnceMore() {
        try (var s = new StoreDriver(this)) {
            JobId parent = s.ended(JobState.Name.DEAD);
            ClaimedJob leader = s.start(shared("a"));
            JobId child = s.submit(shared("a").parents(Set.of(parent)).goOn(true));
            assertThat(s.claim(9).jobs()).isEmpty();
            s.store.redrive(parent);

            s.complete(s.start(parent));

            assertThat(s.state(child)).isEqualTo(following(leader.id()));
        }
    }
}
