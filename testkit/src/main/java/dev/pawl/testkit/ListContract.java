package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.ids;
import static dev.pawl.testkit.StoreDriver.job;
import static dev.pawl.testkit.StoreDriver.shared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.NewJob;
import dev.pawl.core.Progress;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists: what a filter holds, in what order, and in pages while jobs come and go. */
public interface ListContract extends StoreSubject {
    private static List<JobId> list(StoreDriver s, JobFilter filter) {
        return ids(s.store.list(filter, "", 1_000));
    }

    @Test
    default void theNewestComesFirst() {
        try (var s = new StoreDriver(this)) {
            var made = new ArrayList<JobId>();
            for (int i = 0; i < 5; i++) {
                made.add(s.submit(job().priority(i % 2)));
                s.advance(Duration.ofMillis(i % 2));
            }

            assertThat(list(s, JobFilter.ALL)).containsExactlyElementsOf(made.reversed());
        }
    }

    @Test
    default void aListShowsTheJobWithoutItsInputAndOutput() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob running = s.start(job().tags(Set.of("b", "a")).correlationId("c"));
            s.store.progress(running.token(), new Progress(0.5, "half", s.now()));
            assertListedAsFound(s, running.id());

            s.complete(running);
            assertListedAsFound(s, running.id());

            JobId dead = s.ended(JobState.Name.DEAD);
            assertListedAsFound(s, dead);

            ClaimedJob stopping = s.start();
            s.store.cancel(stopping.id());
            assertListedAsFound(s, stopping.id());

