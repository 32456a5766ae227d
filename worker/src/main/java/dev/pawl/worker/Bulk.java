package dev.pawl.worker;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.tool.FieldError;
import dev.pawl.tool.Requests.Request;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Very many inputs, stored in their order, a part in each commit. The parts that follow are checked
 * meanwhile, on as many threads as there are processors, which end with the call.
 */
final class Bulk {
    /** In one commit. */
    static final int PART = 1_000;

    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors());

    /** So many parts are checked and wait, or are being checked; what it costs in memory. */
    private static final int AHEAD = THREADS + 1;

    /** An input's submission, or why there is none. */
    private sealed interface Checked {
        record Fits(Submission submission) implements Checked {}

        record Not(Submitted.Refused why) implements Checked {}
    }

    private Bulk() {}

    /**
     * Answers in the order of the inputs.
     *
     * @param check called on several threads
     * @param store called by the caller's thread
     */
    static <I> List<Submitted> submit(
            List<I> inputs,
            Function<I, Request> check,
            Function<List<Submission>, List<Submitted>> store) {
        var answers = new ArrayList<Submitted>(inputs.size());
        Deque<CompletableFuture<List<Checked>>> ahead = new ArrayDeque<>();
        ExecutorService threads = threads();
        try {
            for (int from = 0; from < inputs.size() || !ahead.isEmpty(); from += PART) {
                if (from < inputs.size()) {
                    List<I> part = inputs.subList(from, Math.min(inputs.size(), from + PART));
                    ahead.add(CompletableFuture.supplyAsync(() -> checked(part, check), threads));
                    if (ahead.size() < AHEAD && from + PART < inputs.size()) continue;
                }
                store(ahead.remove().join(), store, answers);
            }
            return answers;
        } catch (CompletionException e) {
            // As where it is checked by the caller's own thread.
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            throw e;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Platform threads: they compute and wait for nothing. */
    private static ExecutorService threads() {
        return Executors.newFixedThreadPool(
                THREADS, Thread.ofPlatform().daemon().name("pawl-check-", 0).factory());
    }

    private static <I> List<Checked> checked(List<I> inputs, Function<I, Request> check) {
        var checked = new ArrayList<Checked>(inputs.size());
        for (I input : inputs) checked.add(checked(input, check));
        return checked;
    }

    private static <I> Checked checked(I input, Function<I, Request> check) {
        try {
            return switch (check.apply(input)) {
                case Request.Ready(var submission, var _) -> new Checked.Fits(submission);
                case Request.Wrong(var errors) -> new Checked.Not(invalid(errors));
            };
        } catch (PawlException e) {
            if (e.code().blame() != ErrorCode.Blame.CALLER) throw e;
            return new Checked.Not(new Submitted.Refused(e.code(), String.valueOf(e.getMessage())));
        }
    }

    private static Submitted.Refused invalid(List<FieldError> errors) {
        return new Submitted.Refused(
                ErrorCode.INPUT_INVALID,
                errors.stream().map(FieldError::toString).collect(Collectors.joining("; ")));
    }

    private static void store(
            List<Checked> part,
            Function<List<Submission>, List<Submitted>> store,
            List<Submitted> answers) {
        var fitting = new ArrayList<Submission>(part.size());
        for (Checked one : part)
            if (one instanceof Checked.Fits(var submission)) fitting.add(submission);
        var stored = (fitting.isEmpty() ? List.<Submitted>of() : store.apply(fitting)).iterator();
        for (Checked one : part)
            answers.add(
                    switch (one) {
                        case Checked.Fits _ -> stored.next();
                        case Checked.Not(var why) -> why;
                    });
    }
}
