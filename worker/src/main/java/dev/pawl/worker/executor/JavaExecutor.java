package dev.pawl.worker.executor;

import dev.pawl.core.Artifacts;
import dev.pawl.core.Attempt;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Executor;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.PawlException;
import dev.pawl.tool.FieldError;
import dev.pawl.tool.FileRef;
import dev.pawl.tool.Tool;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Runs a tool that is a handler of this program, on the attempt's own thread. */
final class JavaExecutor implements Executor {
    private static final int FRAMES_MAX = 20;

    /** The output of a handler that has none. */
    private static final Json.Reading.Value NOTHING = new Json.Reading.Value("{}", Json.read("{}"));

    private final Tool tool;
    private final String name;
    private final Handlers handlers;
    private final Artifacts artifacts;

    JavaExecutor(Tool tool, String name, Handlers handlers, Artifacts artifacts) {
        this.tool = tool;
        this.name = name;
        this.handlers = handlers;
        this.artifacts = artifacts;
    }

    @Override
    public Outcome run(Attempt attempt) throws InterruptedException {
        if (Thread.interrupted()) throw new InterruptedException();
        var handler = handlers.find(name);
        if (handler.isEmpty())
            return Outcome.failed(
                    ErrorClass.CONFIGURATION,
                    "handler \"%s\" is not registered in this program; it has %s"
                            .formatted(name, handlers.names()));
        try {
            return outcome(handler.get(), attempt);
        } catch (JobFailure e) {
            return new Outcome.Failed(e.error(), List.of());
        }
    }

    private <I> Outcome outcome(Handlers.Registered<I> handler, Attempt attempt)
            throws InterruptedException {
        I input;
        try {
            input = input(handler, attempt.job().submission().input());
        } catch (JacksonException e) {
            return Outcome.failed(
                    ErrorClass.USER,
                    new FieldError(Json.pointer(e), handler.mistake(e)).toString());
        }
        try {
            return output(handler.handler().run(input, attempt));
        } catch (Snooze e) {
            return new Outcome.Snoozed(e.delay(), String.valueOf(e.getMessage()));
        } catch (JobFailure e) {
            return new Outcome.Failed(e.error(), List.of());
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            // What breaks because its thread was interrupted broke because it was to stop.
            if (Thread.interrupted()) throw interrupted(e);
            logTrace(attempt, e);
            return Outcome.failed(kind(e), message(e));
        }
    }

    private <I> I input(Handlers.Registered<I> handler, String text) {
        return FileRef.mayBeIn(text)
                ? handler.read(InlineFiles.in(Json.read(text), artifacts))
                : handler.read(text);
    }

    private Outcome output(@Nullable Object result) {
        if (result instanceof Outcome outcome) return outcome;
        if (result == null) return Outputs.checked(tool, NOTHING, List.of());
        JsonNode node;
        String text;
        try {
            node = Json.MAPPER.valueToTree(result);
            text = Json.MAPPER.writeValueAsString(node);
        } catch (JacksonException e) {
            return Outcome.failed(
                    ErrorClass.PERMANENT,
                    "handler \"%s\" returned what can't be written as JSON: %s"
                            .formatted(name, e.getOriginalMessage()));
        }
        return Outputs.checked(tool, new Json.Reading.Value(text, node), List.of());
    }

    private static ErrorClass kind(Throwable e) {
        return switch (e) {
            case StackOverflowError _ -> ErrorClass.PERMANENT;
            case VirtualMachineError _ -> ErrorClass.INFRASTRUCTURE;
            case LinkageError _ -> ErrorClass.CONFIGURATION;
            case PawlException pawl when pawl.code().blame() == ErrorCode.Blame.SERVER ->
                    ErrorClass.INFRASTRUCTURE;
            default -> ErrorClass.TRANSIENT;
        };
    }

    private static String message(Throwable e) {
        String what =
                e.getMessage() == null
                        ? e.getClass().getSimpleName()
                        : e.getClass().getSimpleName() + ": " + e.getMessage();
        return switch (e) {
            case StackOverflowError _ -> what + "; the handler calls itself too deep";
            case OutOfMemoryError _ -> what + "; give the worker more memory, or fewer slots";
            default -> what;
        };
    }

    private static void logTrace(Attempt attempt, Throwable e) {
        attempt.log(LogLine.Stream.PAWL, e.toString());
        Stream.of(e.getStackTrace())
                .limit(FRAMES_MAX)
                .forEach(frame -> attempt.log(LogLine.Stream.PAWL, "  at " + frame));
    }

    private static InterruptedException interrupted(Throwable cause) {
        var stop = new InterruptedException("interrupted");
        stop.initCause(cause);
        return stop;
    }
}
