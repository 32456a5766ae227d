package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.ids;
import static dev.pawl.testkit.StoreDriver.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Found;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobFilter.InputField;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Submission;
import dev.pawl.core.Tally;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Searches: what text and key filters hold, how far they look, and that pages miss nothing. */
public interface SearchContract extends StoreSubject {
    private static List<JobId> list(StoreDriver s, JobFilter filter) {
        List<JobId> listed = ids(s.store.list(filter, "", 1_000));
        assertThat(found(s, filter)).as("a search finds what a list holds").isEqualTo(listed);
        return listed;
    }

    private static List<JobId> found(StoreDriver s, JobFilter filter) {
        Found found = s.store.search(filter, "", 1_000, 100_000);
        assertThat(found.ended()).isTrue();
        return ids(found.jobs());
    }

    private static JobFilter input(String value, String... steps) {
        return JobFilter.ALL.withInputs(List.of(new InputField(List.of(steps), value)));
    }

    @Test
    default void anIdempotencyKeyNamesItsJobWithinItsTenant() {
        try (var s = new StoreDriver(this)) {
            JobId here = s.submit(job().idempotencyKey("k"));
            JobId there = s.submit(job().idempotencyKey("k").tenant("acme"));
            s.submit(job().idempotencyKey("K"));
            s.submit();
            JobFilter key = JobFilter.ALL.withIdempotencyKey("k");

            assertThat(list(s, key)).containsExactly(here);
            assertThat(list(s, key.withTenant("acme"))).containsExactly(there);
            assertThat(list(s, key.withQueue("other"))).isEmpty();
            assertThat(list(s, JobFilter.ALL.withIdempotencyKey("nope"))).isEmpty();

            s.store.cancel(here);
            s.store.discard(here);
            assertThat(list(s, key)).isEmpty();
        }
    }

    @Test
    default void anErrorIsFoundByAnyPartOfIt() {
        try (var s = new StoreDriver(this)) {
            s.ended(JobState.Name.SUCCEEDED);
            s.ended(JobState.Name.CANCELLED);
            s.submit();
            ClaimedJob again = s.start(job().priority(9));
            s.fail(again, ErrorClass.TRANSIENT);
            JobId dead = s.ended(JobState.Name.DEAD);
            String error = s.find(dead).output();
            assertThat(error).isNotEmpty();
            String part = error.substring(1, error.length() - 1);
            String loud = part.toUpperCase(java.util.Locale.ROOT);

            JobFilter ofDead = JobFilter.ALL.withStates(Set.of(JobState.Name.DEAD));
            assertThat(list(s, ofDead.withError(part))).containsExactly(dead);
            assertThat(list(s, ofDead.withError(loud))).containsExactly(dead);
            assertThat(list(s, ofDead.withError(error + "!"))).isEmpty();
            for (String pattern : List.of("%", "_", "*", "'", "\\"))
                assertThat(list(s, JobFilter.ALL.withError(pattern))).as(pattern).isEmpty();
            String last = s.store.history(again.id()).getLast().message();
            assertThat(list(s, JobFilter.ALL.withError(last))).contains(again.id());
        }
    }

    @Test
    default void aFieldOfTheInputIsFoundByItsValue() {
        try (var s = new StoreDriver(this)) {
            JobId id =
                    s.submit(
                            Submission.of(
                                    StoreDriver.TOOL,
                                    """
                                    {"a":{"b.c":"x y","n":1.50,"t":true,"z":null,"e":""},
                                     "l":["p",{"q":"é'"}],"o":{}}
                                    """));
            s.submit(Submission.of(StoreDriver.TOOL, "{\"a\":\"x y\",\"l\":{\"0\":\"p\"}}"));

            for (String[] there :
                    new String[][] {
                        {"x y", "a", "b.c"},
                        {"1.50", "a", "n"},
                        {"true", "a", "t"},
                        {"null", "a", "z"},
                        {"", "a", "e"},
                        {"p", "l", "0"},
                        {"é'", "l", "1", "q"}
                    }) {
                var steps = List.of(there).subList(1, there.length);
                JobFilter filter = input(there[0], steps.toArray(String[]::new));
                assertThat(list(s, filter)).as("%s", steps).containsExactly(id);
            }
            for (String[] not :
                    new String[][] {
                        {"x", "a", "b.c"},
                        {"X Y", "a", "b.c"},
                        {"1.5", "a", "n"},
                        {"1", "a", "t"},
                        {"", "a", "none"},
                        {"null", "a", "none"},
                        {"{}", "o"},
                        {"p", "l", "7"},
                        {"%", "a", "b.c"},
                        {"x y", "a", "b", "c"},
                        {"x y", "$", "a"},
                        {"x y", "a') OR 1=1 --"}
                    }) {
                var steps = List.of(not).subList(1, not.length);
                JobFilter filter = input(not[0], steps.toArray(String[]::new));
                assertThat(list(s, filter)).as("%s", steps).isEmpty();
            }
            var both =
                    List.of(
                            new InputField(List.of("a", "t"), "true"),
                            new InputField(List.of("l", "0"), "p"));
            assertThat(list(s, JobFilter.ALL.withInputs(both))).containsExactly(id);
        }
    }

