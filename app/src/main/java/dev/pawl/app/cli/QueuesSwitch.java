package dev.pawl.app.cli;

import tools.jackson.databind.JsonNode;

/** {@code pawl queues pause} and {@code pawl queues resume}. */
public final class QueuesSwitch implements Command {
    private final boolean pauses;

    /**
     * @param pauses or resumes
     */
    public QueuesSwitch(boolean pauses) {
        this.pauses = pauses;
    }

    @Override
    public String name() {
        return pauses ? "queues pause" : "queues resume";
    }

    @Override
    public String summary() {
        return pauses
                ? "Claims nothing of a queue until it is resumed; what runs goes on."
                : "Claims of a queue again.";
    }

    @Override
    public String operands() {
        return "QUEUE";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        String name = call.onlyOperand("queue", "`pawl queues list`");
        try (Target target = call.target()) {
            JsonNode queue = target.pause(name, pauses);
            if (call.screen().json()) call.screen().json(queue);
            else
                call.screen()
                        .line(
                                "queue %s %s; %d jobs are queued in it"
                                        .formatted(
                                                name,
                                                pauses ? "paused" : "resumed",
                                                queue.path("queued").longValue(0)));
            return ExitCode.SUCCEEDED;
        }
    }
}
