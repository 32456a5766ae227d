package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.accepted;
import static dev.pawl.testkit.StoreDriver.done;
import static dev.pawl.testkit.StoreDriver.file;
import static dev.pawl.testkit.StoreDriver.hash;
import static dev.pawl.testkit.StoreDriver.ids;
import static dev.pawl.testkit.StoreDriver.job;
import static dev.pawl.testkit.StoreDriver.shared;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
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
import dev.pawl.core.NewJob;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Reuse;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Single flight, and what is kept: equal jobs run once, within one tenant. */
public interface FlightContract extends StoreSubject {
    Duration HOUR = Duration.ofHours(1);

    private static Submission.Builder withUserErrors(String name) {
        return shared(name).reuse(new Reuse(HOUR, true));
    }

    private static Waiting following(JobId leader) {
        return new Waiting(Set.of(leader), true);
    }

    // ---- Who follows

    @Test
    default void anEqualJobFollowsTheOneThatIsUnderWay() {
        try (var s = new StoreDriver(this)) {
            JobId leader = s.submit(shared("a"));

            JobId id = s.nextId();
            Submitted answer = s.offer(new NewJob(id, shared("a").build()));

            assertThat(answer).isEqualTo(new Submitted.Accepted(id, following(leader)));
            assertThat(s.state(id)).isEqualTo(following(leader));
            assertThat(ids(s.claim(9))).containsExactly(leader);
        }
    }

    @Test
    default void withinOneBatchTheLaterOnesFollowTheFirst() {
        try (var s = new StoreDriver(this)) {
            var jobs = new ArrayList<NewJob>();
            for (int i = 0; i < 3; i++) jobs.add(new NewJob(s.nextId(), shared("a").build()));

            s.store.submit(jobs);

            JobId leader = jobs.getFirst().id();
            assertThat(s.name(leader)).isEqualTo(JobState.Name.QUEUED);
            assertThat(s.state(jobs.get(1).id())).isEqualTo(following(leader));
            assertThat(s.state(jobs.get(2).id())).isEqualTo(following(leader));
        }
    }

    @Test
    default void aRunningLeaderAndOneInBackoffKeepTheFlight() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob leader = s.start(shared("a"));
            JobId whileRunning = s.submit(shared("a"));
            s.fail(leader, ErrorClass.TRANSIENT);
            JobId inBackoff = s.submit(shared("a"));

