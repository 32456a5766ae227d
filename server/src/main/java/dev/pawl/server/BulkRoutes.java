package dev.pawl.server;

import dev.pawl.api.Problem.FieldProblem;
import dev.pawl.core.Found;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Routes that act on every job that a filter holds, in bites: each job is a transaction of its own,
 * and a call ends at its limit. Whoever repeats a call until it matches nothing has done all.
 */
final class BulkRoutes {
    private static final Set<String> FIELDS = Set.of("filter", "all", "dry_run", "limit");
    private static final int LIMIT = 1_000;
    private static final int LIMIT_MAX = 10_000;
    private static final int BITE = 200;
    private static final int LOOK_MAX = 100_000;
    private static final int SAMPLE = 10;

    private static final Set<JobState.Name> UNFINISHED =
            Set.of(JobState.Name.WAITING, JobState.Name.QUEUED, JobState.Name.RUNNING);

    /**
     * What is done.
     *
     * @param states on jobs of these, where the filter names none
     */
    private record Action(
            String name,
            Set<JobState.Name> states,
            Predicate<JobState> possible,
            Function<JobId, Optional<JobState>> act) {}

    /** What is asked for. */
    private record Asked(JobFilter filter, boolean dryRun, int limit) {}

    private BulkRoutes() {}

    static void cancel(Exchange exchange) {
        act(
                exchange,
                new Action(
                        "cancel",
                        UNFINISHED,
                        state -> !state.ended(),
                        exchange.site().engine()::cancel));
    }

    static void redrive(Exchange exchange) {
        act(
                exchange,
                new Action(
                        "redrive",
                        Set.of(JobState.Name.DEAD),
                        JobRoutes::isDeadOrCancelled,
                        exchange.site().engine()::redrive));
    }

    static void discard(Exchange exchange) {
        act(
                exchange,
                new Action(
                        "discard",
                        Set.of(JobState.Name.DEAD, JobState.Name.CANCELLED),
                        JobRoutes::isDeadOrCancelled,
                        exchange.site().engine().store()::discard));
    }

    private static void act(Exchange exchange, Action action) {
        Asked asked = asked(exchange, exchange.json(), action);
        Store store = exchange.site().engine().store();
        int matched = 0;
        int done = 0;
        int looked = 0;
        var sample = new ArrayList<JobId>();
        String after = "";
        boolean ended = false;
        while (!ended && matched < asked.limit() && looked < LOOK_MAX) {
            int bite = Math.min(BITE, asked.limit() - matched);
            Found found = store.search(asked.filter(), after, bite, LOOK_MAX - looked);
            for (Job job : found.jobs()) {
                if (sample.size() < SAMPLE) sample.add(job.id());
                if (asked.dryRun() ? possible(action, job) : done(action, job)) done++;
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
        var ids = answer.putArray("sample");
        sample.forEach(id -> ids.add(id.toString()));
        exchange.answer(answer);
    }

    private static boolean possible(Action action, Job job) {
        boolean stopping = job.stopping() && !action.name().equals("cancel");
        return action.possible().test(job.state()) && !stopping;
    }

    /** By the state it was in when it was acted on, not by that in which it was found. */
    private static boolean done(Action action, Job job) {
        Optional<JobState> before = action.act().apply(job.id());
        return before.isPresent()
                && action.possible().test(before.get())
                && (!job.stopping() || action.name().equals("cancel"));
    }

    private static Asked asked(Exchange exchange, JsonNode body, Action action) {
        var errors = new ArrayList<FieldProblem>();
        if (!body.isObject()) throw Refused.wrong(List.of(new FieldProblem("", "want an object")));
        for (String name : body.propertyNames())
            if (!FIELDS.contains(name))
                errors.add(
                        new FieldProblem(
                                "/" + name, "is not known; known are " + new TreeSet<>(FIELDS)));
        for (String name : List.of("all", "dry_run"))
            if (body.has(name) && !body.path(name).isBoolean())
                errors.add(new FieldProblem("/" + name, "want true or false"));
        JsonNode limit = body.path("limit");
        boolean fits = limit.isIntegralNumber() && limit.canConvertToInt();
        if (body.has("limit") && (!fits || limit.intValue() < 1 || limit.intValue() > LIMIT_MAX))
            errors.add(new FieldProblem("/limit", "want a whole number, 1 to " + LIMIT_MAX));
        boolean named = !body.path("filter").isEmpty();
        if (!named && !body.path("all").booleanValue(false))
            errors.add(
                    new FieldProblem(
                            "/filter",
                            "names nothing; name what to %s, or say \"all\": true"
                                    .formatted(action.name())));
        if (named && body.path("all").booleanValue(false))
            errors.add(new FieldProblem("/all", "says the contrary of filter; give one of them"));
        if (!errors.isEmpty()) throw Refused.wrong(errors);
        JobFilter filter =
                named ? Filters.ofBody(exchange, body.path("filter"), "/filter") : JobFilter.ALL;
        // What it names may be empty texts.
        if (named && filter.equals(JobFilter.ALL))
            throw Refused.wrong(
                    List.of(new FieldProblem("/filter", "holds all; say \"all\": true")));
        if (filter.states().isEmpty()) filter = filter.withStates(action.states());
        return new Asked(
                exchange.caller().limited(filter),
                body.path("dry_run").booleanValue(false),
                body.path("limit").asInt(LIMIT));
    }
}
