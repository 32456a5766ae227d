package dev.pawl.app.cli;

/** {@code pawl webhooks test}. */
public final class WebhooksTry implements Command {
    @Override
    public String name() {
        return "webhooks test";
    }

    @Override
    public String summary() {
        return "Sends a webhook something that is no event; shows the job that does.";
    }

    @Override
    public String operands() {
        return "WEBHOOK";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        String id = call.onlyOperand("webhook", "`pawl webhooks list`");
        try (Target target = call.target()) {
            WebhooksReplay.tell(call.screen(), target.webhooks().test(id));
        }
        return ExitCode.SUCCEEDED;
    }
}