            assertThat(s.state(whileRunning)).isEqualTo(following(leader.id()));
            assertThat(s.state(inBackoff)).isEqualTo(following(leader.id()));
        }
    }

    @Test
    default void jobsOfDifferentTenantsDoNotShare() {
        try (var s = new StoreDriver(this)) {
            s.submit(shared("a"));
            JobId theirs = s.submit(shared("a").tenant("acme"));

            assertThat(s.name(theirs)).isEqualTo(JobState.Name.QUEUED);
        }
    }

    @Test
    default void whatIsKeptIsKeptWithinItsTenant() {
        try (var s = new StoreDriver(this)) {
            s.complete(s.start(shared("a")));

            assertThat(s.store.kept("default", hash("a"))).isPresent();
            assertThat(s.store.kept("acme", hash("a"))).isEmpty();
            assertThat(s.store.kept("default", hash("b"))).isEmpty();
        }
    }

    @Test
    default void aJobThatIsNotReusedNeitherLeadsNorFollows() {
        try (var s = new StoreDriver(this)) {
            var alone = new InputKey(hash("a"), "{}");
            s.submit(job().key(alone));
            JobId leader = s.submit(shared("a"));
            JobId fresh = s.submit(job().key(alone));

            assertThat(s.names(List.of(leader, fresh))).containsOnly(JobState.Name.QUEUED);
        }
    }

    @Test
    default void aJobForLaterAndAJobWithParentsNeitherLeadNorFollowBeforeTheyStart() {
        try (var s = new StoreDriver(this)) {
            JobId parent = s.ended(JobState.Name.SUCCEEDED);
            JobId later = s.submit(shared("a").runAt(s.now().plusSeconds(60)));
            JobId child = s.submit(shared("a").parents(Set.of(parent)));
            JobId leader = s.submit(shared("a"));

            assertThat(s.names(List.of(later, child, leader))).containsOnly(JobState.Name.QUEUED);
        }
    }

    @Test
    default void whatAJobWithParentsLeavesIsKeptToo() {
        try (var s = new StoreDriver(this)) {
            JobId parent = s.ended(JobState.Name.SUCCEEDED);
            JobId child = s.submit(shared("a").parents(Set.of(parent)));

            s.complete(s.start(child));

            assertThat(s.store.kept("default", hash("a")).orElseThrow().job()).isEqualTo(child);
        }
    }

    // ---- The leader ends

    @Test
    default void whenTheLeaderSucceedsAllFollowersHaveItsOutputAndArtifacts() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob leader = s.start(shared("a"));
            JobId first = s.submit(shared("a"));
            JobId second = s.submit(shared("a").queue("other").priority(7));
            s.advance(Duration.ofSeconds(1));

            done(s.end(s.completed(leader, "{\"x\": 1}", file("x.txt", "x"))));

            for (JobId id : List.of(first, second)) {
                Job found = s.find(id);
                assertThat(found.state()).isEqualTo(new Succeeded(s.now(), 0));
                assertThat(found.output()).isEqualTo("{\"x\": 1}");
                assertThat(found.cachedFrom()).contains(leader.id());
                assertThat(s.store.artifacts(id)).containsExactly(file("x.txt", "x"));
                assertThat(s.store.history(id)).isEmpty();
            }
            assertThat(s.find(leader.id()).cachedFrom()).isEmpty();
            assertThat(s.claim(9).jobs()).isEmpty();
        }
    }

    @Test
    default void anAnsweredFollowerFreesItsChildren() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob leader = s.start(shared("a"));
            JobId follower = s.submit(shared("a"));
            JobId child = s.child(follower);

            assertThat(s.complete(leader).readied()).isTrue();

            assertThat(ids(s.claim(9))).containsExactly(child);
        }
    }

    @Test
    default void whenTheLeaderDiesTheOldestFollowerRunsAndTheOthersFollowIt() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob leader = s.start(shared("a"));
            JobId first = s.submit(shared("a").priority(-9));
            JobId second = s.submit(shared("a").priority(9));
            JobId third = s.submit(shared("a"));

            assertThat(s.fail(leader, ErrorClass.PERMANENT).readied()).isTrue();

            assertThat(s.state(first)).isEqualTo(new Queued(s.now(), 0, 0));
            assertThat(s.state(second)).isEqualTo(following(first));
            assertThat(s.state(third)).isEqualTo(following(first));
            assertThat(s.state(s.submit(shared("a")))).isEqualTo(following(first));
            s.complete(s.start(first));
            assertThat(s.find(third).cachedFrom()).contains(first);
        }
    }

    @Test
    default void whenTheLeaderIsCancelledAFollowerRuns() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob leader = s.start(shared("a"));
            JobId first = s.submit(shared("a"));
            JobId second = s.submit(shared("a"));

            s.store.cancel(leader.id());

            assertThat(ids(s.claim(9))).containsExactly(first);
            assertThat(s.state(second)).isEqualTo(following(first));
        }
    }

    @Test
    default void whenTheLeaderIsCancelledBeforeItRanAFollowerRuns() {
        try (var s = new StoreDriver(this)) {
            JobId leader = s.submit(shared("a"));
            JobId first = s.submit(shared("a"));

            s.store.cancel(leader);

            assertThat(ids(s.claim(9))).containsExactly(first);
        }
    }

    @Test
    default void whenTheLeaderExpiresAFollowerRuns() {
        try (var s = new StoreDriver(this)) {
            s.submit(shared("a").ttl(Duration.ofSeconds(10)));
            JobId follower = s.submit(shared("a"));
            s.advance(Duration.ofSeconds(11));

            assertThat(s.store.expire(9)).isEqualTo(1);

            assertThat(ids(s.claim(9))).containsExactly(follower);
        }
    }

    @Test
    default void whenTheLeaderLosesItsLastLeaseAFollowerRuns() {
        try (var s = new StoreDriver(this)) {
            var once = RetryPolicy.defaults().withAttempts(1);
            ClaimedJob leader = s.start(shared("a").retry(once));
            JobId follower = s.submit(shared("a"));
            s.advance(StoreDriver.TTL);

            assertThat(s.reclaim(s.lease(leader))).isEqualTo(1);

            assertThat(s.name(leader.id())).isEqualTo(JobState.Name.DEAD);
            assertThat(ids(s.claim(9))).containsExactly(follower);
        }
    }

    @Test
    default void cancellingAFollowerTouchesNobody() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob leader = s.start(shared("a"));
            JobId first = s.submit(shared("a"));
            JobId second = s.submit(shared("a"));

            assertThat(s.store.cancel(first)).contains(following(leader.id()));

            assertThat(s.state(first)).isEqualTo(new Cancelled(s.now(), 0));
            assertThat(s.state(leader.id())).isEqualTo(leader.state());
            assertThat(s.state(second)).isEqualTo(following(leader.id()));
            s.complete(leader);
            assertThat(s.names(List.of(first, second)))
                    .containsExactly(JobState.Name.CANCELLED, JobState.Name.SUCCEEDED);
        }
    }

    @Test
    default void aFollowerThatWasCancelledIsNotPromoted() {
        try (var s = new StoreDriver(this)) {
            JobId leader = s.submit(shared("a"));
            JobId first = s.submit(shared("a"));
            JobId second = s.submit(shared("a"));
            s.store.cancel(first);

            s.store.cancel(leader);

            assertThat(ids(s.claim(9))).containsExactly(second);
        }
    }

    @Test
    default void aWholeLineOfLeadersMayFailOneAfterTheOther() {
        try (var s = new StoreDriver(this)) {
            var line = new ArrayList<JobId>();
            for (int i = 0; i < 5; i++) line.add(s.submit(shared("a")));

            for (JobId id : line.subList(0, 4)) s.fail(s.start(id), ErrorClass.PERMANENT);
            s.complete(s.start(line.get(4)));

            assertThat(s.names(line.subList(0, 4))).containsOnly(JobState.Name.DEAD);
            assertThat(s.name(line.get(4))).isEqualTo(JobState.Name.SUCCEEDED);
        }
    }

    @Test
    default void afterTheFlightTheNextEqualJobLeadsAgain() {
        try (var s = new StoreDriver(this)) {
            s.complete(s.start(shared("a")));

            // Whoever submits brings the kept answer along; without it the job runs.
            JobId next = s.submit(shared("a"));

            assertThat(s.name(next)).isEqualTo(JobState.Name.QUEUED);
            assertThat(s.state(s.submit(shared("a")))).isEqualTo(following(next));
        }
    }

    @Test
    default void aRedrivenJobLeadsAgainUnlessAnotherDoesByNow() {
        try (var s = new StoreDriver(this)) {
            JobId first = s.ended(JobState.Name.DEAD, shared("a"));
            s.store.redrive(first);
            JobId follower = s.submit(shared("a"));
            assertThat(s.state(follower)).isEqualTo(following(first));
            s.store.cancel(first);

            s.store.redrive(first);

            assertThat(s.names(List.of(first, follower))).containsOnly(JobState.Name.QUEUED);
            assertThat(s.state(s.submit(shared("a")))).isEqualTo(following(follower));
        }
    }

    @Test
    default void aRedrivenJobThatDoesNotLeadAnswersNobodysFollowers() {
        try (var s = new StoreDriver(this)) {
            JobId first = s.ended(JobState.Name.DEAD, shared("a"));
            JobId leader = s.submit(shared("a"));
            JobId follower = s.submit(shared("a"));
            s.store.redrive(first);

            s.fail(s.start(first), ErrorClass.PERMANENT);

            assertThat(s.name(leader)).isEqualTo(JobState.Name.QUEUED);
            assertThat(s.state(follower)).isEqualTo(following(leader));
            assertThat(s.state(s.submit(shared("a")))).isEqualTo(following(leader));
            s.complete(s.start(leader));
            assertThat(s.find(follower).cachedFrom()).contains(leader);
        }
    }

    // ---- User errors

    @Test
    default void aUserErrorAnswersTheFollowersWhenThePolicySaysSo() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob leader = s.start(withUserErrors("a"));
            JobId follower = s.submit(withUserErrors("a"));
            JobId child = s.child(follower);

            done(s.end(s.failed(leader, ErrorClass.USER, "no such field")));

            Job found = s.find(follower);
            assertThat(found.state()).isEqualTo(new Dead(s.now(), 0, ErrorClass.USER));
            assertThat(found.output()).isEqualTo("no such field");
            assertThat(found.cachedFrom()).contains(leader.id());
            assertThat(s.name(child)).isEqualTo(JobState.Name.CANCELLED);
        }
    }

    @Test
    default void aUserErrorAnswersNobodyOtherwise() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob leader = s.start(shared("a"));
            JobId follower = s.submit(shared("a"));

            s.fail(leader, ErrorClass.USER);

            assertThat(s.name(follower)).isEqualTo(JobState.Name.QUEUED);
            assertThat(s.store.kept("default", hash("a"))).isEmpty();
        }
    }

    @Test
    default void anErrorThatIsNotTheUsersAnswersNobody() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob leader = s.start(withUserErrors("a"));
            JobId follower = s.submit(withUserErrors("a"));

            s.fail(leader, ErrorClass.PERMANENT);

            assertThat(s.name(follower)).isEqualTo(JobState.Name.QUEUED);
            assertThat(s.store.kept("default", hash("a"))).isEmpty();
        }
    }

    // ---- What is kept

    @Test
    default void aSuccessIsKeptWithOutputArtifactsAndEnd() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob ran = s.start(shared("a"));
            done(s.end(s.completed(ran, "{\"x\": 1}", file("b", "b"), file("a", "a"))));

            Kept kept = s.store.kept("default", hash("a")).orElseThrow();

            assertThat(kept.job()).isEqualTo(ran.id());
            assertThat(kept.state()).isEqualTo(new Succeeded(s.now(), 1));
            assertThat(kept.output()).isEqualTo("{\"x\": 1}");
            assertThat(kept.artifacts()).containsExactlyInAnyOrder(file("a", "a"), file("b", "b"));
            assertThat(kept.until()).isEqualTo(s.now().plus(HOUR));
        }
    }

    @Test
    default void aUserErrorIsKeptWithItsMessageWhenThePolicySaysSo() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob ran = s.start(withUserErrors("a"));
            s.end(s.failed(ran, ErrorClass.USER, "no such field"));

            Kept kept = s.store.kept("default", hash("a")).orElseThrow();

            assertThat(kept.state()).isEqualTo(new Dead(s.now(), 1, ErrorClass.USER));
            assertThat(kept.output()).isEqualTo("no such field");
        }
    }

    @Test
    default void whatIsKeptAnswersUntilItsTimeIsOver() {
        try (var s = new StoreDriver(this)) {
            s.complete(s.start(shared("a")));

            s.advance(HOUR.minusMillis(1));
            assertThat(s.store.kept("default", hash("a"))).isPresent();

            s.advance(Duration.ofMillis(1));
            assertThat(s.store.kept("default", hash("a"))).isEmpty();
        }
    }

    @Test
    default void theLaterSuccessReplacesWhatWasKept() {
        try (var s = new StoreDriver(this)) {
            s.complete(s.start(shared("a")));
            s.advance(Duration.ofMinutes(30));
            ClaimedJob second = s.start(shared("a"));

            s.complete(second);

            Kept kept = s.store.kept("default", hash("a")).orElseThrow();
            assertThat(kept.job()).isEqualTo(second.id());
            assertThat(kept.until()).isEqualTo(s.now().plus(HOUR));
        }
    }

    @Test
    default void aJobThatIsNotReusedKeepsNothing() {
        try (var s = new StoreDriver(this)) {
            s.complete(s.start(job().key(new InputKey(hash("a"), "{}"))));

            assertThat(s.store.kept("default", hash("a"))).isEmpty();
        }
    }

    @Test
    default void aDroppedResultIsForgottenButOnlyIfItIsThatJobs() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob ran = s.start(shared("a"));
            s.complete(ran);

            s.store.dropKept("default", hash("a"), s.nextId());
            s.store.dropKept("acme", hash("a"), ran.id());
            s.store.dropKept("default", hash("b"), ran.id());
            assertThat(s.store.kept("default", hash("a"))).isPresent();

            s.store.dropKept("default", hash("a"), ran.id());
            assertThat(s.store.kept("default", hash("a"))).isEmpty();
            assertThat(s.name(ran.id())).isEqualTo(JobState.Name.SUCCEEDED);
        }
    }

    @Test
    default void pruningForgetsWhatEndsBeforeThatMoment() {
        try (var s = new StoreDriver(this)) {
            s.complete(s.start(shared("old")));
            s.advance(Duration.ofMinutes(10));
            s.complete(s.start(shared("new")));

            assertThat(s.store.pruneKept(s.now().plus(Duration.ofMinutes(50)))).isZero();
            assertThat(s.store.pruneKept(s.now().plus(Duration.ofMinutes(55)))).isEqualTo(1);

            assertThat(s.store.kept("default", hash("old"))).isEmpty();
            assertThat(s.store.kept("default", hash("new"))).isPresent();
            assertThat(s.store.pruneKept(s.now().plus(HOUR.plusMillis(1)))).isEqualTo(1);
        }
    }

    @Test
    default void redrivingOrDiscardingAKeptErrorForgetsIt() {
        try (var s = new StoreDriver(this)) {
            for (String name : List.of("redriven", "discarded")) {
                ClaimedJob ran = s.start(withUserErrors(name));
                s.fail(ran, ErrorClass.USER);
                assertThat(s.store.kept("default", hash(name))).isPresent();
                if (name.equals("redriven")) s.store.redrive(ran.id());
                else s.store.discard(ran.id());

                assertThat(s.store.kept("default", hash(name))).isEmpty();
            }
        }
    }

    @Test
    default void aRedrivenErrorAnswersNobodyWhenItsJobDiesOfAnother() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob ran = s.start(withUserErrors("a"));
            s.fail(ran, ErrorClass.USER);
            s.store.redrive(ran.id());

            s.fail(s.start(ran.id()), ErrorClass.PERMANENT);

            assertThat(s.store.kept("default", hash("a"))).isEmpty();
        }
    }

    @Test
    default void anAnswerFromWhatIsKeptEndsTheJobForItsChildrenToo() {
        try (var s = new StoreDriver(this)) {
            s.complete(s.start(shared("a")));
            Kept kept = s.store.kept("default", hash("a")).orElseThrow();
            JobId hit = accepted(s.offer(new NewJob(s.nextId(), shared("a").build(), kept)));

            JobId child = s.child(hit);

            assertThat(ids(s.claim(9))).containsExactly(child);
        }
    }

    @Test
    default void aRedrivenFollowerThatDiedOfTheLeadersErrorRunsItself() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob leader = s.start(withUserErrors("a"));
            JobId follower = s.submit(withUserErrors("a"));
            s.fail(leader, ErrorClass.USER);

            s.store.redrive(follower);

            assertThat(s.find(follower).cachedFrom()).isEmpty();
            s.complete(s.start(follower));
            assertThat(s.store.kept("default", hash("a")).orElseThrow().job()).isEqualTo(follower);
        }
    }
}
