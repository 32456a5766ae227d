package dev.pawl.app.cli;

import dev.pawl.api.Accepted;
import dev.pawl.api.Answer;
import dev.pawl.api.JobNews;
import dev.pawl.api.JobPage;
import dev.pawl.api.JobQuery;
import dev.pawl.api.JobView;
import dev.pawl.api.SubmitRequest;
import dev.pawl.api.WebhookCalls;
import dev.pawl.api.WhyView;
import dev.pawl.core.Artifact;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Explanation;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LogLine;
import dev.pawl.core.PawlException;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.Time;
import dev.pawl.server.Bulk;
import dev.pawl.server.CacheDocuments;
import dev.pawl.server.DeadLetters;
import dev.pawl.server.Documents;
import dev.pawl.server.WorkerRoutes;
import dev.pawl.tool.FileRef;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tools;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Jobs of a data folder. */
final class FolderTarget implements Target {
    private static final Duration AWHILE = Duration.ofMillis(200);
    private static final int LINES_MAX = 1_000;

    private final Opened opened;
    private final FileTools tools;
    private final Requests requests;
    private final Time time;
    private final String version;

    /**
     * @param opened closed with this
     * @param version of this program
     */
    FolderTarget(Opened opened, Tools tools, Requests requests, Time time, String version) {
        this.opened = opened;
        this.tools = new FileTools(tools);
        this.requests = requests;
        this.time = time;
        this.version = version;
    }

    /** For a command that also runs jobs. */
    Opened opened() {
        return opened;
    }

    Tools files() {
        return tools.all();
    }

    private Store store() {
        return opened.store();
    }

    @Override
    public Instant now() {
        return store().now();
    }

    @Override
    public ToolForm tool(String name) {
        return tools.tool(name);
    }

    @Override
    public FileRef keep(String name, String mediaType, InputStream content) {
        Artifact kept = opened.artifacts().put(name, mediaType, content);
        return new FileRef(name, kept.sha256(), kept.sizeBytes(), mediaType);
    }

    @Override
    public List<Answer> submit(List<SubmitRequest> asked) {
        var refused = new HashMap<Integer, Answer>();
        var good = new ArrayList<Submission>();
        for (int i = 0; i < asked.size(); i++) {
            try {
                good.add(submission(asked.get(i)));
            } catch (PawlException e) {
                refused.put(i, new Answer.Refused(e.code(), String.valueOf(e.getMessage())));
            }
        }
        return merged(asked.size(), refused, good.isEmpty() ? List.of() : store(good));
    }

    private List<Submitted> store(List<Submission> good) {
        return opened.engine().submit(good);
    }

    private Submission submission(SubmitRequest request) {
        return requests.require(
                ToolFlags.find(tools.all(), request.tool()),
                request.input(),
                request.noCache(),
                builder -> request.applyTo(builder, now()));
    }

    private List<Answer> merged(int count, Map<Integer, Answer> refused, List<Submitted> stored) {
        var answers = new ArrayList<Answer>(count);
        var rest = stored.iterator();
        for (int i = 0; i < count; i++) {
            Answer bad = refused.get(i);
            answers.add(bad == null ? answer(rest.next()) : bad);
        }
        return answers;
    }

    private Answer answer(Submitted submitted) {
        return switch (submitted) {
            case Submitted.Accepted(var id, var state) -> new Accepted(id, state.name(), false);
            case Submitted.Existing(var id) -> new Accepted(id, stored(id).state().name(), true);
            case Submitted.Refused(var code, var message) -> new Answer.Refused(code, message);
        };
    }

    @Override
    public JobPage jobs(JobQuery query) {
        List<Job> jobs = store().list(query.filter(), query.cursor(), query.limit());
        String next = jobs.size() == query.limit() ? jobs.getLast().id().toString() : "";
        return new JobPage(jobs.stream().map(JobView::of).toList(), next);
    }

    @Override
    public Optional<JobView> find(JobId id) {
        return store().find(id).map(this::whole);
    }

    @Override
    public JobView job(JobId id) {
        return whole(stored(id));
    }

    private JobView whole(Job job) {
        return JobView.whole(
                job,
                store().artifacts(job.id()),
                store().history(job.id()),
                store().children(job.id()));
    }

    private Job stored(JobId id) {
        return store().find(id).orElseThrow(() -> none(id));
    }

    @Override
    public JobView awhile(JobId id) throws InterruptedException {
        time.sleep(AWHILE);
        return job(id);
    }

    @Override
    public List<LogLine> logs(JobId id, int afterAttempt, long afterSeq, int limit) {
        return store().logs(id, afterAttempt, afterSeq, limit);
    }

