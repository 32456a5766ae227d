package dev.pawl.app.cli;

import dev.pawl.api.Answer;
import dev.pawl.api.JobNews;
import dev.pawl.api.JobPage;
import dev.pawl.api.JobQuery;
import dev.pawl.api.JobView;
import dev.pawl.api.PawlClient;
import dev.pawl.api.SubmitRequest;
import dev.pawl.api.WebhookCalls;
import dev.pawl.api.WhyView;
import dev.pawl.core.Artifact;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LogLine;
import dev.pawl.core.PawlException;
import dev.pawl.core.Time;
import dev.pawl.tool.FileRef;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tools;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Where the jobs of a command are: in a data folder, or on a server. Every method blocks for its
 * I/O, and throws {@link PawlException} with the code of a refusal or an outage.
 */
public interface Target extends ToolSource, AutoCloseable {
    /** Jobs of a data folder, which is closed with this. */
    static Target of(Opened opened, Tools tools, Requests requests, Outside outside) {
        return new FolderTarget(opened, tools, requests, outside.time(), outside.version());
    }

    /** Jobs of a server; the client is closed with this. */
    static Target of(PawlClient client, Time time) {
        return new ServerTarget(client, time);
    }

    /** The clock that the jobs' moments are told by. */
    Instant now();

    // ---- Submit

    /** Keeps a file and answers how it stands in an input. */
    FileRef keep(String name, String mediaType, InputStream content) throws InterruptedException;

    /** Submits jobs in one commit; a bad one is refused alone. Answers are in order. */
    List<Answer> submit(List<SubmitRequest> requests) throws InterruptedException;

    // ---- Look

    JobPage jobs(JobQuery query) throws InterruptedException;

    /** All there is to know of the job, if it is there. */
    Optional<JobView> find(JobId id) throws InterruptedException;

    /** All there is to know of the job, which must be there. */
    JobView job(JobId id) throws InterruptedException;

    /** As {@link #job}, once it has ended or a moment has passed, so that a loop takes its time. */
    JobView awhile(JobId id) throws InterruptedException;

    /** The lines after the given one, oldest first; 0 and -1 for the beginning. */
    List<LogLine> logs(JobId id, int afterAttempt, long afterSeq, int limit)
            throws InterruptedException;

    /**
     * Tells what happens to a job until it has ended: its log and its state so far, then what
     * comes.
     */
    void tail(JobId id, Consumer<JobNews> told) throws InterruptedException;

    WhyView why(JobId id) throws InterruptedException;

    /** An artifact's content, to be closed by the caller. */
    InputStream artifact(JobId id, Artifact artifact) throws InterruptedException;

    // ---- Act. Each answers the state before.

    JobState.Name cancel(JobId id) throws InterruptedException;

    JobState.Name redrive(JobId id) throws InterruptedException;

    JobState.Name discard(JobId id) throws InterruptedException;

    /** Redrives as this body of {@code /v1/jobs:redrive} says; answers as that does. */
    JsonNode redriveAll(JsonNode body) throws InterruptedException;

    // ---- Around, as the API's documents

    /** How many died of what, and so many of the newest; the filter's states don't count. */
    JsonNode dead(JobFilter filter, int limit) throws InterruptedException;

    /** A dead job and the end of its log. */
    JsonNode deadLetter(JobId id) throws InterruptedException;

    JsonNode cacheList(String tool, int limit) throws InterruptedException;

    JsonNode cacheWhy(JobId id) throws InterruptedException;

    JsonNode cachePrune(boolean all) throws InterruptedException;

    JsonNode queues() throws InterruptedException;

    JsonNode pause(String queue, boolean paused) throws InterruptedException;

    /** Sets what {@code change} names of a queue's limits; answers it. */
    JsonNode limitQueue(String queue, JsonNode change) throws InterruptedException;

    JsonNode limits() throws InterruptedException;

    WebhookCalls webhooks();

    JsonNode workers() throws InterruptedException;

    /** Tells a worker to end its work; answers the worker. */
    JsonNode drainWorker(String worker) throws InterruptedException;

    /**
     * Frees the jobs of a worker that is gone; answers how many have {@code moved}.
     *
     * @param seenAt one that was heard of since is left alone; empty for one that is known dead
     */
    JsonNode reapWorker(String worker, Optional<Instant> seenAt) throws InterruptedException;

    JsonNode stats() throws InterruptedException;

    /** Whether each part of what serves them can do its work. */
    JsonNode ready() throws InterruptedException;

    /** The version of the program that serves them. */
    String version() throws InterruptedException;

    @Override
    void close();
}
