package dev.pawl.worker;

import dev.pawl.core.Artifact;
import dev.pawl.core.Artifacts;
import dev.pawl.core.Engine;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.Transactions;
import dev.pawl.tool.FileRef;
import dev.pawl.tool.Lookup;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Requests.Request;
import dev.pawl.tool.Tool;
import dev.pawl.tool.Tools;
import dev.pawl.worker.executor.Handlers;
import dev.pawl.worker.executor.Json;
import dev.pawl.worker.executor.ToolExecutors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

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
 * <p>Closing drains the worker; the store and the artifacts stay the caller's. Thread-safe; every
 * method blocks for its I/O.
 */
public final class Pawl implements AutoCloseable {
    private final Engine engine;
    private final Artifacts artifacts;
    private final Tools tools;
    private final Requests requests;
    private final Handlers handlers;
    private final Waiting waiting;
    private final ToolExecutors executors;
    private final Worker worker;

    Pawl(
            Engine engine,
            Artifacts artifacts,
            PawlBuilder.Contracts contracts,
            Waiting waiting,
            ToolExecutors executors,
            Worker worker) {
        this.engine = engine;
        this.artifacts = artifacts;
        this.tools = contracts.tools();
        this.requests = contracts.requests();
        this.handlers = contracts.handlers();
        this.waiting = waiting;
        this.executors = executors;
        this.worker = worker;
    }

    /**
     * Begins with where jobs and files are kept.
     *
     * @param random thread-safe; a {@code SecureRandom} outside of tests
     */
    public static PawlBuilder on(Store store, Artifacts artifacts, RandomGenerator random) {
        return new PawlBuilder(store, artifacts, random);
    }

    // ---- Submit

    /**
     * Stores a job durably, under its tool's policy.
     *
     * @param tool its name and version, or its name alone for the newest version
     * @param input anything that Jackson writes as JSON
     * @throws PawlException when it is refused, with the reason's code, {@link
     *     ErrorCode#INPUT_INVALID} with every field that is wrong; or the store is away
     */
    public JobId submit(String tool, Object input) {
        return submit(tool, input, _ -> {});
    }

    /**
     * As {@link #submit(String, Object)}, under other conditions than the tool's policy says:
     * queue, priority, run_at, parents, tags, idempotency key and the like. With an idempotency key
     * that was used before it answers the job of then.
     */
    public JobId submit(String tool, Object input, Consumer<Submission.Builder> conditions) {
        return submit(submission(tool, input, conditions));
    }

    /** As {@link #submit(String, Object)}, unchecked: also for a tool that only others know. */
    public JobId submit(Submission submission) {
        return id(engine.submit(submission));
    }

    private static JobId id(Submitted submitted) {
        return switch (submitted) {
            case Submitted.Accepted(var id, _) -> id;
            case Submitted.Existing(var id) -> id;
            case Submitted.Refused(var code, var message) -> throw new PawlException(code, message);
        };
    }

    /**
     * Stores many jobs in one commit; a bad one is refused alone. Answers are in order.
     *
     * @throws PawlException when the store is away
     */
    public List<Submitted> submit(List<Submission> submissions) {
        return engine.submit(submissions);
    }

    /**
     * Stores a job for each of very many inputs, in their order, 1,000 in a commit; while some are
     * stored, the next are checked on other threads. One that is wrong is refused alone, at its
     * place in the answers.
     *
     * <p>Blocks until all are stored. Whoever has to do it again after the store was away gives
     * idempotency keys: what had been stored is answered as existing then.
     *
     * @param conditions as of {@link #submit(String, Object, Consumer)}, for each input; called on
     *     several threads
     * @throws PawlException {@link ErrorCode#TOOL_NOT_FOUND}; or the store is away, and the commits
     *     before stay
     */
    public <I> List<Submitted> submitAll(
            String tool, List<I> inputs, BiConsumer<I, Submission.Builder> conditions) {
        Tool found = find(tool);
        return Bulk.submit(
                inputs,
                input -> request(found, input, job -> conditions.accept(input, job)),
                engine::submit);
    }

    /** As {@link #submitAll(String, List, BiConsumer)}, under the tool's own conditions. */
    public List<Submitted> submitAll(String tool, List<?> inputs) {
        return submitAll(tool, inputs, (_, _) -> {});
    }

    /**
     * Stores a job in the caller's own transaction: it is there, and runs, once that is committed,
     * and is rolled back with it. The connection is to the database where the store is, and stays
     * as it is: neither committed, rolled back nor changed. What is refused leaves the transaction
     * as it was, so that the caller may go on with it.
     *
     * <p>The transaction should be short: who submits the same idempotency key, ends a parent of
     * the job or claims one with the same input to be cached, waits for it.
     *
     * @param connection in an open transaction
     * @throws PawlException as {@link #submit(String, Object)}, and {@link
     *     ErrorCode#NOT_POSSIBLE_NOW} when there is no open transaction, or it has to be rolled
     *     back and done again, or when this store is no database that others write in
     */
    public JobId submit(Connection connection, String tool, Object input) {
        return submit(connection, tool, input, _ -> {});
    }