    /** Looks now and then: of states that a job was in only for moments, only the last is seen. */
    @Override
    public void tail(JobId id, Consumer<JobNews> told) throws InterruptedException {
        @Nullable JobNews state = null;
        @Nullable JobNews progress = null;
        int attempt = 0;
        long seq = -1;
        for (JobView job = job(id); ; job = awhile(id)) {
            for (LogLine line : store().logs(id, attempt, seq, LINES_MAX)) {
                told.accept(
                        new JobNews.Log(
                                line.attempt(),
                                line.seq(),
                                line.at(),
                                line.stream().wire(),
                                line.text()));
                attempt = line.attempt();
                seq = line.seq();
            }
            if (job.progress().isPresent()) {
                var said = new JobNews.Progress(job.progress().get(), job.progressText());
                if (!said.equals(progress)) told.accept(said);
                progress = said;
            }
            var now = new JobNews.State(job.state(), job.attempt());
            if (!now.equals(state)) told.accept(now);
            state = now;
            if (now.last()) return;
        }
    }

    @Override
    public WhyView why(JobId id) {
        JobState.Name state = stored(id).state().name();
        return WhyView.of(
                id,
                state,
                Explanation.of(store(), id, tools.all()::required).orElseThrow(() -> none(id)));
    }

    @Override
    public InputStream artifact(JobId id, Artifact artifact) {
        return opened.artifacts()
                .open(artifact.sha256())
                .orElseThrow(() ->
                        new PawlException(
                                ErrorCode.STORE_CORRUPT,
                                "artifact %s (SHA-256 %s) is not kept any more; run the job again with --no-cache"
                                        .formatted(artifact.name(), artifact.sha256())));
    }

    // ---- Act

    @Override
    public JobState.Name cancel(JobId id) {
        JobState before = opened.engine().cancel(id).orElseThrow(() -> none(id));
        return possible(id, before, state -> !state.ended(), "waiting, queued or running");
    }

    @Override
    public JobState.Name redrive(JobId id) {
        requireStopped(id);
        JobState before = opened.engine().redrive(id).orElseThrow(() -> none(id));
        return possible(id, before, FolderTarget::isDeadOrCancelled, "dead or cancelled");
    }

    @Override
    public JobState.Name discard(JobId id) {
        requireStopped(id);
        JobState before = store().discard(id).orElseThrow(() -> none(id));
        return possible(id, before, FolderTarget::isDeadOrCancelled, "dead or cancelled");
    }

    @Override
    public JsonNode redriveAll(JsonNode body) {
        return Bulk.redrive(opened.engine(), body);
    }

    private void requireStopped(JobId id) {
        if (stored(id).stopping())
            throw new PawlException(
                    ErrorCode.NOT_POSSIBLE_NOW,
                    "job %s is cancelled, but its handler has not stopped yet; try again soon"
                            .formatted(id));
    }

    private static JobState.Name possible(
            JobId id, JobState before, Predicate<JobState> possible, String wanted) {
        if (possible.test(before)) return before.name();
        throw new PawlException(
                ErrorCode.NOT_POSSIBLE_NOW,
                "job %s is %s; want %s".formatted(id, before.name().wire(), wanted));
    }

    private static boolean isDeadOrCancelled(JobState state) {
        return state instanceof JobState.Dead || state instanceof JobState.Cancelled;
    }

    private static PawlException none(JobId id) {
        return new PawlException(
                ErrorCode.JOB_NOT_FOUND,
                "job %s is not in this data folder; `pawl jobs list` shows those that are"
                        .formatted(id));
    }

    // ---- Around

    @Override
    public JsonNode tools() {
        return tools.tools();
    }

    @Override
    public JsonNode toolDocument(String name) {
        return tools.toolDocument(name);
    }

    @Override
    public JsonNode toolsCheck() {
        return tools.toolsCheck();
    }

    @Override
    public JsonNode dead(JobFilter filter, int limit) {
        return DeadLetters.list(store(), filter, limit);
    }

    @Override
    public JsonNode deadLetter(JobId id) {
        return DeadLetters.one(store(), stored(id));
    }

    @Override
    public JsonNode cacheList(String tool, int limit) {
        return CacheDocuments.list(store(), tool, limit);
    }

    @Override
    public JsonNode cacheWhy(JobId id) {
        return CacheDocuments.why(store(), stored(id));
    }

    @Override
    public JsonNode cachePrune(boolean all) {
        return CacheDocuments.prune(opened.engine(), all);
    }

    @Override
    public JsonNode queues() {
        return Documents.queues(store());
    }

    @Override
    public JsonNode pause(String queue, boolean paused) {
        return Documents.paused(store(), queue, paused);
    }

    @Override
    public JsonNode limitQueue(String queue, JsonNode change) {
        return Documents.limit(store(), queue, change);
    }

    @Override
    public JsonNode limits() {
        return Documents.limits(store());
    }

    @Override
    public WebhookCalls webhooks() {
        return opened.desk();
    }

    @Override
    public JsonNode workers() {
        return Documents.workers(store());
    }

    @Override
    public JsonNode drainWorker(String worker) {
        return WorkerRoutes.drained(opened.engine(), worker);
    }

    @Override
    public JsonNode reapWorker(String worker, Optional<Instant> seenAt) {
        return WorkerRoutes.reaped(opened.engine(), worker, seenAt);
    }

    @Override
    public JsonNode stats() {
        return Documents.stats(store());
    }

    /** It was opened: so its store serves. */
    @Override
    public JsonNode ready() {
        return Documents.ready(store(), opened.artifacts(), tools.all(), version);
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public void close() {
        opened.close();
    }
}
