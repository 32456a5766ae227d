package dev.pawl.server;

import dev.pawl.api.Json;
import dev.pawl.api.LeaseJson;
import dev.pawl.api.Problem;
import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.Engine;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Job;
import dev.pawl.core.JobError;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LeaseId;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.Progress;
import dev.pawl.core.Report;
import dev.pawl.core.Token;
import dev.pawl.core.Written;
import dev.pawl.tool.FieldError;
import dev.pawl.tool.Lookup;
import io.helidon.http.HeaderNames;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Routes of the worker protocol that write about an attempt, each fenced by its token.
 *
 * <p>An end may be told twice, because its answer may get lost: told again by the same attempt it
 * is answered as the first time. Nothing is written then, and nobody else can have that attempt's
 * number, so this weakens no fence.
 */
record AttemptRoutes(Hints hints) {
    private static final int ARTIFACTS_MAX = 10_000;
    private static final int LINES_MAX = 10_000;
    private static final int REPORTS_MAX = 1_024;
    private static final Duration LATER_MAX = Duration.ofDays(36_525);

    /** How an attempt ends; the names are wire format. */
    private enum How {
        COMPLETE,
        FAIL,
        SNOOZE,
        RELEASE;

        /** The fields of its body. */
        String[] fields() {
            return switch (this) {
                case COMPLETE -> new String[] {"output", "artifacts"};
                case FAIL -> new String[] {"error_class", "error", "retry_after_ms", "artifacts"};
                case SNOOZE -> new String[] {"delay_ms", "reason"};
                case RELEASE -> new String[0];
            };
        }

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a worker says of an attempt's end: read, but not looked up yet. */
    private record Told(Token token, How how, Optional<Outcome> outcome) {}

    // ---- Ends

    void complete(Exchange exchange) {
        one(exchange, How.COMPLETE);
    }

    void fail(Exchange exchange) {
        one(exchange, How.FAIL);
    }

    void snooze(Exchange exchange) {
        one(exchange, How.SNOOZE);
    }

    void release(Exchange exchange) {
        one(exchange, How.RELEASE);
    }

    private void one(Exchange exchange, How how) {
        Token token = token(exchange);
        JsonNode json =
                exchange.request().content().hasEntity()
                        ? exchange.json()
                        : JsonNodeFactory.instance.objectNode();
        var body = new Body(json, how.fields());
        Told told = told(exchange, body, token, how);
        body.check();
        answer(exchange, token, how.wire(), end(exchange, List.of(told)).getFirst());
    }

    /** Ends many in one commit; each that is refused answers its problem in its place. */
    void batch(Exchange exchange) {
        var body = new Body(exchange.json(), "reports");
        var answers = new ArrayList<JsonNode>();
        var told = new ArrayList<Told>();
        var places = new ArrayList<Integer>();
        for (JsonNode report : body.node("reports").values()) {
            answers.add(JsonNodeFactory.instance.objectNode());
            try {
                told.add(told(exchange, report));
                places.add(answers.size() - 1);
            } catch (Refused e) {
                ((ObjectNode) answers.getLast()).set("problem", e.problem().json());
            }
        }
        if (!body.node("reports").isArray() || answers.size() > REPORTS_MAX)
            body.wrong("reports", "want a list of at most " + REPORTS_MAX);
        body.check();
        List<Written> written = end(exchange, told);
        for (int i = 0; i < told.size(); i++) {
            var answer = (ObjectNode) answers.get(places.get(i));
            if (written.get(i) instanceof Written.LeaseLost(var reason))
                answer.set("problem", Problem.of(ErrorCode.LEASE_LOST, reason).json());
            else answer.setAll(done(told.get(i).token, told.get(i).how.wire()));
        }
        ObjectNode whole = JsonNodeFactory.instance.objectNode();
        whole.putArray("reports").addAll(answers);
        exchange.answer(whole);
    }

    private static Told told(Exchange exchange, JsonNode report) {
        var body =
                new Body(
                        report,
                        "job",
                        "attempt",
                        "lease",
                        "end",
                        "output",
                        "artifacts",
                        "error_class",
                        "error",
                        "retry_after_ms",
                        "delay_ms",
                        "reason");
        Optional<Token> token = LeaseJson.token(report);
        if (token.isEmpty()) body.wrong("job", "want job, attempt and lease, as they were claimed");
        Optional<How> how = Optional.empty();
        for (How each : How.values())
            if (each.wire().equals(body.text("end", ""))) how = Optional.of(each);
        if (how.isEmpty()) body.wrong("end", "want complete, fail, snooze or release");
        Told told =
                told(
                        exchange,
                        body,
                        token.orElse(new Token(new JobId(NONE), 1, new LeaseId(NONE))),
                        how.orElse(How.RELEASE));
        body.check();
        return told;
    }

    private static final UUID NONE = new UUID(0, 0);

