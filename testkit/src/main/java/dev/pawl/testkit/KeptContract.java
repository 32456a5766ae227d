package dev.pawl.testkit;

import static dev.pawl.testkit.StoreDriver.done;
import static dev.pawl.testkit.StoreDriver.file;
import static dev.pawl.testkit.StoreDriver.hash;
import static dev.pawl.testkit.StoreDriver.job;
import static dev.pawl.testkit.StoreDriver.shared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.Claim.Want;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.InputKey;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.KeptEntry;
import dev.pawl.core.Reuse;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Lists of kept results, and which contents stored jobs still name. */
public interface KeptContract extends StoreSubject {
    private static List<JobId> kept(StoreDriver s, String tool, String after, int limit) {
        return s.store.keptResults(tool, after, limit).stream().map(KeptEntry::job).toList();
    }

    private static List<JobId> kept(StoreDriver s) {
        return kept(s, "", "", 1_000);
    }

    private static JobId ran(StoreDriver s, String tool, String name) {
        var asked =
                Submission.of(ToolId.parse(tool), "{}")
                        .key(new InputKey(hash(name), "{}"))
                        .reuse(new Reuse(Duration.ofHours(1), false));
        JobId id = s.submit(asked);
        ClaimedJob job = s.claim(Want.of(Set.of(ToolId.parse(tool)), 1)).jobs().getFirst();
        s.complete(job);
        return id;
    }

    @Test
    default void aKeptResultIsListedWithWhatItAnswersAndHowLong() {
        try (var s = new StoreDriver(this)) {
            ClaimedJob ran = s.start(shared("a").tenant("acme"));
            done(s.end(s.completed(ran, "{\"x\": 1}", file("x", "x"))));

            assertThat(s.store.keptResults("", "", 9))
                    .containsExactly(
                            new KeptEntry(
                                    ran.id(),
                                    StoreDriver.TOOL,
                                    "acme",
                                    hash("a"),
                                    List.of(file("x", "x")),
                                    s.now().plus(Duration.ofHours(1))));
        }
    }

    @Test
    default void theNewestKeptResultComesFirstPageByPage() {
        try (var s = new StoreDriver(this)) {
            var made = new ArrayList<JobId>();
            for (int i = 0; i < 7; i++)
                made.add(s.ended(JobState.Name.SUCCEEDED, shared("n" + i).queue("q" + i % 3)));

            var pages = new ArrayList<JobId>();
            String after = "";
            for (int i = 0; i < 3; i++) {
                List<JobId> page = kept(s, "", after, 3);
                pages.addAll(page);
                after = page.getLast().toString();
            }

            assertThat(pages).containsExactlyElementsOf(made.reversed());
            assertThat(kept(s, "", after, 3)).isEmpty();
        }
    }

    @Test
    default void keptResultsOfOneToolAreListedByNameOrByVersion() {
        try (var s = new StoreDriver(this)) {
            JobId first = ran(s, "draw@1", "a");
            JobId second = ran(s, "draw@2", "b");
            JobId third = ran(s, "draw@1", "c");
            ran(s, "print@1", "d");

            assertThat(kept(s, "draw", "", 9)).containsExactly(third, second, first);
            assertThat(kept(s, "draw", "", 2)).containsExactly(third, second);
            assertThat(kept(s, "draw@1", "", 9)).containsExactly(third, first);
            assertThat(kept(s, "draw@1", third.toString(), 9)).containsExactly(first);
            assertThat(kept(s, "nobody", "", 9)).isEmpty();
        }
    }

    @Test
    default void whatAnswersNobodyIsNotListed() {
        try (var s = new StoreDriver(this)) {
            s.ended(JobState.Name.SUCCEEDED, shared("over"));
            s.advance(Duration.ofMinutes(30));
            JobId dropped = s.ended(JobState.Name.SUCCEEDED, shared("dropped"));
            s.ended(JobState.Name.SUCCEEDED);
            s.ended(JobState.Name.DEAD, shared("dead"));
            s.store.dropKept("default", hash("dropped"), dropped);
            JobId valid = s.ended(JobState.Name.SUCCEEDED, shared("valid"));
            assertThat(kept(s)).hasSize(2);
            s.advance(Duration.ofMinutes(30));

            assertThat(kept(s)).containsExactly(valid);
        }
    }

    @Test
    default void aResultThatWasReplacedIsListedOnce() {
        try (var s = new StoreDriver(this)) {
            s.ended(JobState.Name.SUCCEEDED, shared("a"));
            JobId second = s.ended(JobState.Name.SUCCEEDED, shared("a"));

            assertThat(kept(s)).containsExactly(second);
        }
    }

    @Test
    default void aPageOfKeptResultsHasOneToAThousand() {
        try (var s = new StoreDriver(this)) {
            assertThatThrownBy(() -> s.store.keptResults("", "", 0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> s.store.keptResults("", "", 1_001))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    default void aContentIsReferencedByArtifactsInputsAndOutputs() {
        try (var s = new StoreDriver(this)) {
            String input = "{\"f\": {\"$file\": {\"sha256\": \"%s\"}}}".formatted(hash("input"));
            ClaimedJob ran = s.start(Submission.of(StoreDriver.TOOL, input));
            String output = "{\"see\": \"sha256:%s\"}".formatted(hash("output"));
            done(s.end(s.completed(ran, output, file("a", "artifact"))));
            var all = Set.of(hash("input"), hash("output"), hash("artifact"), hash("nobody"));

            assertThat(s.store.unreferenced(all)).containsExactly(hash("nobody"));
            assertThat(s.store.unreferenced(Set.of())).isEmpty();
        }
    }

    @Test
    default void aDiscardedJobReferencesNothing() {
        try (var s = new StoreDriver(this)) {
            String input = "{\"sha256\": \"%s\"}".formatted(hash("input"));
            JobId id = s.submit(Submission.of(StoreDriver.TOOL, input));
            s.store.cancel(id);
            assertThat(s.store.unreferenced(Set.of(hash("input")))).isEmpty();

            s.store.discard(id);

            assertThat(s.store.unreferenced(Set.of(hash("input")))).containsExactly(hash("input"));
        }
    }

    @Test
    default void referencesAreFoundBeyondTheFirstPage() {
        try (var s = new StoreDriver(this)) {
            for (int i = 0; i < 1_050; i++) s.submit(job());
            s.submit(Submission.of(StoreDriver.TOOL, "{\"s\": \"%s\"}".formatted(hash("last"))));

            assertThat(s.store.unreferenced(Set.of(hash("last"), hash("nobody"))))
                    .containsExactly(hash("nobody"));
        }
    }
}