            ClaimedJob leader = s.start(shared("a"));
            JobId follower = s.submit(shared("a"));
            assertListedAsFound(s, follower);
            s.complete(leader);
            assertListedAsFound(s, follower);
        }
    }

    private static void assertListedAsFound(StoreDriver s, JobId id) {
        Job found = s.find(id);
        Job listed = s.store.list(JobFilter.ALL, "", 1).getFirst();
        assertThat(listed.submission().input()).isEmpty();
        assertThat(listed.output()).isEmpty();
        assertThat(listed)
                .usingRecursiveComparison()
                .ignoringFields("submission.input", "submission.key.parts", "output")
                .isEqualTo(found);
    }

    // ---- Filters

    @Test
    default void aListHoldsTheStatesThatAreAskedFor() {
        try (var s = new StoreDriver(this)) {
            Map<JobState.Name, JobId> by = oneOfEachState(s);

            by.forEach((name, id) ->
                    assertThat(list(s, JobFilter.ALL.withStates(Set.of(name))))
                            .as("%s", name)
                            .containsExactly(id));
            assertThat(
                            list(
                                    s,
                                    JobFilter.ALL.withStates(
                                            Set.of(JobState.Name.DEAD, JobState.Name.WAITING))))
                    .containsExactlyInAnyOrder(
                            by.get(JobState.Name.DEAD), by.get(JobState.Name.WAITING));
        }
    }

    private static Map<JobState.Name, JobId> oneOfEachState(StoreDriver s) {
        var by = new EnumMap<JobState.Name, JobId>(JobState.Name.class);
        for (var end :
                List.of(JobState.Name.SUCCEEDED, JobState.Name.DEAD, JobState.Name.CANCELLED))
            by.put(end, s.ended(end));
        by.put(JobState.Name.RUNNING, s.start().id());
        by.put(JobState.Name.QUEUED, s.submit());
        by.put(JobState.Name.WAITING, s.child(by.get(JobState.Name.QUEUED)));
        return by;
    }

    @Test
    default void aQueuedJobIsListedAsSuchWhetherItIsDueOrNot() {
        try (var s = new StoreDriver(this)) {
            JobId later = s.submit(job().runAt(s.now().plusSeconds(60)));
            ClaimedJob failed = s.start();
            s.fail(failed, ErrorClass.TRANSIENT);

            assertThat(list(s, JobFilter.ALL.withStates(Set.of(JobState.Name.QUEUED))))
                    .containsExactly(failed.id(), later);
        }
    }

    @Test
    default void aToolIsNamedWithOrWithoutItsVersion() {
        try (var s = new StoreDriver(this)) {
            JobId one = s.submit(Submission.of(new ToolId("plot", "1"), "{}"));
            JobId two = s.submit(Submission.of(new ToolId("plot", "2"), "{}"));
            s.submit(Submission.of(new ToolId("plot-all", "1"), "{}"));

            assertThat(list(s, JobFilter.ALL.withTool("plot"))).containsExactly(two, one);
            assertThat(list(s, JobFilter.ALL.withTool("plot@1"))).containsExactly(one);
            assertThat(list(s, JobFilter.ALL.withTool("plot@3"))).isEmpty();
            assertThat(list(s, JobFilter.ALL.withTool("plo"))).isEmpty();
        }
    }

    @Test
    default void everyPartOfAFilterHoldsAlone() {
        try (var s = new StoreDriver(this)) {
            s.submit();
            JobId queue = s.submit(job().queue("mail"));
            JobId tag = s.submit(job().tags(Set.of("red", "blue")));
            JobId correlation = s.submit(job().correlationId("flow 1"));
            JobId causation = s.submit(job().causation(queue.toString()));
            JobId tenant = s.submit(job().tenant("acme"));
            JobId owned = s.submit(job().owner("ann"));

            assertThat(list(s, JobFilter.ALL.withQueue("mail"))).containsExactly(queue);
            assertThat(list(s, JobFilter.ALL.withTag("red"))).containsExactly(tag);
            assertThat(list(s, JobFilter.ALL.withTag("blue"))).containsExactly(tag);
            assertThat(list(s, JobFilter.ALL.withCorrelationId("flow 1")))
                    .containsExactly(correlation);
            assertThat(list(s, JobFilter.ALL.withCausation(queue.toString())))
                    .containsExactly(causation);
            assertThat(list(s, JobFilter.ALL.withTenant("acme"))).containsExactly(tenant);
            assertThat(list(s, JobFilter.ALL.withOwner("ann"))).containsExactly(owned);
        }
    }

    @Test
    default void aListHoldsWhatMatchesEveryPart() {
        try (var s = new StoreDriver(this)) {
            s.submit(job().queue("mail").tags(Set.of("red")));
            JobId both = s.submit(job().queue("mail").tags(Set.of("red")).tenant("acme"));
            s.submit(job().queue("mail").tenant("acme"));

            assertThat(
                            list(
                                    s,
                                    JobFilter.ALL
                                            .withQueue("mail")
                                            .withTag("red")
                                            .withTenant("acme")
                                            .withTool("count@1")
                                            .withStates(Set.of(JobState.Name.QUEUED))))
                    .containsExactly(both);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "_", "re", "red,blue", "RED", "'", "\"red\"", "red%", "[\"red\"]"})
    default void aTagMatchesAsAWholeWordOnly(String tag) {
        try (var s = new StoreDriver(this)) {
            s.submit(job().tags(Set.of("red", "blue")));

            assertThat(list(s, JobFilter.ALL.withTag(tag))).isEmpty();

            JobId exactly = s.submit(job().tags(Set.of(tag, "other")));
            assertThat(list(s, JobFilter.ALL.withTag(tag))).containsExactly(exactly);
        }
    }

    @Test
    default void aListHoldsWhatWasSubmittedSinceThenAndBefore() {
        try (var s = new StoreDriver(this)) {
            s.submit();
            s.advance(Duration.ofMillis(1));
            Instant since = s.now();
            JobId in = s.submit();
            s.advance(Duration.ofMillis(1));
            s.submit();

            assertThat(list(s, JobFilter.ALL.withTime(since, s.now()))).containsExactly(in);
            assertThat(list(s, JobFilter.ALL.withTime(since, Instant.MAX))).hasSize(2);
            assertThat(list(s, JobFilter.ALL.withTime(Instant.EPOCH, since))).hasSize(1);
            assertThat(list(s, JobFilter.ALL.withTime(since, since))).isEmpty();
        }
    }

    // ---- Pages

    @Test
    default void pagesHoldEveryJobOnce() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 25; i++) s.submit(job().queue(i % 2 == 0 ? "even" : "odd"));

            List<JobId> all = pages(s, JobFilter.ALL, 10);
            assertThat(all).hasSize(25).isSortedAccordingTo(Collections.reverseOrder());
            assertThat(all).doesNotHaveDuplicates();
            assertThat(pages(s, JobFilter.ALL.withQueue("odd"), 5)).hasSize(12);
            assertThat(pages(s, JobFilter.ALL, 1)).isEqualTo(all);
        }
    }

    private static List<JobId> pages(StoreDriver s, JobFilter filter, int limit) {
        var read = new ArrayList<JobId>();
        List<Job> page = s.store.list(filter, "", limit);
        while (!page.isEmpty()) {
            assertThat(page.size()).isLessThanOrEqualTo(limit);
            read.addAll(ids(page));
            page = s.store.list(filter, page.getLast().id().toString(), limit);
        }
        return read;
    }

    @Test
    default void whileJobsComeAndGoAPageNeverRepeatsOrSkipsOneThatStays() {
        try (var s = new StoreDriver(this)) {
            var stays = new ArrayList<JobId>();
            var goes = new ArrayList<JobId>();
            for (int i = 0; i < 10; i++) {
                stays.add(s.submit());
                goes.add(s.ended(JobState.Name.CANCELLED));
            }

            var read = new ArrayList<JobId>();
            List<Job> page = s.store.list(JobFilter.ALL, "", 4);
            while (!page.isEmpty()) {
                read.addAll(ids(page));
                // The page's last job goes, others come and go, and some change their state.
                page.forEach(j -> s.store.discard(j.id()));
                s.store.discard(goes.removeLast());
                s.submit();
                s.claim(1);
                page = s.store.list(JobFilter.ALL, read.getLast().toString(), 4);
            }

            assertThat(read).doesNotHaveDuplicates();
            assertThat(read).containsAll(stays);
        }
    }

    @Test
    default void aPageAfterAnIdThatWasNeverThereHoldsTheOlderOnes() {
        try (var s = new StoreDriver(this)) {
            JobId older = s.submit();
            JobId never = s.nextId();
            s.submit();

            assertThat(ids(s.store.list(JobFilter.ALL, never.toString(), 9)))
                    .containsExactly(older);
        }
    }

    @Test
    default void theOrderIsThatOfTheIdsNotOfTheSubmits() {
        try (var s = new StoreDriver(this)) {
            JobId first = s.nextId();
            JobId second = s.nextId();
            s.offer(new NewJob(second, job().build()));
            s.offer(new NewJob(first, job().build()));

            assertThat(list(s, JobFilter.ALL)).containsExactly(second, first);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1_001})
    default void aPageHasOneToAThousandJobs(int limit) {
        try (var s = new StoreDriver(this)) {
            assertThatThrownBy(() -> s.store.list(JobFilter.ALL, "", limit))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    default void theStatesOfManyJobsAreLookedUpAtOnce() {
        try (var s = new StoreDriver(this)) {
            Map<JobState.Name, JobId> by = oneOfEachState(s);
            var asked = new ArrayList<>(by.values());
            for (int i = 0; i < 2_000; i++) asked.add(s.nextId());

            Map<JobId, JobState> states = s.store.states(asked);

            assertThat(states).hasSize(6);
            by.forEach((name, id) -> assertThat(states.get(id)).isEqualTo(s.state(id)));
            assertThat(s.store.states(List.of())).isEmpty();
        }
    }
}
