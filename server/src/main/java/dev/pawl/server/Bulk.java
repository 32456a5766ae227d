package dev.pawl.server;

import dev.pawl.api.Problem.FieldProblem;
import dev.pawl.core.Engine;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Found;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is done to every job that a filter holds, in bites: each job is a transaction of its own,
 * and a call ends at its limit. Whoever goes on where the call before ended has done all, each job
 * once. What comes back at a rate is spread by the jobs' own moments, which the store keeps: no
 * request is held open for it, and nothing is forgotten by a restart.
 */
public final class Bulk {
    private static final Set<String> FIELDS = Set.of("filter", "all", "dry_run", "limit", "cursor");
    private static final Set<String> SPREAD = Set.of("rate", "start");
    private static final int LIMIT = 1_000;
    private static final int LIMIT_MAX = 10_000;
    private static final int BITE = 200;
    private static final int LOOK_MAX = 100_000;
    private static final int SAMPLE = 10;
    private static final Duration START_MAX = Duration.ofDays(365);

    /** Done to one job; answers its state before. */
    private interface Act {
        Optional<JobState> on(Engine engine, JobId id, Instant notBefore);
    }

    /**
     * What is done.
     *
     * @param states on jobs of these, where the filter names none
     * @param spreads whether it can be done at a rate
     */
    record Action(
            String name,
            Set<JobState.Name> states,
            boolean spreads,
            Predicate<JobState> possible,
            Act act) {}

    static final Action CANCEL =
            new Action(
                    "cancel",
                    Set.of(JobState.Name.WAITING, JobState.Name.QUEUED, JobState.Name.RUNNING),
                    false,
                    state -> !state.ended(),
                    (engine, id, _) -> engine.cancel(id));

    static final Action REDRIVE =
            new Action(
                    "redrive",
                    Set.of(JobState.Name.DEAD),
                    true,
                    JobRoutes::isDeadOrCancelled,
                    Engine::redrive);

    static final Action DISCARD =
            new Action(
                    "discard",
                    Set.of(JobState.Name.DEAD, JobState.Name.CANCELLED),
                    false,
                    JobRoutes::isDeadOrCancelled,
                    (engine, id, _) -> engine.store().discard(id));

    /**
     * What is asked for.
     *
     * @param start when the first may start that comes back at a rate
     */
    private record Asked(
            JobFilter filter,
            boolean dryRun,
            int limit,
            String cursor,
            Optional<Rate> rate,
            Instant start) {
        Instant notBefore(int number) {
            return rate.map(r -> r.at(start, number)).orElse(Instant.EPOCH);
        }
    }

    private final Engine engine;
    private final UnaryOperator<JobFilter> limited;
    private final Action action;

    /**
     * @param limited the filter, of what the caller may act on
     */
    Bulk(Engine engine, UnaryOperator<JobFilter> limited, Action action) {
        this.engine = engine;
        this.limited = limited;
        this.action = action;
    }

    /**
     * For commands on a data folder: redrives as the body of {@code /v1/jobs:redrive} says, and
     * answers as that does.
     *
     * @throws PawlException {@link ErrorCode#INPUT_INVALID} when the body is wrong
     */
    public static ObjectNode redrive(Engine engine, JsonNode body) {
        try {
            return new Bulk(engine, filter -> filter, REDRIVE).act(body);
        } catch (Refused e) {
            throw new PawlException(ErrorCode.INPUT_INVALID, e.problem().detail(), e);
        }
    }

