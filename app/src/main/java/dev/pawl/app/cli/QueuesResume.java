package dev.pawl.app.cli;

import tools.jackson.databind.JsonNode;

/** {@code pawl queues resume}. */
public final class QueuesResume implements Command {
    @Override
    public String name() {
        return "queues resume";
    }

    @Override
    public String summary() {
        return "Claims of a queue again.";
    }

    @Override
    public String operands() {
        return "QUEUE";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        String name = call.onlyOperand("queue", "`pawl queues list`");
        try (Target target = call.target()) {
            JsonNode queue = target.pause(name, false);
            if (call.screen().json()) call.screen().json(queue);
            else
                call.screen()
                        .line(
                                "queue %s resumed; %d jobs are queued in it"
                                        .formatted(name, queue.path("queued").longValue(0)));
            return ExitCode.SUCCEEDED;
        }
    }
}
