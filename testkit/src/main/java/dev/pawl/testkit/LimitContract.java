package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.TOOL;
import static dev.pawl.testkit.StoreDriver.ids;
import static dev.pawl.testkit.StoreDriver.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Claim.Want;
import dev.pawl.core.Claimed;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobId;
import dev.pawl.core.Limit;
import dev.pawl.core.LimitEntry;
import dev.pawl.core.LimitKey;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Rate;
import dev.pawl.core.Submission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Limits of keys, of queues, and of how many attempts start. */
public interface LimitContract extends StoreSubject {
    private static Submission.Builder of(String key, int max) {
        return job().limit(perKey(max).of(key));
    }

    private static Limit perKey(int max) {
        return new Limit("tool:count@1", Integer.MAX_VALUE)
                .per("site", new LimitKey("", max, Rate.NONE));
    }

    private static Rate perMinute(int max) {
        return new Rate(max, Duration.ofMinutes(1));
    }

    private static List<String> keys(Claimed claimed) {
        return keysOf(claimed.jobs());
    }

    // ---- Keys

    @Test
    default void ofEachKeyNoMoreRunThanItsLimitAllows() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 3; i++)
                for (String key : List.of("a", "b", "c")) s.submit(of(key, 2));

            assertThat(keys(s.claim(9))).containsExactlyInAnyOrder("a", "a", "b", "b", "c", "c");
            assertThat(s.claim("another", Want.of(Set.of(TOOL), 9)).jobs()).isEmpty();
        }
    }

    /** However it remembers where it was in each key's line. */
    @Test
    default void aClaimOfManyStartsAllThatHaveRoom() {
        var random = new Random(5);
        var due = new HashMap<String, Integer>();
        var running = new ArrayList<ClaimedJob>();
        try (var s = new StoreDriver(this)) {
            for (int round = 0; round < 40; round++) {
                for (int i = random.nextInt(150); i > 0; i--) {
                    // Without a limit, or with one of 30 keys.
                    String key = random.nextInt(4) == 0 ? "" : "k" + random.nextInt(30);
                    s.submit((key.isEmpty() ? job() : of(key, 5)).priority(random.nextInt(3)));
                    due.merge(key, 1, Integer::sum);
                }
                int expected = due.getOrDefault("", 0);
                for (String key : due.keySet())
                    if (!key.isEmpty())
                        expected +=
                                Math.min(
                                        due.get(key),
                                        5 - Collections.frequency(keysOf(running), key));

                List<ClaimedJob> claimed = s.claim(100).jobs();

                assertThat(claimed).as("round %d", round).hasSize(Math.min(100, expected));
                for (ClaimedJob job : claimed)
                    due.merge(job.submission().limit().key().value(), -1, Integer::sum);
                running.addAll(claimed);
                Collections.shuffle(running, random);
                for (int i = random.nextInt(running.size() + 1); i > 0; i--)
                    s.complete(running.removeLast());
            }
        }
    }

    /** Many keys have had more jobs than a claim took, and have none by now. */
    @Test
    default void keysThatAreDoneWithKeepNobodyWaiting() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 600; i++) s.submit(of("k" + i % 300, 2));
            assertThat(all(s)).isEqualTo(600);

            for (int key = 0; key < 300; key += 10) {
                s.submit(of("k" + key, 2));
                assertThat(all(s)).as("of key %d", key).isOne();
            }
        }
    }

    /** Claims and ends jobs until a claim says that there is nothing more to do now. */
    private static int all(StoreDriver s) {
        for (int ended = 0; ; ) {
            Claimed claimed = s.claim(100);
            claimed.jobs().forEach(s::complete);
            ended += claimed.jobs().size();
            if (claimed.jobs().isEmpty() && claimed.nextDue().isAfter(s.store.now())) return ended;
        }
    }

    private static List<String> keysOf(List<ClaimedJob> jobs) {
        return jobs.stream().map(job -> job.submission().limit().key().value()).toList();
    }

    @Test
    default void aKeyIsReadBackWithItsJob() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit(of("a b/ü", 2));
            JobId without = s.submit(of("", 2));

            assertThat(s.store.find(id).orElseThrow().submission().limit())
                    .isEqualTo(perKey(2).of("a b/ü"));
            assertThat(s.store.find(without).orElseThrow().submission().limit())
                    .isEqualTo(perKey(2));
        }
    }

    @Test
    default void jobsWithoutAKeyShareOne() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 3; i++) s.submit(of("", 1));

            assertThat(s.claim(9).jobs()).hasSize(1);
        }
    }

    @Test
    default void aKeyIsTheSameInEveryQueue() {
        try (var s = new StoreDriver(this)) {
            s.submit(of("a", 1).queue("x"));
            s.submit(of("a", 1).queue("y"));

            assertThat(s.claim(9).jobs()).hasSize(1);
        }
    }

    @Test
    default void aLongLineOfOneKeyHoldsUpNoOther() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 200; i++) s.submit(of("long", 1).priority(9));
            s.submit(of("other", 1));
            JobId plain = s.submit();

            Claimed claimed = s.claim(9);

            assertThat(keys(claimed)).contains("long", "other").hasSize(3);
            assertThat(ids(claimed)).contains(plain);
        }
    }

    @Test
    default void keysTakeTurns() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 6; i++) s.submit(of("long", 9));
            for (int i = 0; i < 40; i++) s.submit(of("key" + i, 9));

            for (int round = 0; round < 2; round++) {
                var served = new HashSet<String>();
                for (int i = 0; i < (round == 0 ? 41 : 1); i++) served.addAll(keys(s.claim(1)));
                assertThat(served).hasSize(round == 0 ? 41 : 1).contains("long");
            }
        }
    }

    @Test
    default void withinOneClaimEachKeyGetsItsFirstJobBeforeAnyGetsItsSecond() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 9; i++) s.submit(of("long", 9));
            s.submit(of("b", 9));
            s.submit(of("c", 9));

            assertThat(keys(s.claim(4))).containsExactlyInAnyOrder("long", "long", "b", "c");
        }
    }

    @Test
    default void theLargerPriorityOfAnyKeyComesFirst() {
        try (var s = new StoreDriver(this)) {
            for (String key : List.of("a", "b", "c")) s.submit(of(key, 9));
            JobId first = s.submit(of("b", 9).priority(3));

            assertThat(ids(s.claim(1))).containsExactly(first);
        }
    }

    @Test
    default void moreKeysThanOneClaimLooksAtAreServedInTheEnd() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 150; i++) s.submit(of("key" + i, 1));

            var served = new HashSet<String>();
            for (int i = 0; i < 3; i++) served.addAll(keys(s.claim(200)));

            assertThat(served).hasSize(150);
        }
    }

    @Test
    default void whoLooksOnlyAtSomeOfTheKeysLooksAgainAtOnce() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 150; i++) s.submit(of("key" + i, 1));

            int got = 0;
            for (Claimed claimed = s.claim(200);
                    !claimed.jobs().isEmpty();
                    claimed = s.claim(200)) {
                got += claimed.jobs().size();
                if (got < 150) assertThat(claimed.nextDue()).isEqualTo(s.now());
            }

            assertThat(got).isEqualTo(150);
        }
    }

    @Test
    default void aCancelledAttemptKeepsItsKeysPlaceUntilItStopped() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob running = s.start(of("a", 1));
            JobId next = s.submit(of("a", 1));
            s.store.cancel(running.id());

            assertThat(s.claim(9).jobs()).isEmpty();
            StoreDriver.done(s.store.stopped(running.token()));

            assertThat(ids(s.claim(9))).containsExactly(next);
        }
    }

    @Test
    default void aKeysPlaceIsFreeHoweverTheAttemptEnds() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit(of("a", 1));
            JobId other = s.submit(of("a", 1).priority(-1));
            s.end(s.released(s.start(id)));
            assertThat(s.claimOnly(id).jobs()).hasSize(1);
            s.reclaimAll();
            s.advance(Duration.ofMinutes(10));
            assertThat(s.claimOnly(other).jobs()).hasSize(1);
            assertThat(s.claimOnly(id).jobs()).isEmpty();
            s.reclaimAll();
            s.advance(Duration.ofMinutes(10));

            s.fail(s.start(id), ErrorClass.PERMANENT);
            s.advance(Duration.ofMinutes(10));

            assertThat(ids(s.claim(9))).containsExactly(other);
        }
    }

    @Test
    default void aJobThatComesBackStandsInItsKeysLine() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob first = s.start(of("a", 1));
            s.end(s.snoozed(first, Duration.ofMinutes(1), "later"));
            ClaimedJob second = s.start(of("a", 1));
            s.advance(Duration.ofMinutes(2));

            assertThat(s.claim(9).jobs()).isEmpty();
            s.complete(second);

            assertThat(ids(s.claim(9))).containsExactly(first.id());
        }
    }

    @Test
    default void aChildAndADueJobStandInTheirKeysLine() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob parent = s.start();
            JobId child = s.submit(of("a", 1).parents(Set.of(parent.id())));
            JobId due = s.submit(of("a", 1).runAt(s.now().plusSeconds(5)).priority(-3));
            s.complete(parent);
            s.advance(Duration.ofSeconds(9));

            assertThat(ids(s.claim(9))).containsExactly(child);
            assertThat(s.claim(9).jobs()).isEmpty();
            assertThat(s.store.find(due).orElseThrow().submission().limit().key().value())
                    .isEqualTo("a");
        }
    }

    @Test
    default void theLatestSubmitSaysHowManyOfEachKeyRun() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 5; i++) s.submit(of("a", 1));
            List<ClaimedJob> first = s.claim(9).jobs();
            s.submit(of("b", 3));

            assertThat(keys(s.claim(9))).containsExactlyInAnyOrder("a", "a", "b");

            s.submit(of("b", 2));
            s.complete(first.getFirst());
            assertThat(keys(s.claim(9))).containsExactly("b");
        }
    }

    // ---- Several limits at once

    @Test
    default void allThatAJobFallsUnderHold() {
        try (var s = new StoreDriver(this)) {
            var limit = new Limit("tool:count@1", 3).per("site", new LimitKey("", 2, Rate.NONE));
            s.store.setQueue(QueueEntry.of("q").withLimits(4, Rate.NONE));
            for (int i = 0; i < 5; i++)
                for (String key : List.of("a", "b"))
                    s.submit(job().limit(limit.of(key)).queue("q"));
            for (int i = 0; i < 5; i++) s.submit(job().queue("q"));

            List<ClaimedJob> got = s.claim(20).jobs();

            assertThat(got).hasSize(4);
            assertThat(got.stream().filter(job -> job.submission().limit().keyed()))
                    .hasSize(3)
                    .anyMatch(job -> job.submission().limit().key().value().equals("a"))
                    .anyMatch(job -> job.submission().limit().key().value().equals("b"));
            assertThat(s.claim(20).jobs()).isEmpty();
        }
    }

    // ---- Queues

    @Test
    default void ofAQueueNoMoreRunThanItSays() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 5; i++) s.submit(job().queue("few"));
            JobId other = s.submit(job().queue("other"));
            List<ClaimedJob> before = s.claim(1).jobs();
            s.store.setQueue(QueueEntry.of("few").withLimits(2, Rate.NONE));

            List<JobId> got = ids(s.claim(9));

            assertThat(got).hasSize(2).contains(other);
            assertThat(s.claim(9).jobs()).isEmpty();
            s.complete(before.getFirst());
            assertThat(s.claim(9).jobs()).hasSize(1);
            s.store.setQueue(QueueEntry.of("few"));
            assertThat(s.claim(9).jobs()).hasSize(2);
        }
    }

    @Test
    default void aCancelledAttemptKeepsItsQueuesPlaceUntilItStopped() {
        try (var s = new StoreDriver(this)) {
            s.store.setQueue(QueueEntry.of("one").withLimits(1, Rate.NONE));
            ClaimedJob running = s.start(job().queue("one"));
            JobId next = s.submit(job().queue("one"));
            s.store.cancel(running.id());

            assertThat(s.claim(9).jobs()).isEmpty();
            StoreDriver.done(s.store.stopped(running.token()));

            assertThat(ids(s.claim(9))).containsExactly(next);
        }
    }

    @Test
    default void aQueuesLimitsAreReadBack() {
        try (var s = new StoreDriver(this)) {
            QueueEntry limited = QueueEntry.of("q").withLimits(7, perMinute(100));
            s.store.setQueue(limited);

            assertThat(s.store.queues()).containsExactly(limited);
        }
    }

    // ---- Who holds places

    @Test
    default void limitsNameTheirHolders() {
        try (var s = new StoreDriver(this)) {
            var limit =
                    new Limit("tool:count@1", 3)
                            .withRate(perMinute(9))
                            .per("site", new LimitKey("", 1, perMinute(5)));
            s.store.setQueue(QueueEntry.of("q").withLimits(4, Rate.NONE));
            ClaimedJob running = s.start(job().limit(limit.of("a")).queue("q"));
            s.advance(Duration.ofSeconds(2));
            ClaimedJob stopping = s.start(job().limit(limit.of("b")).queue("q"));
            s.store.cancel(stopping.id());
            s.submit(job().limit(limit.of("a")).queue("q"));
            s.submit(job().limit(limit.of("c")).queue("q"));
            s.submit(job());

            var first = holder(running, false);
            var second = holder(stopping, true);
            assertThat(s.store.limits())
                    .containsExactly(
                            new LimitEntry("queue:q", 4, Rate.NONE, 0, 2, List.of(first, second)),
                            new LimitEntry(
                                    "tool:count@1 per site",
                                    3,
                                    perMinute(9),
                                    2,
                                    2,
                                    List.of(first, second)),
                            new LimitEntry(
                                    "tool:count@1 per site=a",
                                    1,
                                    perMinute(5),
                                    1,
                                    1,
                                    List.of(first)),
                            new LimitEntry(
                                    "tool:count@1 per site=b",
                                    1,
                                    perMinute(5),
                                    1,
                                    0,
                                    List.of(second)),
                            new LimitEntry(
                                    "tool:count@1 per site=c", 1, perMinute(5), 0, 1, List.of()));
        }
    }

    private static LimitEntry.Holder holder(ClaimedJob job, boolean stopping) {
        int attempt = job.state().attempt();
        String worker = job.state().lease().worker();
        return new LimitEntry.Holder(job.id(), attempt, worker, job.startedAt(), stopping);
    }

    // ---- Rates

    @Test
    default void aRateHoldsStartsBackAndLetsThemGoInTime() {
        try (var s = new StoreDriver(this)) {
            var limit = new Limit("tool:count@1", 100).withRate(perMinute(3));
            for (int i = 0; i < 10; i++) s.submit(job().limit(limit));
            Claimed first = s.claim(9);
            for (ClaimedJob job : first.jobs()) s.complete(job);
            Instant next = s.claim(9).nextDue();

            assertThat(first.jobs()).hasSize(3);
            assertThat(next).isBetween(s.now().plusSeconds(60), s.now().plusSeconds(63));
            s.advance(Duration.ofSeconds(59));
            assertThat(s.claim(9).jobs()).isEmpty();
            s.advance(Duration.between(s.now(), next));
            assertThat(s.claim(9).jobs()).hasSize(3);
        }
    }

    @Test
    default void startsCountOneByOneAndInNoMinuteAreThereMore() {
        try (var s = new StoreDriver(this)) {
            var limit = new Limit("tool:count@1", 100).withRate(perMinute(4));
            for (int i = 0; i < 60; i++) s.submit(job().limit(limit));
            var starts = new ArrayList<Instant>();
            for (int second = 0; second < 300; second += 7) {
                for (ClaimedJob job : s.claim(1).jobs()) {
                    starts.add(s.now());
                    s.complete(job);
                }
                s.advance(Duration.ofSeconds(7));
            }

            for (Instant from : starts)
                assertThat(
                                starts.stream()
                                        .filter(at -> !at.isBefore(from))
                                        .filter(at -> at.isBefore(from.plusSeconds(60))))
                        .hasSizeLessThanOrEqualTo(4);
            assertThat(starts).hasSizeGreaterThanOrEqualTo(16);
        }
    }

    @Test
    default void eachKeyHasItsOwnRate() {
        try (var s = new StoreDriver(this)) {
            Limit limit =
                    new Limit("tool:count@1", Integer.MAX_VALUE)
                            .per("site", new LimitKey("", Integer.MAX_VALUE, perMinute(2)));
            for (int i = 0; i < 4; i++)
                for (String key : List.of("a", "b")) s.submit(job().limit(limit.of(key)));

            assertThat(keys(s.claim(9))).containsExactlyInAnyOrder("a", "a", "b", "b");
            Claimed none = s.claim(9);
            assertThat(none.jobs()).isEmpty();
            assertThat(none.nextDue()).isAfter(s.now()).isBefore(s.now().plusSeconds(64));
            s.advance(Duration.between(s.now(), none.nextDue()));
            assertThat(keys(s.claim(9))).containsExactlyInAnyOrder("a", "a", "b", "b");
        }
    }

    @Test
    default void aQueueHasARate() {
        try (var s = new StoreDriver(this)) {
            s.store.setQueue(QueueEntry.of("q").withLimits(Integer.MAX_VALUE, perMinute(2)));
            for (int i = 0; i < 4; i++) s.submit(job().queue("q"));

            assertThat(s.claim(9).jobs()).hasSize(2);
            assertThat(s.claim(9).jobs()).isEmpty();
            s.advance(Duration.ofSeconds(64));
            assertThat(s.claim(9).jobs()).hasSize(2);
        }
    }

    @Test
    default void anAttemptThatFailedHasStarted() {
        try (var s = new StoreDriver(this)) {
            var limit = new Limit("tool:count@1", 100).withRate(perMinute(1));
            JobId id = s.submit(job().limit(limit));
            s.end(s.released(s.start(id)));

            assertThat(s.claim(9).jobs()).isEmpty();
            s.advance(Duration.ofSeconds(64));
            assertThat(ids(s.claim(9))).containsExactly(id);
        }
    }
}