    /** Does it, and says to how many. */
    ObjectNode act(JsonNode body) {
        Asked asked = asked(body);
        int matched = 0;
        int done = 0;
        int looked = 0;
        var sample = new ArrayList<JobId>();
        String after = asked.cursor();
        boolean ended = false;
        while (!ended && matched < asked.limit() && looked < LOOK_MAX) {
            int bite = Math.min(BITE, asked.limit() - matched);
            Found found = engine.store().search(asked.filter(), after, bite, LOOK_MAX - looked);
            for (Job job : found.jobs()) {
                if (sample.size() < SAMPLE) sample.add(job.id());
                if (asked.dryRun() ? possible(job) : done(job, asked.notBefore(done))) done++;
            }
            matched += found.jobs().size();
            looked += found.lookedAt();
            after = found.lookedTo().map(JobId::toString).orElse(after);
            ended = found.ended();
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("action", action.name())
                .put("dry_run", asked.dryRun())
                .put("matched", matched)
                .put("done", asked.dryRun() ? 0 : done)
                .put("refused", matched - done)
                .put("more", !ended);
        if (!ended) answer.put("next_cursor", after);
        if (asked.rate().isPresent()) answer.put("until", asked.notBefore(done).toString());
        var ids = answer.putArray("sample");
        sample.forEach(id -> ids.add(id.toString()));
        return answer;
    }

    private boolean possible(Job job) {
        boolean stopping = job.stopping() && !action.name().equals("cancel");
        return action.possible().test(job.state()) && !stopping;
    }

    /** By the state it was in when it was acted on, not by that in which it was found. */
    private boolean done(Job job, Instant notBefore) {
        Optional<JobState> before = action.act().on(engine, job.id(), notBefore);
        return before.isPresent()
                && action.possible().test(before.get())
                && (!job.stopping() || action.name().equals("cancel"));
    }

    private Asked asked(JsonNode body) {
        Instant now = engine.store().now();
        if (!body.isObject()) throw Refused.wrong(List.of(new FieldProblem("", "want an object")));
        var errors = new ArrayList<FieldProblem>();
        var known = new TreeSet<String>(FIELDS);
        if (action.spreads()) known.addAll(SPREAD);
        for (String name : body.propertyNames())
            if (!known.contains(name))
                errors.add(new FieldProblem("/" + name, "is not known; known are " + known));
        for (String name : List.of("all", "dry_run"))
            if (body.has(name) && !body.path(name).isBoolean())
                errors.add(new FieldProblem("/" + name, "want true or false"));
        JsonNode limit = body.path("limit");
        boolean fits = limit.isIntegralNumber() && limit.canConvertToInt();
        if (body.has("limit") && (!fits || limit.intValue() < 1 || limit.intValue() > LIMIT_MAX))
            errors.add(new FieldProblem("/limit", "want a whole number, 1 to " + LIMIT_MAX));
        String cursor = body.path("cursor").stringValue("");
        if (body.has("cursor") && JobId.parse(cursor).isEmpty())
            errors.add(new FieldProblem("/cursor", "want the next_cursor of a call, unchanged"));
        boolean named = !body.path("filter").isEmpty();
        if (!named && !body.path("all").booleanValue(false))
            errors.add(
                    new FieldProblem(
                            "/filter",
                            "names nothing; name what to %s, or say \"all\": true"
                                    .formatted(action.name())));
        if (named && body.path("all").booleanValue(false))
            errors.add(new FieldProblem("/all", "says the contrary of filter; give one of them"));
        Optional<Rate> rate = rate(body, errors);
        Instant start = start(body, now, errors);
        if (!errors.isEmpty()) throw Refused.wrong(errors);
        return new Asked(
                limited.apply(filter(body, named, now)),
                body.path("dry_run").booleanValue(false),
                body.path("limit").asInt(LIMIT),
                cursor,
                rate,
                start);
    }

    private JobFilter filter(JsonNode body, boolean named, Instant now) {
        JobFilter filter =
                named ? Filters.ofBody(now, body.path("filter"), "/filter") : JobFilter.ALL;
        // What it names may be empty texts.
        if (named && filter.equals(JobFilter.ALL))
            throw Refused.wrong(
                    List.of(new FieldProblem("/filter", "holds all; say \"all\": true")));
        return filter.states().isEmpty() ? filter.withStates(action.states()) : filter;
    }

    private static Optional<Rate> rate(JsonNode body, List<FieldProblem> errors) {
        if (!body.has("rate")) return Optional.empty();
        Optional<Rate> rate = Rate.parse(body.path("rate").stringValue(""));
        if (rate.isEmpty()) errors.add(new FieldProblem("/rate", Rate.WANTED));
        return rate;
    }

    /** Now, where nothing later is said. */
    private static Instant start(JsonNode body, Instant now, List<FieldProblem> errors) {
        if (!body.has("start")) return now;
        if (!body.has("rate")) errors.add(new FieldProblem("/start", "is of no use without rate"));
        try {
            Instant start = Instant.parse(body.path("start").stringValue(""));
            if (start.isAfter(now.plus(START_MAX)))
                errors.add(new FieldProblem("/start", "is more than a year away"));
            return start.isAfter(now) ? start : now;
        } catch (DateTimeParseException e) {
            errors.add(new FieldProblem("/start", "want a moment as 2026-01-31T08:00:00Z"));
            return now;
        }
    }
}
