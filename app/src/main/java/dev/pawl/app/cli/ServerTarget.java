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
import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LogLine;
import dev.pawl.core.PawlException;
import dev.pawl.core.Time;
import dev.pawl.tool.FileRef;
import dev.pawl.tool.JsonSchema;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Jobs of a server. */
final class ServerTarget implements Target {
    private static final Duration AWHILE = Duration.ofSeconds(1);

    private final PawlClient client;
    private final Time time;

    /**
     * @param client closed with this
     */
    ServerTarget(PawlClient client, Time time) {
        this.client = client;
        this.time = time;
    }

    /** This machine's clock: ages may be wrong by as much as it is. */
    @Override
    public Instant now() {
        return time.instant();
    }

    @Override
    public ToolForm tool(String name) throws InterruptedException {
        JsonNode tool = toolDocument(name);
        return new ToolForm(
                tool.path("tool").stringValue(""),
                tool.path("title").stringValue(""),
                JsonSchema.of(tool.path("input")));
    }

    @Override
    public FileRef keep(String name, String mediaType, InputStream content)
            throws InterruptedException {
        JsonNode kept = client.keep(name, mediaType, content);
        return FileRef.of(kept)
                .orElseThrow(() ->
                        new PawlException(
                                ErrorCode.SERVER_UNREACHABLE,
                                "the server kept %s, and answered %s".formatted(name, kept)));
    }

    @Override
    public List<Answer> submit(List<SubmitRequest> requests) throws InterruptedException {
        return client.submit(requests);
    }

    @Override
    public JobPage jobs(JobQuery query) throws InterruptedException {
        return client.jobs(query);
    }

    @Override
    public Optional<JobView> find(JobId id) throws InterruptedException {
        return client.job(id);
    }

    @Override
    public JobView job(JobId id) throws InterruptedException {
        return find(id).orElseThrow(() ->
                new PawlException(
                        ErrorCode.JOB_NOT_FOUND,
                        "job %s is not on this server; `pawl jobs list` shows those that are"
                                .formatted(id)));
    }

    @Override
    public JobView awhile(JobId id) throws InterruptedException {
        return client.await(id, AWHILE);
    }

    @Override
    public List<LogLine> logs(JobId id, int afterAttempt, long afterSeq, int limit)
            throws InterruptedException {
        return client.logs(id, afterAttempt, afterSeq, limit);
    }

    @Override
    public void tail(JobId id, Consumer<JobNews> told) throws InterruptedException {
        client.events(id, told);
    }

    @Override
    public WhyView why(JobId id) throws InterruptedException {
        return client.why(id);
    }

    @Override
    public InputStream artifact(JobId id, Artifact artifact) throws InterruptedException {
        return client.artifact(id, artifact.name());
    }

    @Override
    public JobState.Name cancel(JobId id) throws InterruptedException {
        return client.cancel(id);
    }

    @Override
    public JobState.Name redrive(JobId id) throws InterruptedException {
        return client.redrive(id);
    }

    @Override
    public JobState.Name discard(JobId id) throws InterruptedException {
        return client.discard(id);
    }

    @Override
    public JsonNode redriveAll(JsonNode body) throws InterruptedException {
        return client.redrive(body);
    }

    @Override
    public JsonNode dead(JobFilter filter, int limit) throws InterruptedException {
        return client.dead(new JobQuery(filter, "", limit));
    }

    @Override
    public JsonNode deadLetter(JobId id) throws InterruptedException {
        return client.get("v1/dead/" + id);
    }

    @Override
    public JsonNode tools() throws InterruptedException {
        return client.get("v1/tools");
    }

    @Override
    public JsonNode toolDocument(String name) throws InterruptedException {
        return client.get("v1/tools/" + URLEncoder.encode(name, StandardCharsets.UTF_8));
    }

    @Override
    public JsonNode toolsCheck() throws InterruptedException {
        return client.get("v1/tools:check");
    }

    @Override
    public JsonNode cacheList(String tool, int limit) throws InterruptedException {
        String name = URLEncoder.encode(tool, StandardCharsets.UTF_8);
        return client.get("v1/cache?limit=%d&tool=%s".formatted(limit, name));
    }

    @Override
    public JsonNode cacheWhy(JobId id) throws InterruptedException {
        return client.get("v1/jobs/" + id + "/cache");
    }

    @Override
    public JsonNode cachePrune(boolean all) throws InterruptedException {
        return client.prune(all);
    }

    @Override
    public JsonNode queues() throws InterruptedException {
        return client.get("v1/queues");
    }

    @Override
    public JsonNode pause(String queue, boolean paused) throws InterruptedException {
        return client.queuePaused(queue, paused);
    }

    @Override
    public JsonNode limitQueue(String queue, JsonNode change) throws InterruptedException {
        return client.queueChanged(queue, change);
    }

    @Override
    public JsonNode limits() throws InterruptedException {
        return client.get("v1/limits");
    }

    @Override
    public WebhookCalls webhooks() {
        return client.webhooks();
    }

    @Override
    public JsonNode workers() throws InterruptedException {
        return client.get("v1/workers");
    }

    @Override
    public JsonNode drainWorker(String worker) throws InterruptedException {
        return client.drainWorker(worker);
    }

    @Override
    public JsonNode reapWorker(String worker, Optional<Instant> seenAt)
            throws InterruptedException {
        return client.reapWorker(worker, seenAt);
    }

    @Override
    public JsonNode stats() throws InterruptedException {
        return client.get("v1/stats");
    }

    @Override
    public String version() throws InterruptedException {
        return client.get("livez").path("version").stringValue("");
    }

    @Override
    public JsonNode ready() throws InterruptedException {
        return client.get("readyz");
    }

    @Override
    public void close() {
        client.close();
    }
}
