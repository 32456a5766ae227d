package dev.pawl.worker;

import dev.pawl.core.Artifacts;
import dev.pawl.core.Engine;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Executor;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Outcome;
import dev.pawl.core.PawlException;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.SystemTime;
import dev.pawl.core.ToolId;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Durable jobs inside a program of your own: submit them, run them, wait for them, without a
 * server.
 *
 * <pre>{@code
 * try (var pawl = Pawl.on(store, artifacts, random)
 *         .tool("send-email@1", SendEmail.class, this::send)
 *         .start()) {
 *     JobId job = pawl.submit("send-email@1", new SendEmail("a@example.org"));
 *     Waited end = pawl.await(job, WaitOptions.defaults());
 * }
 * }</pre>
 *
 * <p>Closing drains the worker; the store and the artifacts stay the caller's. Thread-safe.
 */
public final class Pawl implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Engine engine;
    private final Worker worker;
    private final Waiting waiting;

    private Pawl(Engine engine, Worker worker, Waiting waiting) {
        this.engine = engine;
        this.worker = worker;
        this.waiting = waiting;
    }

    /**
     * Begins with where jobs and files are kept.
     *
     * @param random thread-safe; a {@code SecureRandom} outside of tests
     */
    public static Builder on(Store store, Artifacts artifacts, RandomGenerator random) {
        return new Builder(store, artifacts, random);
    }

    /**
     * Stores a job durably.
     *
     * @param input written as JSON
     * @throws PawlException when it is refused, with the reason's code, or the store is away
     */
    public JobId submit(String tool, Object input) {
        return submit(submission(tool, input).build());
    }

    /** As {@link #submit(String, Object)}, with conditions; answers the job that runs it. */
    public JobId submit(Submission submission) {
        return switch (engine.submit(submission)) {
            case Submitted.Accepted(var id, _) -> id;
            case Submitted.Existing(var id) -> id;
            case Submitted.Refused(var code, var message) -> throw new PawlException(code, message);
        };
    }

    /** A job to put conditions on before it is submitted. */
    public Submission.Builder submission(String tool, Object input) {
        return Submission.of(ToolId.parse(tool), JSON.writeValueAsString(input));
    }

    /** Blocks until the job is over or the options give up. */
    public Waited await(JobId job, WaitOptions options) throws InterruptedException {
        return waiting.one(job, options);
    }

    /** Blocks until all of the jobs are over or the options give up. */
    public Waited await(Collection<JobId> jobs, WaitOptions options, Consumer<Tally> progress)
            throws InterruptedException {
        return waiting.all(jobs, options, progress);
    }

    /**
     * What the job's handler answered.
     *
     * @throws PawlException {@link ErrorCode#JOB_NOT_FOUND}, or {@link ErrorCode#NOT_POSSIBLE_NOW}
     *     while it has not succeeded
     */
    public <R> R output(JobId id, Class<R> type) {
        Job job =
                engine.store()
                        .find(id)
                        .orElseThrow(() ->
                                new PawlException(
                                        ErrorCode.JOB_NOT_FOUND, "there is no job " + id));
        if (!(job.state() instanceof JobState.Succeeded))
            throw new PawlException(
                    ErrorCode.NOT_POSSIBLE_NOW,
                    "job %s is %s; only a succeeded one has an output"
                            .formatted(id, job.state().name().wire()));
        return JSON.readValue(job.output(), type);
    }

    /** Everything else that can be done with jobs. */
    public Engine engine() {
        return engine;
    }

    @Override
    public void close() {
        worker.close();
    }

    /** Collects what a program serves; not thread-safe. */
    public static final class Builder {
        private final Store store;
        private final Artifacts artifacts;
        private final RandomGenerator random;
        private final Map<ToolId, Served> tools = new HashMap<>();
        private WorkerOptions options = WorkerOptions.defaults();
        private Processes processes = new SystemProcesses(_ -> {});

        private Builder(Store store, Artifacts artifacts, RandomGenerator random) {
            this.store = store;
            this.artifacts = artifacts;
            this.random = random;
        }

        /** Serves a tool by a handler whose answer is the output. */
        public <T> Builder tool(String tool, Class<T> input, Handler<T> handler) {
            return tool(
                    ToolId.parse(tool),
                    new Served(typed(input, handler), Slot.HANDLER, Duration.ZERO));
        }

        /** Serves a tool by a handler without an output. */
        public <T> Builder tool(String tool, Class<T> input, Handler.Plain<T> handler) {
            return tool(
                    tool,
                    input,
                    (value, _) -> {
                        handler.run(value);
                        return null;
                    });
        }

        /** Serves a tool by any executor. */
        public Builder tool(ToolId tool, Served served) {
            if (tools.putIfAbsent(tool, served) != null)
                throw new IllegalArgumentException("tool %s is served twice".formatted(tool));
            return this;
        }

        public Builder options(WorkerOptions value) {
            options = value;
            return this;
        }

        /** Who else is alive on this machine, and how to end the commands they left. */
        public Builder processes(Processes value) {
            processes = value;
            return this;
        }

        /**
         * Begins to run jobs.
         *
         * @throws PawlException when the store can't be reached
         */
        public Pawl start() {
            var time = new SystemTime();
            var engine = new Engine(store, artifacts, time, random);
            var around = new Surroundings(time, random, processes);
            var worker = new Worker(engine, Serving.all(tools), options, around);
            worker.start();
            return new Pawl(engine, worker, new Waiting(engine, time));
        }

        private static <T> Executor typed(Class<T> type, Handler<T> handler) {
            return attempt -> {
                T input;
                try {
                    input = JSON.readValue(attempt.job().submission().input(), type);
                } catch (JacksonException e) {
                    return Outcome.failed(
                            ErrorClass.USER, "input is no %s: %s".formatted(type, e.getMessage()));
                }
                return outcome(() -> handler.run(input, attempt));
            };
        }

        private static Outcome outcome(Callable<?> call) throws InterruptedException {
            try {
                Object output = call.call();
                return new Outcome.Succeeded(
                        output == null ? "" : JSON.writeValueAsString(output), List.of());
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                return Outcome.failed(ErrorClass.TRANSIENT, String.valueOf(e));
            }
        }
    }
}
