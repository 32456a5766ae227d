package dev.pawl.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Artifact;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.End;
import dev.pawl.core.Engine;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.InputKey;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.NewJob;
import dev.pawl.core.Outcome;
import dev.pawl.core.PawlException;
import dev.pawl.core.Reuse;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.testkit.FakeTime;
import dev.pawl.testkit.NoArtifacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** A crash between any two statements of any write leaves all of it or nothing. */
final class SqliteCrashTest {
    private static final ToolId TOOL = new ToolId("draw", "1");
    private static final int STATEMENTS_MAX = 200;

    @TempDir(factory = InMemory.class)
    Path folder;

    private Path template = Path.of("");

    private final FakeTime time = FakeTime.advancing();
    private final Random random = new Random(7);

    /** The jobs that each case begins with, and the write that is cut. */
    private record Case(String name, Consumer<Scene> write) {}

    @TestFactory
    Stream<DynamicTest> aCrashBetweenAnyTwoStatementsOf() {
        return Stream.of(
                        new Case("a submit with parents, tags and a key", Scene::submitChild),
                        new Case("a submit of twenty", Scene::submitMany),
                        new Case("a claim", s -> s.claim(s.store, 5)),
                        new Case("a completion with followers and children", Scene::completeLeader),
                        new Case("a failure", Scene::failLeader),
                        new Case("a permanent failure of a parent", Scene::killLeader),
                        new Case(
                                "a cancel of a running leader", s -> s.store.cancel(s.leader.id())),
                        new Case("a cancel of a queued job", s -> s.store.cancel(s.queued)),
                        new Case("a redrive", s -> s.store.redrive(s.dead)),
                        new Case("a discard", s -> s.store.discard(s.dead)),
                        new Case("a promotion of due jobs and their claim", s -> s.promote(time)),
                        new Case("a reclaim", s -> s.reclaim(time)),
                        new Case("an expiry", s -> s.expire(time)))
                .map(c -> DynamicTest.dynamicTest(c.name, () -> everywhere(c)));
    }

    /** Migrating takes longer than a case. */
    @BeforeEach
    void makeTemplate() {
        template = folder.resolve("template.db");
        SqliteStore.open(SqliteOptions.of(template), time).close();
    }

    private void everywhere(Case write) throws IOException {
        int crashes = 0;
        for (int after = 0; after < STATEMENTS_MAX; after++) {
            var wire = new CutWire();
            Path file = folder.resolve("%s-%d.db".formatted(write.name.hashCode(), after));
            Files.copy(template, file);
            var scene = new Scene(SqliteStore.open(SqliteOptions.of(file), time, wire));
            Map<JobId, String> before = picture(scene.store);
            boolean answered = cutAt(write, wire, after, scene);
            crashes += answered ? 0 : 1;
            scene.store.close();

            try (var reopened = SqliteStore.open(SqliteOptions.of(file), time)) {
                assertThat(reopened.violations()).as("after %d statements", after).isEmpty();
                if (answered) assertThat(picture(reopened)).isNotEqualTo(before);
                else assertThat(picture(reopened)).isEqualTo(before);
            }
            if (answered) {
                assertThat(crashes).as("places to crash").isGreaterThan(2);
                return;
            }
        }
        throw new AssertionError("more than " + STATEMENTS_MAX + " statements");
    }

    private static boolean cutAt(Case write, CutWire wire, int after, Scene scene) {
        wire.cutAfter(after);
        try {
            write.write.accept(scene);
            return true;
        } catch (PawlException e) {
            assertThat(wire.cut()).isTrue();
            return false;
        }
    }

    /** Everything that a user can see of every job. */
    private static Map<JobId, String> picture(Store store) {
        return store.list(JobFilter.ALL, "", 1_000).stream()
                .collect(Collectors.toMap(Job::id, j -> seen(store, j)));
    }

    private static String seen(Store store, Job job) {
        return "%s %s %s %s"
                .formatted(job, store.history(job.id()), store.artifacts(job.id()), store.counts());
    }

    /** A leader that runs, its follower and child, a queued, a later and a dead job. */
    private final class Scene {
        final SqliteStore store;
        final Engine engine;
        final ClaimedJob leader;
        final JobId queued;
        final JobId dead;
        private int made;

        Scene(SqliteStore store) {
            this.store = store;
            this.engine = new Engine(store, new NoArtifacts(), time, new Random(random.nextLong()));
            JobId doomed = submit(job());
            dead = doomed;
            store.end(
                    List.of(
                            engine.ending(
                                    claim(store, 1).getFirst(),
                                    "w",
                                    Outcome.failed(ErrorClass.PERMANENT, "no"))));
            var key = new InputKey("ab".repeat(32), "");
            var reuse = new Reuse(Duration.ofDays(1), true);
            submit(job().key(key).reuse(reuse));
            leader = claim(store, 1).getFirst();
            submit(job().key(key).reuse(reuse));
            submit(job().key(key).reuse(reuse));
            submit(job().parents(Set.of(leader.id())));
            queued = submit(job().ttl(Duration.ofSeconds(50)));
            submit(job().runAt(time.instant().plusSeconds(60)));
        }

        void submitChild() {
            submit(
                    job().parents(Set.of(leader.id(), queued))
                            .tags(Set.of("a", "b"))
                            .queue("new")
                            .ttl(Duration.ofHours(1))
                            .idempotencyKey("once"));
        }

        void submitMany() {
            var jobs = new ArrayList<NewJob>();
            for (int i = 0; i < 20; i++) jobs.add(new NewJob(nextId(), job().build()));
            store.submit(jobs);
        }

        void completeLeader() {
            var file = new Artifact("a.png", 3, "cd".repeat(32), "image/png");
            end(engine.ending(leader, "w", new Outcome.Succeeded("{}", List.of(file))));
        }

        void failLeader() {
            end(engine.ending(leader, "w", Outcome.failed(ErrorClass.TRANSIENT, "later")));
        }

        void killLeader() {
            end(engine.ending(leader, "w", Outcome.failed(ErrorClass.PERMANENT, "never")));
        }

        void promote(FakeTime time) {
            time.advance(Duration.ofSeconds(61));
            store.promote(10);
            claim(store, 5);
        }

        void expire(FakeTime time) {
            time.advance(Duration.ofSeconds(51));
            store.expire(10);
        }

        void reclaim(FakeTime time) {
            Lease lease =
                    store.leases().stream()
                            .filter(l -> l.id().equals(leader.token().lease()))
                            .findFirst()
                            .orElseThrow();
            time.advance(Duration.ofSeconds(31));
            engine.reclaim(lease);
        }

        List<ClaimedJob> claim(Store from, int max) {
            var lease = new LeaseId(new UUID(random.nextLong(), random.nextLong()));
            var want = Claim.Want.of(Set.of(TOOL), max);
            return from.claim(
                            new Claim(lease, "w", Duration.ofSeconds(30), List.of(want), Set.of()))
                    .jobs();
        }

        private void end(End end) {
            store.end(List.of(end));
        }

        private Submission.Builder job() {
            return Submission.of(TOOL, "{\"n\":1}");
        }

        private JobId submit(Submission.Builder job) {
            JobId id = nextId();
            store.submit(List.of(new NewJob(id, job.build())));
            return id;
        }

        private JobId nextId() {
            made++;
            return new JobId(new UUID(time.instant().toEpochMilli() << 16 | 0x7000L | made, made));
        }
    }
}
