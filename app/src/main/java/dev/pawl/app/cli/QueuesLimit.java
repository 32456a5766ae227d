package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code pawl queues limit}. */
public final class QueuesLimit implements Command {
    private static final Flag<String> CONCURRENCY =
            Flag.text("--concurrency", "N", "So many attempts run at once; none for no limit.");
    private static final Flag<String> RATE =
            Flag.text("--rate", "RATE", "So many start, as 100/min or 5/s; none for no limit.");

    @Override
    public String name() {
        return "queues limit";
    }

    @Override
    public String summary() {
        return "Sets how many jobs of a queue run at once, and how many start.";
    }

    @Override
    public String operands() {
        return "QUEUE";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(CONCURRENCY, RATE);
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        String name = call.onlyOperand("queue", "`pawl queues list`");
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        call.get(CONCURRENCY).ifPresent(text -> put(change, text));
        call.get(RATE)
                .ifPresent(text -> {
                    if (text.equals("none")) change.putNull("rate");
                    else change.put("rate", text);
                });
        if (change.isEmpty())
            throw new PawlException(
                    ErrorCode.INPUT_INVALID, "want --concurrency, --rate or both; see --help");
        try (Target target = call.target()) {
            JsonNode queue = target.limitQueue(name, change);
            if (call.screen().json()) call.screen().json(queue);
            else
                call.screen()
                        .line(
                                "queue %s: %s at once, %s"
                                        .formatted(
                                                name,
                                                shown(queue.path("concurrency"))
                                                        .orElse("any number"),
                                                shown(queue.path("rate"))
                                                        .map(rate -> "starts " + rate)
                                                        .orElse("no rate")));
            return ExitCode.SUCCEEDED;
        }
    }

    private static void put(ObjectNode change, String text) {
        if (text.equals("none")) change.putNull("concurrency");
        else if (text.matches("\\d{1,9}")) change.put("concurrency", Integer.parseInt(text));
        else change.put("concurrency", text);
    }

    private static Optional<String> shown(JsonNode value) {
        return value.isMissingNode() ? Optional.empty() : Optional.of(value.asString(""));
    }
}