    private static Told told(Exchange exchange, Body body, Token token, How how) {
        Optional<Outcome> outcome =
                switch (how) {
                    case COMPLETE -> Optional.of(succeeded(exchange, body, token));
                    case FAIL -> Optional.of(failed(exchange, body));
                    case SNOOZE -> Optional.of(snoozed(body));
                    case RELEASE -> Optional.empty();
                };
        return new Told(token, how, outcome);
    }

    private static Outcome succeeded(Exchange exchange, Body body, Token token) {
        JsonNode output = body.node("output");
        if (output.isMissingNode()) output = JsonNodeFactory.instance.objectNode();
        for (FieldError error : mistakes(exchange, token, output))
            body.wrong("output" + error.pointer(), error.message());
        return new Outcome.Succeeded(output.toString(), artifacts(exchange, body));
    }

    /**
     * What in the output isn't as its tool promises; a tool that isn't known here promised none.
     */
    private static List<FieldError> mistakes(Exchange exchange, Token token, JsonNode output) {
        Optional<Job> job = exchange.site().engine().store().find(token.job());
        if (job.isEmpty()) return List.of();
        String tool = job.get().submission().tool().toString();
        return exchange.site().tools().find(tool) instanceof Lookup.Found(var known)
                ? known.output().errors(output)
                : List.of();
    }

    private static Outcome failed(Exchange exchange, Body body) {
        ErrorClass kind = ErrorClass.TRANSIENT;
        String name = body.text("error_class", kind.wire());
        try {
            kind = ErrorClass.ofWire(name);
        } catch (IllegalArgumentException e) {
            body.wrong(
                    "error_class",
                    "want transient, permanent, user, configuration, infrastructure or timeout");
        }
        if (kind == ErrorClass.LEASE_LOST || kind == ErrorClass.EXPIRED)
            body.wrong("error_class", name + " is not a worker's to say");
        String message = body.text("error", "");
        if (message.isBlank()) body.wrong("error", "want a sentence that says what went wrong");
        Duration wait = body.millis("retry_after_ms", Duration.ZERO, Duration.ZERO, LATER_MAX);
        return new Outcome.Failed(new JobError(kind, message, wait), artifacts(exchange, body));
    }

    private static Outcome snoozed(Body body) {
        if (!body.has("delay_ms")) body.wrong("delay_ms", "is required");
        return new Outcome.Snoozed(
                body.millis("delay_ms", Duration.ZERO, Duration.ZERO, LATER_MAX),
                body.text("reason", ""));
    }

    private static List<Artifact> artifacts(Exchange exchange, Body body) {
        List<Artifact> artifacts = body.artifacts(ARTIFACTS_MAX);
        for (int i = 0; i < artifacts.size(); i++)
            if (exchange.site().artifacts().file(artifacts.get(i).sha256()).isEmpty())
                body.wrong("artifacts/" + i, "its content is not here; upload it first");
        return artifacts;
    }

    private List<Written> end(Exchange exchange, List<Told> all) {
        Engine engine = exchange.site().engine();
        var answers = new ArrayList<Written>();
        var reports = new ArrayList<Report>();
        var places = new ArrayList<Integer>();
        String worker = "";
        for (Told told : all) {
            Optional<ClaimedJob> job = running(engine, told.token);
            answers.add(job.isPresent() ? new Written.Done(false) : lost(engine, told));
            if (job.isEmpty()) continue;
            String holder = job.get().state().lease().worker();
            // One commit is one worker's: for history.
            if (!holder.equals(worker) && !reports.isEmpty())
                write(engine, worker, reports, places, answers);
            worker = holder;
            reports.add(
                    told.outcome
                            .<Report>map(outcome -> new Report.Ended(job.get(), outcome))
                            .orElseGet(() -> new Report.GivenBack(job.get())));
            places.add(answers.size() - 1);
        }
        if (!reports.isEmpty()) write(engine, worker, reports, places, answers);
        return answers;
    }

    private void write(
            Engine engine,
            String worker,
            List<Report> reports,
            List<Integer> places,
            List<Written> answers) {
        List<Written> written = engine.end(worker, reports);
        boolean limited = false;
        for (int i = 0; i < written.size(); i++) {
            answers.set(places.get(i), written.get(i));
            limited |= !reports.get(i).job().submission().limit().none();
        }
        // What waited for the place that is free now hears of it from nobody else.
        if (limited) hints.jobsReady();
        reports.clear();
        places.clear();
    }

    private static Written lost(Engine engine, Told told) {
        Optional<Job> job = engine.store().find(told.token.job());
        return job.isPresent() && endedSo(engine, job.get(), told)
                ? new Written.Done(false)
                : new Written.LeaseLost(reason(job, told.token));
    }