    /** As {@link #submit(Connection, String, Object)}, under other conditions. */
    public JobId submit(
            Connection connection,
            String tool,
            Object input,
            Consumer<Submission.Builder> conditions) {
        return id(submit(connection, List.of(submission(tool, input, conditions))).getFirst());
    }

    /**
     * Stores many jobs in the caller's own transaction; a bad one is refused alone. Answers are in
     * order.
     */
    public List<Submitted> submit(Connection connection, List<Submission> submissions) {
        Transactions transactions =
                engine.store()
                        .transactions()
                        .orElseThrow(() ->
                                new PawlException(
                                        ErrorCode.NOT_POSSIBLE_NOW,
                                        "this store is no database that others write in;"
                                                + " take PostgreSQL"));
        return transactions.submit(connection, engine.jobs(submissions));
    }

    /**
     * Makes this program's worker look for jobs at once: after the commit of a transaction that
     * submitted some. Without it the worker finds them when it looks again by itself.
     *
     * @see WorkerOptions#poll
     */
    public void wake() {
        engine.wake();
    }

    /**
     * What {@link #submit(String, Object, Consumer)} would store.
     *
     * @throws PawlException {@link ErrorCode#INPUT_INVALID} with every field that is wrong, {@link
     *     ErrorCode#TOOL_NOT_FOUND} with the nearest there is
     */
    public Submission submission(
            String tool, Object input, Consumer<Submission.Builder> conditions) {
        Tool found = find(tool);
        return switch (request(found, input, conditions)) {
            case Request.Ready(var submission, var _) -> submission;
            case Request.Wrong(var errors) -> throw Requests.invalid(found, errors);
        };
    }

    /** Checks an input without storing anything; answers each error with its place. */
    public Request check(String tool, Object input) {
        return request(find(tool), input, _ -> {});
    }

    /**
     * Keeps a copy of a file and answers how it stands in an input, where the tool's schema takes
     * one.
     *
     * @throws PawlException {@link ErrorCode#INPUT_INVALID} when it can't be read
     */
    public JsonNode file(Path file) {
        String name = String.valueOf(file.getFileName());
        try (InputStream content = Files.newInputStream(file)) {
            Artifact kept = artifacts.put(name, "", content);
            return new FileRef(name, kept.sha256(), kept.sizeBytes(), "").node();
        } catch (IOException e) {
            throw new PawlException(
                    ErrorCode.INPUT_INVALID, "file %s can't be read: %s".formatted(file, e), e);
        }
    }

    // ---- Wait and look

    /** Blocks until the job is over or the options give up. */
    public Waited await(JobId job, WaitOptions options) throws InterruptedException {
        return waiting.one(job, options);
    }

    /**
     * Blocks until all of the jobs are over or the options give up.
     *
     * @param progress told in this thread at the first look and whenever a job has moved
     */
    public Waited await(Collection<JobId> jobs, WaitOptions options, Consumer<Tally> progress)
            throws InterruptedException {
        return waiting.all(jobs, options, progress);
    }

    /**
     * What the job's handler answered.
     *
     * @throws PawlException {@link ErrorCode#JOB_NOT_FOUND}, or {@link ErrorCode#NOT_POSSIBLE_NOW}
     *     while it has not succeeded or when its output is no such value
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
        try {
            return Json.value(job.output(), type);
        } catch (JacksonException e) {
            throw new PawlException(
                    ErrorCode.NOT_POSSIBLE_NOW,
                    "output of job %s is no %s: %s"
                            .formatted(id, type.getSimpleName(), e.getOriginalMessage()),
                    e);
        }
    }

    /** Everything else that can be done with jobs: cancel, redrive, list, logs, artifacts. */
    public Engine engine() {
        return engine;
    }

    /**
     * Claims nothing any more, lets running jobs end for the grace period, interrupts those that
     * are left and gives their jobs back without a failure.
     */
    @Override
    public void close() {
        try {
            worker.close();
        } finally {
            executors.close();
        }
    }

    private Tool find(String tool) {
        return switch (tools.find(tool)) {
            case Lookup.Found(var found) -> found;
            case Lookup.Unknown(var message, _) ->
                    throw new PawlException(ErrorCode.TOOL_NOT_FOUND, message);
        };
    }

    private Request request(Tool tool, Object input, Consumer<Submission.Builder> conditions) {
        Request request = requests.of(tool, text(tool, input), false, conditions);
        if (!(request instanceof Request.Ready(var _, var completed))) return request;
        if (!(tool.run() instanceof dev.pawl.tool.Run.Java(var handler))) return request;
        return handlers.misfit(handler, completed)
                .<Request>map(error -> new Request.Wrong(List.of(error)))
                .orElse(request);
    }

    private static String text(Tool tool, Object input) {
        try {
            return Json.text(input);
        } catch (JacksonException e) {
            throw new PawlException(
                    ErrorCode.INPUT_INVALID,
                    "%s: a %s can't be written as JSON: %s"
                            .formatted(
                                    tool.id(),
                                    input.getClass().getSimpleName(),
                                    e.getOriginalMessage()),
                    e);
        }
    }
}
