package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Engine;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Outcome;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.ToolId;
import dev.pawl.core.WorkerEntry;
import dev.pawl.testkit.FakeTime;
import dev.pawl.testkit.MemoryStore;
import dev.pawl.testkit.NoArtifacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** One worker's loops by hand: the test steps them, and its runs wait until it finishes them. */
final class Rig {
    static final ToolId MAIL = ToolId.parse("mail@1");
    static final ToolId DRAW = ToolId.parse("draw@1");
    static final Duration TIMEOUT = Duration.ofSeconds(60);
    static final WorkerOptions OPTIONS =
            WorkerOptions.defaults().withHandlerSlots(8).withCommandSlots(2);
    static final Outcome DONE = new Outcome.Succeeded("{\"ok\":true}", List.of());

    final FakeTime time = FakeTime.waiting();
    final MemoryStore memory = new MemoryStore(time);
    final Outage outage = new Outage();
    final Store store = outage.around(memory);
    final Engine engine;
    final FakeProcesses processes = new FakeProcesses();
    final Loops loops;
    final List<Run> runs = new ArrayList<>();
    final List<Run> interrupted = new ArrayList<>();

    Rig() {
        this(OPTIONS);
    }

    Rig(WorkerOptions options) {
        var random = new Random(7);
        engine = new Engine(store, new NoArtifacts(), time, random);
        loops =
                new Loops(
                        engine,
                        "w",
                        serving(),
                        options,
                        new Surroundings(time, random, processes),
                        this::prepare);
        engine.listen(loops.listener());
        store.register(entry("w", 100));
    }

    static Serving serving() {
        return Serving.all(
                Map.of(
                        MAIL, new Served(_ -> DONE, Slot.HANDLER, TIMEOUT),
                        DRAW, new Served(_ -> DONE, Slot.COMMAND, TIMEOUT)));
    }

    WorkerEntry entry(String id, long pid) {
        return new WorkerEntry(
                id,
                processes.host(),
                pid,
                FakeProcesses.STARTED,
                Set.of(MAIL, DRAW),
                10,
                memory.now(),
                memory.now());
    }

    private Launcher.Launch prepare(Run run) {
        return new Launcher.Launch() {
            @Override
            public void start() {
                runs.add(run);
            }

            @Override
            public void interrupt() {
                interrupted.add(run);
            }
        };
    }

    JobId submit(ToolId tool) {
        return accepted(engine.submit(submission(tool).build()));
    }

    List<JobId> submit(ToolId tool, int count) {
        var ids = new ArrayList<JobId>();
        for (int i = 0; i < count; i++) ids.add(submit(tool));
        return ids;
    }

    static Submission.Builder submission(ToolId tool) {
        return Submission.of(tool, "{}").retry(RetryPolicy.defaults().withAttempts(2));
    }

    static JobId accepted(Submitted answer) {
        assertThat(answer).isInstanceOf(Submitted.Accepted.class);
        return ((Submitted.Accepted) answer).id();
    }

    /** Claims one job and begins it. */
    Run claimOne(ToolId tool) {
        submit(tool);
        Duration _ = loops.claim().step();
        Run run = runs.getLast();
        assertThat(run.begin()).isTrue();
        return run;
    }

    void finish(Run run) {
        run.finish(DONE);
        Duration _ = loops.complete().step();
    }

    JobState state(Run run) {
        return state(run.job().id());
    }

    JobState state(JobId id) {
        return memory.find(id).orElseThrow().state();
    }
}
