package dev.pawl.app.cli;

import dev.pawl.core.JobState;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code pawl webhooks add}. */
public final class WebhooksAdd implements Command {
    private static final Flag<JobState.Name> STATE =
            Flag.choice(
                            "--state",
                            JobState.Name.class,
                            "Told when a job gets there; may be repeated (default: succeeded, dead"
                                    + " and cancelled).")
                    .repeated();
    private static final Flag<String> TOOL =
            Flag.text("--tool", "TOOL", "Only of this tool: a name, or NAME@VERSION.");
    private static final Flag<String> QUEUE = Flag.text("--queue", "QUEUE", "Only of this queue.");
    private static final Flag<String> TENANT =
            Flag.text("--tenant", "TENANT", "Only of this tenant's jobs (default: all).");

    @Override
    public String name() {
        return "webhooks add";
    }

    @Override
    public String summary() {
        return "Has a URL told of what happens to jobs; shows the secret of its signatures this"
                + " once.";
    }

    @Override
    public String operands() {
        return "URL";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(STATE, TOOL, QUEUE, TENANT);
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("url", call.onlyOperand("URL", "`pawl webhooks list`"));
        List<JobState.Name> states = call.all(STATE);
        if (!states.isEmpty()) {
            var list = body.putArray("states");
            states.forEach(state -> list.add(state.wire()));
        }
        call.get(TOOL).ifPresent(text -> body.put("tool", text));
        call.get(QUEUE).ifPresent(text -> body.put("queue", text));
        call.get(TENANT).ifPresent(text -> body.put("tenant", text));
        Screen screen = call.screen();
        try (Target target = call.target()) {
            JsonNode made = target.webhooks().add(body);
            if (screen.json()) {
                screen.json(made);
                return ExitCode.SUCCEEDED;
            }
            screen.line(made.path("id").stringValue(""));
            screen.line(made.path("secret").stringValue(""));
            screen.note("the second line is the secret, shown this once: receivers verify with it");
        }
        return ExitCode.SUCCEEDED;
    }
}
