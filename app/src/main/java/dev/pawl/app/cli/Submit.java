package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** {@code pawl submit}: stores a job and prints its id. */
public final class Submit implements Command {
    private enum OnParentFailure {
        CANCEL,
        GO_ON
    }

    private static final Flag<Instant> RUN_AT = Flag.instant("--run-at", "Earliest start.");
    private static final Flag<Duration> IN =
            Flag.duration("--in", "Earliest start, counted from now.");
    private static final Flag<Duration> TTL =
            Flag.duration("--ttl", "The job is dead if nobody has started it by then.");
    private static final Flag<JobId> PARENT =
            Flag.job("--parent", "A job that must end first; may be repeated.").repeated();
    private static final Flag<OnParentFailure> ON_PARENT_FAILURE =
            Flag.choice(
                    "--on-parent-failure",
                    OnParentFailure.class,
                    "What to do when a parent has not succeeded (default: cancel).");
    private static final Flag<Boolean> BATCH =
            Flag.on("--batch", "Read inputs from stdin, one JSON object per line.");

    // Lines of a batch that share a commit.
    private static final int BATCH_MAX = 500;

    @Override
    public String name() {
        return "submit";
    }

    @Override
    public String summary() {
        return "Stores a job for a worker to run, and prints its id.";
    }

    @Override
    public String operands() {
        return "TOOL";
    }

    @Override
    public List<Flag<?>> flags() {
        var flags =
                new ArrayList<Flag<?>>(List.of(RUN_AT, IN, TTL, PARENT, ON_PARENT_FAILURE, BATCH));
        flags.addAll(SubmitFlags.ALL);
        return flags;
    }

    @Override
    public boolean readsTheRest() {
        return true;
    }

    @Override
    public Expansion expand(Call first) {
        String name = first.operands().getFirst();
        Tool tool = ToolFlags.find(first.tools(), name);
        return new Expansion(
                name, tool.title() + ".", new ToolFlags(tool, Run.taken(flags())).list());
    }

    @Override
    public ExitCode run(Call call) {
        String name = call.onlyOperand("tool", "`pawl tools list`");
        Tool tool = ToolFlags.find(call.tools(), name);
        try (Opened opened = call.open()) {
            var batch = new Batch(call, opened, tool, call.wiring().requests(opened));
            if (call.has(BATCH)) return batch.fromStdin();
            JsonNode input =
                    new ToolFlags(tool, Run.taken(flags())).input(call, opened.artifacts());
            return batch.one(input);
        }
    }

    /** Submits inputs of one tool under the same options. */
    private record Batch(Call call, Opened opened, Tool tool, Requests requests) {
        ExitCode one(JsonNode input) {
            return answer(opened.engine().submit(submission(input)), "");
        }

        /**
         * Good lines are submitted even where others are bad; each bad one is told with its line.
         */
        ExitCode fromStdin() {
            ExitCode end = ExitCode.SUCCEEDED;
            var lines = new ArrayList<Line>();
            int number = 0;
            try (var reader =
                    new BufferedReader(
                            new InputStreamReader(call.outside().in(), StandardCharsets.UTF_8))) {
                for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                    number++;
                    if (!text.isBlank()) end = worse(end, add(lines, text, "line " + number));
                    if (lines.size() == BATCH_MAX) end = worse(end, submit(lines));
                }
            } catch (IOException e) {
                throw new PawlException(
                        ErrorCode.INPUT_INVALID, "stdin can't be read: " + e.getMessage(), e);
            }
            return worse(end, submit(lines));
        }

        private record Line(String place, Submission submission) {}

        private ExitCode add(List<Line> lines, String text, String place) {
            try {
                lines.add(new Line(place, submission(requests.parse(text))));
                return ExitCode.SUCCEEDED;
            } catch (PawlException e) {
                return refused(e.code(), String.valueOf(e.getMessage()), place);
            }
        }

        private ExitCode submit(List<Line> lines) {
            ExitCode end = ExitCode.SUCCEEDED;
            if (lines.isEmpty()) return end;
            List<Submitted> answers =
                    opened.engine().submit(lines.stream().map(Line::submission).toList());
            for (int i = 0; i < lines.size(); i++)
                end = worse(end, answer(answers.get(i), lines.get(i).place()));
            lines.clear();
            return end;
        }

        private static ExitCode worse(ExitCode a, ExitCode b) {
            return a == ExitCode.SUCCEEDED ? b : a;
        }

        private Submission submission(JsonNode input) {
            return SubmitFlags.submission(
                    requests, tool, input, call.has(SubmitFlags.NO_CACHE), this::apply);
        }

        private void apply(Submission.Builder builder) {
            SubmitFlags.apply(call, builder);
            call.get(RUN_AT).ifPresent(builder::runAt);
            call.get(IN).ifPresent(in -> builder.runAt(opened.store().now().plus(in)));
            call.get(TTL).ifPresent(builder::ttl);
            builder.parents(new LinkedHashSet<>(call.all(PARENT)));
            call.get(ON_PARENT_FAILURE)
                    .ifPresent(what -> builder.goOn(what == OnParentFailure.GO_ON));
        }

        private ExitCode answer(Submitted answer, String place) {
            return switch (answer) {
                case Submitted.Accepted(var id, var state) -> accepted(id, state);
                case Submitted.Existing(var id) ->
                        accepted(id, Jobs.find(opened.store(), id).state());
                case Submitted.Refused(var code, var message) -> refused(code, message, place);
            };
        }

        private ExitCode accepted(JobId id, JobState state) {
            if (call.screen().json()) {
                var fields = new LinkedHashMap<String, Object>();
                fields.put("id", id);
                fields.put("state", state.name().wire());
                call.screen().json(fields);
            } else {
                call.screen().line(id.toString());
            }
            return ExitCode.SUCCEEDED;
        }

        private ExitCode refused(ErrorCode code, String message, String place) {
            if (place.isEmpty()) throw new PawlException(code, message);
            if (call.screen().json()) {
                var fields = new LinkedHashMap<String, Object>();
                fields.put("place", place);
                fields.put("error", code.wire());
                fields.put("message", message);
                call.screen().json(fields);
            } else {
                call.screen().note("pawl: %s: %s".formatted(place, message));
            }
            return ExitCode.of(code);
        }
    }
}
