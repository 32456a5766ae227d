package dev.pawl.app.cli;

import dev.pawl.app.config.Configuration;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobId;
import dev.pawl.core.PawlException;
import dev.pawl.tool.Tools;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One call of a command: what was given with it, and what it may use.
 *
 * @param values by flag, as they were written
 * @param operands what is no flag
 */
public record Call(
        Map<String, List<String>> values,
        List<String> operands,
        Configuration configuration,
        Outside outside,
        Screen screen,
        Wiring wiring) {
    <T> Optional<T> get(Flag<T> flag) {
        return all(flag).stream().reduce((_, last) -> last);
    }

    <T> List<T> all(Flag<T> flag) {
        return values.getOrDefault(flag.name(), List.of()).stream().map(flag::read).toList();
    }

    boolean has(Flag<Boolean> flag) {
        return get(flag).orElse(false);
    }

    /** The operands as jobs; at least one. */
    List<JobId> jobs() {
        if (operands.isEmpty())
            throw new PawlException(
                    ErrorCode.INPUT_INVALID, "no job is named; `pawl jobs list` shows their ids");
        return operands.stream().map(Call::job).toList();
    }

    /** The only job that is named. */
    JobId job() {
        List<JobId> jobs = jobs();
        if (jobs.size() > 1)
            throw new PawlException(
                    ErrorCode.INPUT_INVALID, jobs.size() + " jobs are named; want one");
        return jobs.getFirst();
    }

    /** The one operand there must be. */
    String onlyOperand(String what, String list) {
        if (operands.size() == 1) return operands.getFirst();
        throw new PawlException(
                ErrorCode.INPUT_INVALID,
                operands.isEmpty()
                        ? "no %s is named; %s shows what there is".formatted(what, list)
                        : "\"%s\" is one word too many; a value needs its flag"
                                .formatted(operands.get(1)));
    }

    /** The tools there are. Problems in their files are not the caller's concern here. */
    Tools tools() {
        wiring.startLog(configuration, false);
        return wiring.tools(configuration);
    }

    /** Where the jobs are: on the server that is named, else in the data folder. */
    Target target() {
        wiring.startLog(configuration, false);
        return wiring.target(configuration);
    }

    /** What is asked of the tools there are, on the server that is named, else in tool files. */
    interface AboutTools<T> {
        T of(ToolSource source) throws InterruptedException;
    }

    <T> T tools(AboutTools<T> question) throws InterruptedException {
        if (configuration.remote().isEmpty()) return question.of(new FileTools(tools()));
        try (Target target = target()) {
            return question.of(target);
        }
    }

    /** Opens the data folder for a command that works on what is there. */
    Opened open() {
        wiring.startLog(configuration, false);
        return wiring.open(configuration);
    }

    private static JobId job(String text) {
        return JobId.parse(text)
                .orElseThrow(() ->
                        new PawlException(
                                ErrorCode.INPUT_INVALID,
                                "job \"%s\": want a job's id, as `pawl jobs list` shows it"
                                        .formatted(text)));
    }
}
