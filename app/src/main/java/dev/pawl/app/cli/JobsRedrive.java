package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code pawl jobs redrive}. */
public final class JobsRedrive implements Command {
    private static final Flag<Boolean> ALL = Flag.on("--all", "All dead jobs.");
    private static final Flag<String> RATE =
            Flag.text(
                    "--rate",
                    "RATE",
                    "So many may start in that time, as 10/s, 30/min or 5/h (default: all at"
                            + " once).");
    private static final Flag<Boolean> DRY_RUN =
            Flag.on("--dry-run", "Only tell how many it would be.");
    private static final int BITE = 1_000;

    @Override
    public String name() {
        return "jobs redrive";
    }

    @Override
    public String summary() {
        return "Sends dead or cancelled jobs back to their queue; by filter the dead ones.";
    }

    @Override
    public String operands() {
        return "[JOB...]";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(
                DeadList.TOOL,
                DeadList.QUEUE,
                DeadList.TAG,
                DeadList.ERROR,
                DeadList.SINCE,
                ALL,
                RATE,
                DRY_RUN);
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        boolean filtered =
                flags().stream().anyMatch(flag -> call.values().containsKey(flag.name()));
        if (!filtered) return new JobsAct("redriven", Target::redrive).run(call);
        if (!call.operands().isEmpty())
            throw new PawlException(
                    ErrorCode.INPUT_INVALID, "name jobs, or say which with flags; not both");
        try (Target target = call.target()) {
            return all(call, target);
        }
    }

    /** Bite by bite, each where the one before ended, in the jobs and in time. */
    private static ExitCode all(Call call, Target target) throws InterruptedException {
        ObjectNode body = body(call, target);
        int matched = 0;
        int done = 0;
        int refused = 0;
        JsonNode answer;
        do {
            answer = target.redriveAll(body);
            matched += answer.path("matched").intValue(0);
            done += answer.path("done").intValue(0);
            refused += answer.path("refused").intValue(0);
            if (answer.has("next_cursor")) body.set("cursor", answer.path("next_cursor"));
            if (answer.has("until")) body.set("start", answer.path("until"));
        } while (answer.has("next_cursor"));
        tell(call, answer, matched, done, refused);
        return ExitCode.SUCCEEDED;
    }

    private static void tell(Call call, JsonNode answer, int matched, int done, int refused) {
        Screen screen = call.screen();
        if (screen.json()) {
            ObjectNode sum = JsonNodeFactory.instance.objectNode();
            sum.put("dry_run", call.has(DRY_RUN));
            sum.put("matched", matched).put("done", done).put("refused", refused);
            if (answer.has("until")) sum.set("until", answer.path("until"));
            screen.json(sum);
            return;
        }
        String until = answer.has("until") ? ", until " + answer.path("until").stringValue("") : "";
        if (call.has(DRY_RUN))
            screen.line("%d would be redriven%s".formatted(matched - refused, until));
        else screen.line("%d redriven%s".formatted(done, until));
        if (refused > 0) screen.note("%d refused: they are still stopping".formatted(refused));
    }

    private static ObjectNode body(Call call, Target target) {
        ObjectNode filter = JsonNodeFactory.instance.objectNode();
        call.get(DeadList.TOOL).ifPresent(text -> filter.put("tool", text));
        call.get(DeadList.QUEUE).ifPresent(text -> filter.put("queue", text));
        call.get(DeadList.TAG).ifPresent(text -> filter.put("tag", text));
        call.get(DeadList.ERROR).ifPresent(text -> filter.put("error", text));
        call.get(DeadList.SINCE)
                .ifPresent(span -> filter.put("since", target.now().minus(span).toString()));
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("limit", BITE).put("dry_run", call.has(DRY_RUN));
        if (!filter.isEmpty()) body.set("filter", filter);
        if (call.has(ALL)) body.put("all", true);
        if (filter.isEmpty() && !call.has(ALL))
            throw new PawlException(
                    ErrorCode.INPUT_INVALID,
                    "no job is named; name some, say which with --tool, --queue or --error, or all"
                            + " with --all");
        call.get(RATE).ifPresent(rate -> body.put("rate", rate));
        return body;
    }
}
