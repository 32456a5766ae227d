package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobId;
import dev.pawl.core.Lead;
import dev.pawl.core.Store;
import dev.pawl.core.Upcoming;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** One who does for all what time brings, and what there is to do at a glance. */
public interface LeadContract extends StoreSubject {
    Duration TERM = Duration.ofSeconds(6);

    private static Lead lead(StoreDriver s, String holder) {
        return s.store.lead("chores", holder, TERM, Optional.empty());
    }

    @Test
    default void whoAsksFirstLeadsForItsTime() {
        try (var s = new StoreDriver(this)) {
            assertThat(lead(s, "a")).isEqualTo(new Lead("a", s.now().plus(TERM), TERM));
            s.time.advance(Duration.ofSeconds(2));

            Lead seen = lead(s, "b");

            assertThat(seen.holder()).isEqualTo("a");
            assertThat(seen.left()).isEqualTo(Duration.ofSeconds(4));
        }
    }

    @Test
    default void whoSaysItAgainGoesOnLeading() {
        try (var s = new StoreDriver(this)) {
            lead(s, "a");
            s.time.advance(Duration.ofSeconds(5));
            assertThat(lead(s, "a").until()).isEqualTo(s.now().plus(TERM));
            s.time.advance(Duration.ofSeconds(5));

            assertThat(lead(s, "b").holder()).isEqualTo("a");
        }
    }

    @Test
    default void aLeadThatIsOverIsTheNextOnes() {
        try (var s = new StoreDriver(this)) {
            lead(s, "a");
            s.time.advance(TERM.minusMillis(1));
            assertThat(lead(s, "b").holder()).isEqualTo("a");
            s.time.advance(Duration.ofMillis(1));

            assertThat(lead(s, "b").holder()).isEqualTo("b");
            assertThat(lead(s, "a").holder()).isEqualTo("b");
        }
    }

    @Test
    default void whatIsGivenUpIsFreeAtOnce() {
        try (var s = new StoreDriver(this)) {
            lead(s, "a");
            s.store.lead("other", "a", TERM, Optional.empty());
            s.store.resign("b");
            assertThat(lead(s, "b").holder()).isEqualTo("a");

            s.store.resign("a");

            assertThat(lead(s, "b").holder()).isEqualTo("b");
            assertThat(s.store.lead("other", "b", TERM, Optional.empty()).holder()).isEqualTo("b");
        }
    }

    @Test
    default void dutiesAreLedApart() {
        try (var s = new StoreDriver(this)) {
            lead(s, "a");

            assertThat(s.store.lead("other", "b", TERM, Optional.empty()).holder()).isEqualTo("b");
            assertThat(lead(s, "b").holder()).isEqualTo("a");
        }
    }

    @Test
    default void aLeadThatNobodyHasSaidAgainIsFreeWhateverTheStoresClockSays() {
        try (var s = new StoreDriver(this)) {
            lead(s, "a");
            s.time.stepWall(Duration.ofHours(-1));
            Lead seen = lead(s, "b");
            assertThat(seen.holder()).isEqualTo("a");

            Lead taken = s.store.lead("chores", "b", TERM, Optional.of(seen));

            assertThat(taken).isEqualTo(new Lead("b", s.now().plus(TERM), TERM));
        }
    }

    @Test
    default void notWhenItsHolderHasSaidItSince() {
        try (var s = new StoreDriver(this)) {
            Lead seen = lead(s, "a");
            s.time.advance(Duration.ofSeconds(1));
            lead(s, "a");

            assertThat(s.store.lead("chores", "b", TERM, Optional.of(seen)).holder())
                    .isEqualTo("a");
        }
    }

    @Test
    default void oneOfManyWhoAskAtOnceLeads() throws Exception {
        try (var s = new StoreDriver(this);
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            var asks = new ArrayList<Callable<Lead>>();
            for (int i = 0; i < 8; i++) {
                String holder = "w" + i;
                asks.add(() -> lead(s, holder));
            }

            List<Future<Lead>> answers = threads.invokeAll(asks);

            String first = answers.getFirst().get().holder();
            for (Future<Lead> answer : answers) assertThat(answer.get().holder()).isEqualTo(first);
        }
    }

    // ---- At a glance

    @Test
    default void anEmptyStoreHasNothingToDo() {
        try (var s = new StoreDriver(this)) {
            assertThat(s.store.upcoming())
                    .isEqualTo(new Upcoming(s.now(), false, Instant.MAX, Instant.MAX));
        }
    }

    @Test
    default void aGlanceSaysWhetherJobsAreInLine() {
        try (var s = new StoreDriver(this)) {
            s.submit();
            assertThat(s.store.upcoming().ready()).isTrue();

            s.claim(1);

            assertThat(s.store.upcoming().ready()).isFalse();
        }
    }

    @Test
    default void itSaysWhenTheFirstJobIsDue() {
        try (var s = new StoreDriver(this)) {
            Instant first = s.now().plusSeconds(5);
            s.submit(job().runAt(first.plusSeconds(1)));
            s.submit(job().runAt(first));
            assertThat(s.store.upcoming().due()).isEqualTo(first);
            assertThat(s.store.upcoming().isDue()).isFalse();
            s.time.advance(Duration.ofSeconds(5));

            assertThat(s.store.upcoming().isDue()).isTrue();
            assertThat(s.store.upcoming().ready()).isFalse();
            s.store.promote(9);
            assertThat(s.store.upcoming().ready()).isTrue();
        }
    }

    @Test
    default void itSaysWhenTheFirstTimeToLiveEnds() {
        try (var s = new StoreDriver(this)) {
            s.submit(job().ttl(Duration.ofSeconds(10)));
            JobId first = s.submit(job().ttl(Duration.ofSeconds(5)));
            assertThat(s.store.upcoming().expiry()).isEqualTo(s.now().plusSeconds(5));
            s.time.advance(Duration.ofSeconds(5));
            assertThat(s.store.upcoming().isExpired()).isTrue();

            s.store.expire(9);

            assertThat(s.store.upcoming().isExpired()).isFalse();
            assertThat(s.state(first).ended()).isTrue();
        }
    }

    @Test
    default void aLeadOutlivesTheStoreExactlyWhenItIsDurable() {
        try (var s = new StoreDriver(this)) {
            lead(s, "a");

            try (Store again = reopen(s.time)) {
                boolean durable = capabilities().contains(Capability.DURABLE);
                assertThat(again.lead("chores", "b", TERM, Optional.empty()).holder())
                        .isEqualTo(durable ? "a" : "b");
            }
        }
    }
}