    /** Whether this very attempt was ended so before. */
    private static boolean endedSo(Engine engine, Job job, Told told) {
        int attempt = told.token.attempt();
        AttemptEnd.How how =
                switch (told.how) {
                    case COMPLETE -> AttemptEnd.How.COMPLETED;
                    case FAIL -> AttemptEnd.How.FAILED;
                    case SNOOZE -> AttemptEnd.How.SNOOZED;
                    case RELEASE -> AttemptEnd.How.RELEASED;
                };
        if (told.outcome.orElse(null) instanceof Outcome.Succeeded(var output, _))
            return job.state() instanceof JobState.Succeeded(_, var last)
                    && last == attempt
                    && Json.trusted(job.output()).equals(Json.trusted(output));
        return engine.store().history(job.id()).stream()
                .anyMatch(end -> end.attempt() == attempt && end.how() == how);
    }

    // ---- While it runs

    static void progress(Exchange exchange) {
        Token token = token(exchange);
        var body = new Body(exchange.json(), "fraction", "text");
        JsonNode fraction = body.node("fraction");
        double value = fraction.isNumber() ? fraction.doubleValue() : -1;
        if (!(value >= 0 && value <= 1)) body.wrong("fraction", "want a number, 0 to 1");
        String text = body.text("text", "");
        body.check();
        Engine engine = exchange.site().engine();
        var progress = new Progress(value, text, engine.now());
        answer(exchange, token, "progress", engine.progress(token, progress));
    }

    static void log(Exchange exchange) {
        Token token = token(exchange);
        var body = new Body(exchange.json(), "lines");
        Engine engine = exchange.site().engine();
        Instant now = engine.now();
        var lines = new ArrayList<LogLine>();
        for (Body line : body.list("lines", LINES_MAX, "seq", "at", "stream", "text")) {
            if (!line.has("seq")) line.wrong("seq", "is required, and grows from line to line");
            String text = line.text("text", "");
            if (text.indexOf('\n') >= 0) line.wrong("text", "want one line");
            long seq = line.number("seq", 0, 0, Long.MAX_VALUE);
            lines.add(
                    new LogLine(token.attempt(), seq, line.moment("at", now), stream(line), text));
        }
        body.check();
        answer(exchange, token, "log", engine.log(token, lines));
    }

    private static LogLine.Stream stream(Body line) {
        String name = line.text("stream", "stdout");
        for (LogLine.Stream each : LogLine.Stream.values())
            if (each.wire().equals(name)) return each;
        line.wrong("stream", "want stdout, stderr or pawl");
        return LogLine.Stream.STDOUT;
    }

    /** Keeps the body as one of the attempt's files; the end has to name what is answered. */
    static void upload(Exchange exchange) {
        Token token = token(exchange);
        Engine engine = exchange.site().engine();
        if (running(engine, token).isEmpty()) throw lost(engine, token);
        String name = exchange.path("name");
        if (!Artifact.validName(name))
            throw Exchange.badRequest("\"" + name + "\" can't be an artifact's name");
        String type = exchange.header(HeaderNames.CONTENT_TYPE).orElse("application/octet-stream");
        Artifact kept = exchange.site().artifacts().put(name, type, FileRoutes.body(exchange));
        exchange.answer(LeaseJson.artifact(kept));
    }

    static void stopped(Exchange exchange) {
        Token token = token(exchange);
        answer(exchange, token, "stopped", exchange.site().engine().stopped(token));
    }

    // ---- The token

    private static Token token(Exchange exchange) {
        Optional<LeaseId> lease = LeaseId.parse(exchange.path("lease"));
        String number = exchange.path("attempt");
        if (lease.isEmpty() || !number.matches("[1-9]\\d{0,8}"))
            throw Exchange.badRequest(
                    "want /v1/leases/LEASE/jobs/JOB/ATTEMPT, as they were claimed");
        return new Token(exchange.job(), Integer.parseInt(number), lease.get());
    }

    /** The job as this attempt runs it; empty when it doesn't. */
    static Optional<ClaimedJob> running(Engine engine, Token token) {
        Optional<Job> found = engine.store().find(token.job());
        if (found.isEmpty() || !(found.get().state() instanceof JobState.Running state))
            return Optional.empty();
        if (state.attempt() != token.attempt() || !state.lease().id().equals(token.lease()))
            return Optional.empty();
        Instant startedAt = found.get().startedAt().orElseThrow();
        return Optional.of(new ClaimedJob(token, found.get().submission(), state, startedAt));
    }

    static Refused lost(Engine engine, Token token) {
        return new Refused(ErrorCode.LEASE_LOST, reason(engine.store().find(token.job()), token));
    }

    private static String reason(Optional<Job> job, Token token) {
        String where =
                job.map(j ->
                                "is %s, attempt %d"
                                        .formatted(j.state().name().wire(), j.state().attempt()))
                        .orElse("does not exist");
        return "job %s %s; attempt %d under lease %s has lost it"
                .formatted(token.job(), where, token.attempt(), token.lease());
    }

    private static void answer(Exchange exchange, Token token, String what, Written written) {
        if (written instanceof Written.LeaseLost(var reason))
            throw new Refused(ErrorCode.LEASE_LOST, reason);
        exchange.answer(done(token, what));
    }

    private static ObjectNode done(Token token, String what) {
        return LeaseJson.token(token).put("done", what);
    }
}
