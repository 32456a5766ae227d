package dev.pawl.app.cli;

import tools.jackson.databind.JsonNode;

/** {@code pawl queues pause}. */
public final class QueuesPause implements Command {
    @Override
    public String name() {
        return "queues pause";
    }

    @Override
    public String summary() {
        return "Claims nothing of a queue until it is resumed; what runs goes on.";
    }

    @Override
    public String operands() {
        return "QUEUE";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        String name = call.onlyOperand("queue", "`pawl queues list`");
        try (Target target = call.target()) {
            JsonNode queue = target.pause(name, true);
            if (call.screen().json()) call.screen().json(queue);
            else
                call.screen()
                        .line(
                                "queue %s paused; %d jobs are queued in it"
                                        .formatted(name, queue.path("queued").longValue(0)));
            return ExitCode.SUCCEEDED;
        }
    }
}
