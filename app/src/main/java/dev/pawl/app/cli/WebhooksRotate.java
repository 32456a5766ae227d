package dev.pawl.app.cli;

import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** {@code pawl webhooks rotate}. */
public final class WebhooksRotate implements Command {
    private static final Flag<Duration> OVERLAP =
            Flag.duration(
                    "--overlap",
                    "So long deliveries are signed with the secret of before too, up to 30d"
                            + " (default: 24h).");

    @Override
    public String name() {
        return "webhooks rotate";
    }

    @Override
    public String summary() {
        return "Gives a webhook another secret, and shows it this once.";
    }

    @Override
    public String operands() {
        return "WEBHOOK";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(OVERLAP);
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        String id = call.onlyOperand("webhook", "`pawl webhooks list`");
        Screen screen = call.screen();
        try (Target target = call.target()) {
            JsonNode made =
                    target.webhooks().rotate(id, call.get(OVERLAP).orElse(Duration.ofDays(1)));
            if (screen.json()) {
                screen.json(made);
                return ExitCode.SUCCEEDED;
            }
            screen.line(made.path("secret").stringValue(""));
            screen.note(
                    "that is the secret, shown this once; until %s deliveries are signed with the one of before too"
                            .formatted(made.path("former_secret_until").stringValue("")));
        }
        return ExitCode.SUCCEEDED;
    }
}
