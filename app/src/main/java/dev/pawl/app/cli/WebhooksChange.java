package dev.pawl.app.cli;

import dev.pawl.api.WebhookCalls;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** {@code pawl webhooks remove}, {@code enable} and {@code disable}. */
public final class WebhooksChange implements Command {
    private final What what;

    /** What is done to it. */
    public enum What {
        REMOVE("Tells it nothing more, and forgets it and its deliveries.", "removed"),
        ENABLE("Tells it of what happens from now on, and forgets its failures.", "on"),
        DISABLE("Tells it nothing more; what waits for it ends up dead.", "off");

        private final String summary;
        private final String done;

        What(String summary, String done) {
            this.summary = summary;
            this.done = done;
        }
    }

    public WebhooksChange(What what) {
        this.what = what;
    }

    @Override
    public String name() {
        return "webhooks " + what.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String summary() {
        return what.summary;
    }

    @Override
    public String operands() {
        return "WEBHOOK";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        String id = call.onlyOperand("webhook", "`pawl webhooks list`");
        try (Target target = call.target()) {
            WebhookCalls webhooks = target.webhooks();
            JsonNode answer =
                    switch (what) {
                        case REMOVE -> webhooks.remove(id);
                        case ENABLE -> webhooks.enable(id, true);
                        case DISABLE -> webhooks.enable(id, false);
                    };
            if (call.screen().json()) call.screen().json(answer);
            else call.screen().line("%s %s".formatted(id, what.done));
        }
        return ExitCode.SUCCEEDED;
    }
}
