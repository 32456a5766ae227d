package dev.pawl.app.cli;

import dev.pawl.core.JobId;
import tools.jackson.databind.JsonNode;

/** {@code pawl cache why}: what the key is made of, and what differs from the nearest job. */
public final class CacheWhy implements Command {
    @Override
    public String name() {
        return "cache why";
    }

    @Override
    public String summary() {
        return "Says why a job was answered from the cache or not.";
    }

    @Override
    public String operands() {
        return "JOB";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        JobId id = call.job();
        try (Target target = call.target()) {
            JsonNode why = target.cacheWhy(id);
            if (call.screen().json()) call.screen().json(why);
            else print(call.screen(), why);
            return ExitCode.SUCCEEDED;
        }
    }

    private static void print(Screen screen, JsonNode why) {
        Style style = screen.style();
        screen.line(why.path("text").stringValue(""));
        JsonNode key = why.path("key");
        if (key.isMissingNode()) return;
        screen.line("");
        screen.line(style.strong("key ") + why.path("input_hash").stringValue(""));
        screen.line(
                "  tool     %s@%s"
                        .formatted(
                                key.path("tool").stringValue(""),
                                key.path("version").stringValue("")));
        screen.line("  input    " + Screen.clean(key.path("input").toString()));
        String program = key.path("program").stringValue("");
        if (!program.isEmpty())
            screen.line("  program  " + Screen.clean(program.replace('\n', ' ')));
        for (var variable : key.path("environment").properties())
            screen.line(
                    "  variable %s=%s"
                            .formatted(
                                    variable.getKey(),
                                    Screen.clean(variable.getValue().stringValue(""))));
        if (why.path("nearest").isMissingNode()) return;
        screen.line("");
        JsonNode differences = why.path("differences");
        screen.line(
                style.strong("nearest earlier job ")
                        + why.path("nearest").stringValue("")
                        + (differences.isEmpty() ? " has the same key" : " differs:"));
        for (JsonNode difference : differences.values()) {
            screen.line("  " + difference.path("pointer").stringValue(""));
            screen.line(style.bad("    - " + shown(difference.path("before"))));
            screen.line(style.good("    + " + shown(difference.path("after"))));
        }
    }

    private static String shown(JsonNode side) {
        return side.isMissingNode() ? "(nothing)" : Screen.clean(side.toString());
    }
}
