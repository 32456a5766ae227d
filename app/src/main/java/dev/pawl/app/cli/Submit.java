package dev.pawl.app.cli;

import dev.pawl.api.Accepted;
import dev.pawl.api.Answer;
import dev.pawl.api.SubmitRequest;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobId;
import dev.pawl.core.PawlException;
import dev.pawl.tool.Requests;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

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
    public Expansion expand(Call first) throws InterruptedException {
        String name = first.operands().getFirst();
        ToolForm tool = first.tools(source -> source.tool(name));
        return new Expansion(
                name, tool.title() + ".", new ToolFlags(tool, Run.taken(flags())).list());
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        String name = call.onlyOperand("tool", "`pawl tools list`");
        ToolForm tool = call.tools(source -> source.tool(name));
        try (Target target = call.target()) {
            var batch = new Batch(call, target, tool);
            if (call.has(BATCH)) return batch.fromStdin();
            return batch.one(new ToolFlags(tool, Run.taken(flags())).input(call, target));
        }
    }

    /** Submits inputs of one tool under the same options. */
    private record Batch(Call call, Target target, ToolForm tool) {
        ExitCode one(JsonNode input) throws InterruptedException {
            return answer(target.submit(List.of(request(input))).getFirst(), "");
        }

        /**
         * Good lines are submitted even where others are bad; each bad one is told with its line.
         */
        ExitCode fromStdin() throws InterruptedException {
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

        private record Line(String place, SubmitRequest request) {}

        private ExitCode add(List<Line> lines, String text, String place) {
            try {
                lines.add(new Line(place, request(Requests.parse(text))));
                return ExitCode.SUCCEEDED;
            } catch (PawlException e) {
                return refused(e.code(), String.valueOf(e.getMessage()), place);
            }
        }

        private ExitCode submit(List<Line> lines) throws InterruptedException {
            ExitCode end = ExitCode.SUCCEEDED;
            if (lines.isEmpty()) return end;
            List<Answer> answers = target.submit(lines.stream().map(Line::request).toList());
            for (int i = 0; i < lines.size(); i++)
                end = worse(end, answer(answers.get(i), lines.get(i).place()));
            lines.clear();
            return end;
        }

        private static ExitCode worse(ExitCode a, ExitCode b) {
            return a == ExitCode.SUCCEEDED ? b : a;
        }

        private SubmitRequest request(JsonNode input) {
            ObjectNode request = SubmitFlags.request(call, tool, input);
            call.get(RUN_AT).ifPresent(at -> request.put("run_at", at.toString()));
            call.get(IN).ifPresent(in -> request.put("delay_ms", in.toMillis()));
            call.get(TTL).ifPresent(ttl -> request.put("ttl_ms", ttl.toMillis()));
            List<JobId> parents = call.all(PARENT);
            if (!parents.isEmpty()) {
                var ids = request.putArray("parents");
                parents.forEach(parent -> ids.add(parent.toString()));
            }
            call.get(ON_PARENT_FAILURE)
                    .ifPresent(what ->
                            request.put(
                                    "on_parent_failure",
                                    what == OnParentFailure.GO_ON ? "go_on" : "cancel"));
            return new SubmitRequest(request);
        }

        private ExitCode answer(Answer answer, String place) {
            return switch (answer) {
                case Accepted accepted -> accepted(accepted);
                case Answer.Refused(var code, var message) -> refused(code, message, place);
            };
        }

        private ExitCode accepted(Accepted accepted) {
            if (call.screen().json()) {
                var fields = new LinkedHashMap<String, Object>();
                fields.put("id", accepted.id());
                fields.put("state", accepted.state().wire());
                call.screen().json(fields);
            } else {
                call.screen().line(accepted.id().toString());
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
