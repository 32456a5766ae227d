package dev.pawl.server;

import dev.pawl.api.JobView;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Found;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.JobState.Dead;
import dev.pawl.core.LogLine;
import dev.pawl.core.PawlException;
import dev.pawl.core.Store;
import dev.pawl.core.ToolId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Dead jobs as a person looks at them: how many died of what, and what one has left. For the API's
 * routes and for commands on a data folder. Changes nothing; each blocks for the store's I/O.
 */
public final class DeadLetters {
    /** How many dead jobs are grouped at most. */
    static final int GROUPED_MAX = 20_000;

    private static final int PAGE = 1_000;
    private static final int LOOK_MAX = 100_000;
    private static final int LINES_SHOWN = 20;
    private static final int LINES_READ_MAX = 100_000;

    private DeadLetters() {}

    private record Reason(ToolId tool, ErrorClass kind) {}

    /** Jobs that died of the same. */
    private static final class Group {
        private final Reason reason;
        private int count;
        private Job last;
        private Dead lastState;

        Group(Reason reason, Job first, Dead state) {
            this.reason = reason;
            this.last = first;
            this.lastState = state;
        }

        void add(Job job, Dead state) {
            count++;
            if (!state.at().isAfter(lastState.at())) return;
            last = job;
            lastState = state;
        }

        ObjectNode json(Store store) {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            return node.put("tool", reason.tool.toString())
                    .put("error_class", reason.kind.wire())
                    .put("count", count)
                    .put("last_at", lastState.at().toString())
                    .put("last_job", last.id().toString())
                    .put("last_error", whole(store, last).output());
        }
    }

    /**
     * How many died of what, the most first, and the newest of them.
     *
     * @param filter its states are not looked at
     * @param limit of the jobs that are listed, 1 to 1,000
     */
    public static ObjectNode list(Store store, JobFilter filter, int limit) {
        JobFilter dead = filter.withStates(Set.of(JobState.Name.DEAD));
        Map<Reason, Group> groups = new HashMap<>();
        var newest = new ArrayList<Job>();
        int grouped = 0;
        int looked = 0;
        String after = "";
        boolean ended = false;
        while (!ended && grouped < GROUPED_MAX && looked < LOOK_MAX) {
            Found found = page(store, dead, after, LOOK_MAX - looked);
            for (Job job : found.jobs()) {
                // One that was redriven since the page was read is none any more.
                if (!(job.state() instanceof Dead state)) continue;
                var reason = new Reason(job.submission().tool(), state.kind());
                groups.computeIfAbsent(reason, r -> new Group(r, job, state)).add(job, state);
                if (newest.size() < limit) newest.add(job);
                grouped++;
            }
            looked += found.lookedAt();
            after = found.lookedTo().map(JobId::toString).orElse(after);
            ended = found.ended();
        }
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        page.put("count", grouped).put("complete", ended);
        var list = page.putArray("groups");
        groups.values().stream()
                .sorted(
                        Comparator.<Group>comparingInt(g -> -g.count)
                                .thenComparing(g -> g.reason.tool.toString())
                                .thenComparing(g -> g.reason.kind))
                .forEach(group -> list.add(group.json(store)));
        page.putArray("jobs")
                .addAll(newest.stream().map(job -> JobView.of(whole(store, job)).json()).toList());
        return page;
    }

    /** With its error, which lists leave out; as it was listed where it is gone by now. */
    private static Job whole(Store store, Job listed) {
        return store.find(listed.id()).orElse(listed);
    }

    /** From an index where there is one. */
    private static Found page(Store store, JobFilter filter, String after, int lookMax) {
        if (!filter.isPlain()) return store.search(filter, after, PAGE, lookMax);
        List<Job> jobs = store.list(filter, after, PAGE);
        var last =
                jobs.isEmpty() ? JobId.parse(after) : JobId.parse(jobs.getLast().id().toString());
        return new Found(jobs, jobs.size(), last, jobs.size() < PAGE);
    }

    /**
     * A dead job with how each of its attempts ended, and the last lines of its log.
     *
     * @throws PawlException {@link ErrorCode#NOT_POSSIBLE_NOW} when the job isn't dead
     */
    public static ObjectNode one(Store store, Job job) {
        if (!(job.state() instanceof Dead))
            throw new PawlException(
                    ErrorCode.NOT_POSSIBLE_NOW,
                    "job %s is %s, not dead; `pawl why` tells more"
                            .formatted(job.id(), job.state().name().wire()));
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.set(
                "job",
                JobView.whole(
                                job,
                                store.artifacts(job.id()),
                                store.history(job.id()),
                                store.children(job.id()))
                        .json());
        var lines = node.putArray("log");
        for (LogLine line : lastLines(store, job)) lines.add(EventRoutes.node(line));
        return node;
    }

    /** Of the last attempt, page by page: a store reads logs forwards. */
    private static Iterable<LogLine> lastLines(Store store, Job job) {
        var last = new ArrayDeque<LogLine>();
        int attempt = job.state().attempt();
        long seq = -1;
        for (int read = 0; read < LINES_READ_MAX; read += PAGE) {
            List<LogLine> lines = store.logs(job.id(), attempt, seq, PAGE);
            for (LogLine line : lines) {
                last.addLast(line);
                if (last.size() > LINES_SHOWN) last.removeFirst();
                attempt = line.attempt();
                seq = line.seq();
            }
            if (lines.size() < PAGE) break;
        }
        return last;
    }
}
