package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.ids;
import static dev.pawl.testkit.StoreDriver.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.JobState.Cancelled;
import dev.pawl.core.JobState.Queued;
import dev.pawl.core.JobState.Waiting;
import dev.pawl.core.NewJob;
import dev.pawl.core.Submitted;
import dev.pawl.core.Submitted.Accepted;
import dev.pawl.core.Submitted.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Jobs that wait for others: freed when all have succeeded, cancelled when one has not. */
public interface ParentsContract extends StoreSubject {
    private static Waiting on(JobId... parents) {
        return new Waiting(Set.of(parents), false);
    }

    // ---- Waiting

    @Test
    default void aChildWaitsUntilAllItsParentsHaveSucceeded() {
        try (var s = new StoreDriver(this)) {
            JobId a = s.submit();
            JobId b = s.submit();
            JobId child = s.child(a, b);

            assertThat(s.state(child)).isEqualTo(on(a, b));
            assertThat(s.complete(s.start(b)).readied()).isFalse();
            assertThat(s.state(child)).isEqualTo(on(a));
            assertThat(s.claimOnly(child).jobs()).isEmpty();
            s.advance(Duration.ofSeconds(1));

            assertThat(s.complete(s.start(a)).readied()).isTrue();

            assertThat(s.state(child)).isEqualTo(new Queued(s.now(), 0, 0));
            assertThat(ids(s.claim(9))).containsExactly(child);
        }
    }

    @Test
    default void aParentThatRunsAgainAfterAFailureKeepsItsChildWaiting() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob parent = s.start();
            JobId child = s.child(parent.id());

            s.fail(parent, ErrorClass.TRANSIENT);