    @Test
    default void aSearchHoldsWhatAListHoldsForEveryOtherPart() {
        try (var s = new StoreDriver(this)) {
            s.submit();
            Instant since = s.now();
            s.submit(job().queue("mail").tags(Set.of("red")).correlationId("flow"));
            s.submit(job().queue("mail").tenant("acme"));
            JobId by = s.submit(job().causation("0198c3a4-0000-7000-8000-000000000000"));
            s.advance(Duration.ofMinutes(30));
            s.submit(job().tags(Set.of("red")));
            s.ended(JobState.Name.CANCELLED);
            s.ended(JobState.Name.DEAD);

            assertThat(list(s, JobFilter.ALL)).hasSize(7);
            assertThat(list(s, JobFilter.ALL.withTag("red"))).hasSize(2);
            assertThat(list(s, JobFilter.ALL.withTag("red").withQueue("mail"))).hasSize(1);
            assertThat(list(s, JobFilter.ALL.withCorrelationId("flow"))).hasSize(1);
            assertThat(list(s, JobFilter.ALL.withCausation("0198c3a4-0000-7000-8000-000000000000")))
                    .containsExactly(by);
            assertThat(list(s, JobFilter.ALL.withQueue("mail").withTenant("acme"))).hasSize(1);
            assertThat(list(s, JobFilter.ALL.withTime(since, s.now().minusSeconds(60)))).hasSize(4);
            assertThat(list(s, JobFilter.ALL.withTime(s.now().minusSeconds(60), Instant.MAX)))
                    .hasSize(3);
            assertThat(
                            list(
                                    s,
                                    JobFilter.ALL.withStates(
                                            Set.of(JobState.Name.DEAD, JobState.Name.CANCELLED))))
                    .hasSize(2);
            assertThat(
                            list(
                                    s,
                                    JobFilter.ALL
                                            .withTool("count")
                                            .withTenant("acme")
                                            .withStates(Set.of(JobState.Name.QUEUED))))
                    .hasSize(1);
        }
    }

    // ---- How far

    @Test
    default void aSearchGivesUpAtItsBoundAndGoesOnFromThere() {
        try (var s = new StoreDriver(this)) {
            var wanted = new ArrayList<JobId>();
            for (int i = 0; i < 30; i++) {
                JobId id = s.submit(job().tenant(i % 10 == 0 ? "acme" : "other"));
                if (i % 10 == 0) wanted.add(id);
            }
            JobFilter acme = JobFilter.ALL.withTenant("acme");

            Found first = s.store.search(acme, "", 5, 7);
            assertThat(first.jobs()).isEmpty();
            assertThat(first.lookedAt()).isEqualTo(7);
            assertThat(first.ended()).isFalse();

            assertThat(pages(s, acme, 5, 7)).containsExactlyElementsOf(wanted.reversed());
            assertThat(pages(s, acme, 1, 100)).containsExactlyElementsOf(wanted.reversed());
        }
    }

    private static List<JobId> pages(StoreDriver s, JobFilter filter, int limit, int lookMax) {
        var read = new ArrayList<JobId>();
        Found page = s.store.search(filter, "", limit, lookMax);
        while (true) {
            assertThat(page.jobs().size()).isLessThanOrEqualTo(limit);
            assertThat(page.lookedAt()).isBetween(page.jobs().size(), lookMax);
            read.addAll(ids(page.jobs()));
            if (page.ended()) return read;
            page = s.store.search(filter, page.lookedTo().orElseThrow().toString(), limit, lookMax);
        }
    }

    @Test
    default void whileJobsComeAndGoASearchNeverRepeatsOrSkipsOneThatStays() {
        try (var s = new StoreDriver(this)) {
            var stays = new ArrayList<JobId>();
            var goes = new ArrayList<JobId>();
            for (int i = 0; i < 10; i++) {
                stays.add(s.submit(job().tags(Set.of("t"))));
                goes.add(s.submit(job().tags(Set.of("t"))));
                s.store.cancel(goes.getLast());
            }
            JobFilter filter = JobFilter.ALL.withTag("t").withTenant("default");

            var read = new ArrayList<JobId>();
            Found page = s.store.search(filter, "", 3, 4);
            while (true) {
                read.addAll(ids(page.jobs()));
                if (page.ended()) break;
                // The job that the next page begins after goes too.
                page.lookedTo().ifPresent(s.store::discard);
                if (!goes.isEmpty()) s.store.discard(goes.removeLast());
                s.submit(job().tags(Set.of("t")));
                page = s.store.search(filter, page.lookedTo().orElseThrow().toString(), 3, 4);
            }

            assertThat(read).doesNotHaveDuplicates().containsAll(stays);
        }
    }

    @Test
    default void jobsAreCountedUpToABound() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 12; i++) s.submit(job().tags(Set.of(i % 3 == 0 ? "a" : "b")));
            JobFilter tagged = JobFilter.ALL.withTag("a");

            Tally all = s.store.count(tagged, 100, 100);
            assertThat(all.jobs()).isEqualTo(4);
            assertThat(all.ended()).isTrue();
            Tally some = s.store.count(tagged, 3, 100);
            assertThat(some.jobs()).isEqualTo(3);
            assertThat(some.ended()).isFalse();
            Tally looked = s.store.count(JobFilter.ALL.withTenant("none"), 100, 5);
            assertThat(looked).isEqualTo(new Tally(0, 5, false));
            assertThat(s.store.count(JobFilter.ALL, 100, 100).jobs()).isEqualTo(12);
        }
    }

    @Test
    default void aSearchHasBounds() {
        try (var s = new StoreDriver(this)) {
            for (int[] bad : new int[][] {{0, 1}, {1_001, 1}, {1, 0}, {1, 100_001}})
                assertThatThrownBy(() -> s.store.search(JobFilter.ALL, "", bad[0], bad[1]))
                        .isInstanceOf(IllegalArgumentException.class);
            for (int[] bad : new int[][] {{0, 1}, {100_001, 1}, {1, 0}, {1, 100_001}})
                assertThatThrownBy(() -> s.store.count(JobFilter.ALL, bad[0], bad[1]))
                        .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
