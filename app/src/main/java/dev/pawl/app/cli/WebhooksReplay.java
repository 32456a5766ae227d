package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobId;
import dev.pawl.core.PawlException;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code pawl webhooks replay}. */
public final class WebhooksReplay implements Command {
    private static final Flag<JobId> JOB =
            Flag.job("--job", "What this job delivered, as `pawl webhooks deliveries` shows it.");
    private static final Flag<Duration> SINCE =
            Flag.duration("--since", "All that happened within this time; events are kept a day.");

    @Override
    public String name() {
        return "webhooks replay";
    }

    @Override
    public String summary() {
        return "Delivers again, whether it was delivered or not: one, or all since a time.";
    }

    @Override
    public String operands() {
        return "WEBHOOK";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(JOB, SINCE);
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        String id = call.onlyOperand("webhook", "`pawl webhooks list`");
        if (call.get(JOB).isPresent() == call.get(SINCE).isPresent())
            throw new PawlException(
                    ErrorCode.INPUT_INVALID, "say what to replay: either --job or --since");
        try (Target target = call.target()) {
            ObjectNode which = JsonNodeFactory.instance.objectNode();
            call.get(JOB).ifPresent(job -> which.put("job", job.toString()));
            call.get(SINCE)
                    .ifPresent(span -> which.put("since", target.now().minus(span).toString()));
            tell(call.screen(), target.webhooks().replay(id, which));
        }
        return ExitCode.SUCCEEDED;
    }

    /** The jobs that deliver it. */
    static void tell(Screen screen, JsonNode answer) {
        if (screen.json()) {
            screen.json(answer);
            return;
        }
        for (JsonNode job : answer.path("jobs").values()) screen.line(job.stringValue(""));
        long forgotten = answer.path("events_forgotten").longValue(0);
        if (forgotten > 0)
            screen.note("%d older events are not kept any more".formatted(forgotten));
    }
}