            assertThat(s.state(child)).isEqualTo(on(parent.id()));
        }
    }

    @Test
    default void bothEndsOfADiamondMeet() {
        try (var s = new StoreDriver(this)) {
            JobId top = s.submit();
            JobId left = s.child(top);
            JobId right = s.child(top);
            JobId bottom = s.child(left, right);

            s.complete(s.start(top));
            assertThat(ids(s.claim(0))).isEmpty();
            s.complete(s.start(right));
            assertThat(s.state(bottom)).isEqualTo(on(left));
            s.complete(s.start(left));

            assertThat(ids(s.claim(9))).containsExactly(bottom);
        }
    }

    @Test
    default void parentsThatEndInOneBatchFreeTheirChildOnce() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob a = s.start();
            ClaimedJob b = s.start();
            JobId child = s.child(a.id(), b.id());

            s.store.end(List.of(s.completed(a, "1"), s.completed(b, "2")));

            assertThat(ids(s.claim(9))).containsExactly(child);
            assertThat(s.claim(9).jobs()).isEmpty();
        }
    }

    @Test
    default void aParentMayComeEarlierInTheSameBatch() {
        try (var s = new StoreDriver(this)) {
            var parent = new NewJob(s.nextId(), job().build());
            var child = new NewJob(s.nextId(), job().parents(Set.of(parent.id())).build());
            var grandchild = new NewJob(s.nextId(), job().parents(Set.of(child.id())).build());

            s.store.submit(List.of(parent, child, grandchild));

            assertThat(s.state(child.id())).isEqualTo(on(parent.id()));
            assertThat(s.state(grandchild.id())).isEqualTo(on(child.id()));
        }
    }

    @Test
    default void aParentThatComesLaterInTheBatchOrWasRefusedIsNotFound() {
        try (var s = new StoreDriver(this)) {
            var parent = new NewJob(s.nextId(), job().build());
            var early = new NewJob(s.nextId(), job().parents(Set.of(parent.id())).build());
            var refused = new NewJob(s.nextId(), job().parents(Set.of(s.nextId())).build());
            var orphan = new NewJob(s.nextId(), job().parents(Set.of(refused.id())).build());

            List<Submitted> answers = s.store.submit(List.of(early, parent, refused, orphan));

            assertThat(answers.get(1)).isInstanceOf(Accepted.class);
            for (int i : List.of(0, 2, 3)) {
                assertThat(answers.get(i)).isInstanceOf(Refused.class);
                assertThat(((Refused) answers.get(i)).code()).isEqualTo(ErrorCode.PARENT_NOT_FOUND);
            }
        }
    }

    @Test
    default void aJobIsNotItsOwnParent() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.nextId();

            Submitted answer = s.offer(new NewJob(id, job().parents(Set.of(id)).build()));

            assertThat(answer).isInstanceOf(Refused.class);
        }
    }

    @Test
    default void aRefusalNamesTheParentThatIsMissing() {
        try (var s = new StoreDriver(this)) {
            JobId there = s.submit();
            JobId missing = s.nextId();

            Submitted answer = s.offer(job().parents(Set.of(there, missing)));

            assertThat(((Refused) answer).message()).contains(missing.toString());
            assertThat(s.store.children(there)).isEmpty();
        }
    }

    // ---- Submitted when parents have ended already

    @Test
    default void aChildOfASucceededParentIsQueuedAtOnce() {
        try (var s = new StoreDriver(this)) {
            JobId child = s.child(s.ended(JobState.Name.SUCCEEDED));

            assertThat(s.state(child)).isEqualTo(new Queued(s.now(), 0, 0));
            assertThat(ids(s.claim(9))).containsExactly(child);
        }
    }

    @Test
    default void aChildOfADeadOrCancelledParentIsCancelledAtOnce() {
        try (var s = new StoreDriver(this)) {
            for (var end : List.of(JobState.Name.DEAD, JobState.Name.CANCELLED)) {
                JobId parent = s.ended(end);
                JobId id = s.nextId();

                Submitted answer = s.offer(new NewJob(id, job().parents(Set.of(parent)).build()));

                assertThat(answer).isEqualTo(new Accepted(id, new Cancelled(s.now(), 0)));
                assertThat(s.state(id)).isEqualTo(new Cancelled(s.now(), 0));
            }
        }
    }

    @Test
    default void aChildOfADeadParentRunsWhenItGoesOn() {
        try (var s = new StoreDriver(this)) {
            JobId child = s.submit(job().parents(Set.of(s.ended(JobState.Name.DEAD))).goOn(true));

            assertThat(ids(s.claim(9))).containsExactly(child);
        }
    }

    @Test
    default void aChildWaitsForItsUnfinishedParentsOnly() {
        try (var s = new StoreDriver(this)) {
            JobId done = s.ended(JobState.Name.SUCCEEDED);
            JobId open = s.submit();
            JobId child = s.child(done, open);

            assertThat(s.state(child)).isEqualTo(on(open));
            s.complete(s.start(open));

            assertThat(ids(s.claim(9))).containsExactly(child);
        }
    }

    @Test
    default void aChildOfADeadAndAnUnfinishedParentIsCancelledAtOnce() {
        try (var s = new StoreDriver(this)) {
            JobId child = s.child(s.ended(JobState.Name.DEAD), s.submit());

            assertThat(s.name(child)).isEqualTo(JobState.Name.CANCELLED);
        }
    }

    // ---- A parent doesn't succeed

    @Test
    default void cancellationGoesDownTheWholeFamily() {
        try (var s = new StoreDriver(this)) {
            JobId top = s.submit();
            JobId other = s.submit();
            JobId child = s.child(top, other);
            JobId grandchild = s.child(child);
            JobId last = s.child(grandchild, other);

            s.store.cancel(top);

            for (JobId id : List.of(child, grandchild, last))
                assertThat(s.state(id)).isEqualTo(new Cancelled(s.now(), 0));
            assertThat(s.name(other)).isEqualTo(JobState.Name.QUEUED);
            s.complete(s.start(other));
            assertThat(s.name(last)).isEqualTo(JobState.Name.CANCELLED);
        }
    }

    @Test
    default void aVeryLongLineOfChildrenIsCancelled() {
        try (var s = new StoreDriver(this)) {
            JobId top = s.submit();
            var line = new ArrayList<JobId>();
            line.add(top);
            for (int i = 0; i < 500; i++) line.add(s.child(line.getLast()));

            s.store.cancel(top);

            assertThat(s.store.states(line).values().stream().map(JobState::name))
                    .hasSize(501)
                    .containsOnly(JobState.Name.CANCELLED);
        }
    }

    @Test
    default void aParentsDeathCancelsItsChildren() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob parent = s.start();
            JobId child = s.child(parent.id());

            assertThat(s.fail(parent, ErrorClass.PERMANENT).readied()).isFalse();

            assertThat(s.state(child)).isEqualTo(new Cancelled(s.now(), 0));
        }
    }

    @Test
    default void aChildThatGoesOnWaitsForAllParentsHoweverTheyEnd() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob a = s.start();
            ClaimedJob b = s.start();
            JobId c = s.submit();
            JobId child = s.submit(job().parents(Set.of(a.id(), b.id(), c)).goOn(true));

            s.fail(a, ErrorClass.PERMANENT);
            s.store.cancel(c);
            assertThat(s.state(child)).isEqualTo(on(b.id()));
            assertThat(s.complete(b).readied()).isTrue();

            assertThat(ids(s.claim(9))).containsExactly(child);
        }
    }

    @Test
    default void aCancelledChildFreesTheGrandchildThatGoesOn() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob top = s.start();
            JobId child = s.child(top.id());
            JobId grandchild = s.submit(job().parents(Set.of(child)).goOn(true));

            assertThat(s.fail(top, ErrorClass.PERMANENT).readied()).isTrue();

            assertThat(s.name(child)).isEqualTo(JobState.Name.CANCELLED);
            assertThat(ids(s.claim(9))).containsExactly(grandchild);
        }
    }

    @Test
    default void aRedrivenParentDoesNotBringItsCancelledChildBack() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob parent = s.start();
            JobId child = s.child(parent.id());
            s.fail(parent, ErrorClass.PERMANENT);

            s.store.redrive(parent.id());
            s.complete(s.start(parent.id()));

            assertThat(s.name(child)).isEqualTo(JobState.Name.CANCELLED);
        }
    }

    @Test
    default void aRedrivenChildRunsWhateverBecameOfItsParents() {
        try (var s = new StoreDriver(this)) {
            JobId open = s.submit();
            JobId child = s.child(open, s.submit());
            s.store.cancel(child);

            s.store.redrive(child);

            assertThat(s.state(child)).isEqualTo(new Queued(s.now(), 0, 0));
            s.store.cancel(open);
            assertThat(s.name(child)).isEqualTo(JobState.Name.QUEUED);
        }
    }

    @Test
    default void aDiscardedParentIsNotWaitedFor() {
        try (var s = new StoreDriver(this)) {
            JobId dead = s.ended(JobState.Name.DEAD);
            JobId open = s.submit();
            JobId child = s.submit(job().parents(Set.of(dead, open)).goOn(true));
            s.store.discard(dead);
            assertThat(s.state(child)).isEqualTo(on(open));

            s.complete(s.start(open));

            assertThat(ids(s.claim(9))).containsExactly(child);
        }
    }

    @Test
    default void aChildForLaterIsFreedForThatMoment() {
        try (var s = new StoreDriver(this)) {
            JobId parent = s.submit();
            var runAt = s.now().plusSeconds(100);
            JobId child = s.submit(job().parents(Set.of(parent)).runAt(runAt));

            assertThat(s.complete(s.start(parent)).readied()).isFalse();

            assertThat(s.state(child)).isEqualTo(new Queued(runAt, 0, 0));
            assertThat(s.claim(9).jobs()).isEmpty();
            s.advance(Duration.ofSeconds(100));
            assertThat(ids(s.claim(9))).containsExactly(child);
        }
    }

    // ---- Look

    @Test
    default void childrenAreTheJobsThatNameAParentHoweverTheyStand() {
        try (var s = new StoreDriver(this)) {
            JobId parent = s.submit();
            JobId waiting = s.child(parent);
            JobId cancelled = s.child(parent);
            s.store.cancel(cancelled);
            JobId discarded = s.child(parent);
            s.store.cancel(discarded);
            s.store.discard(discarded);
            s.child(waiting);

            assertThat(s.store.children(parent)).containsExactlyInAnyOrder(waiting, cancelled);
            assertThat(s.find(waiting).submission().parents()).containsExactly(parent);
        }
    }

    @Test
    default void aSweepFindsNobodyWhereEverybodyWasTold() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob parent = s.start();
            s.child(parent.id(), s.submit());
            s.submit(StoreDriver.shared("a"));
            s.submit(StoreDriver.shared("a"));
            s.complete(parent);

            assertThat(s.store.sweep(100)).isZero();

            assertThat(s.store.counts()).hasSize(3);
        }
    }
}
