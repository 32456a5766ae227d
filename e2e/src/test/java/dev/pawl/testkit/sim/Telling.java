package dev.pawl.testkit.sim;

import dev.pawl.core.Claim;
import dev.pawl.core.Claimed;
import dev.pawl.core.End;
import dev.pawl.core.JobState;
import dev.pawl.core.NewJob;
import dev.pawl.core.Renewed;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.Token;
import dev.pawl.core.Written;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Calls and their answers in a few words each. */
final class Telling {
    private Telling() {}

    static String of(Op<?> op) {
        return switch (op) {
            case Op.Submit(var jobs) -> "submit " + all(jobs, Telling::job);
            case Op.DropKept(var tenant, var hash, var job) ->
                    "drop kept %s %s of %s".formatted(tenant, tail(hash), job);
            case Op.PruneKept(var until) -> "prune kept until " + until;
            case Op.Take(var claim) ->
                    "claim under lease %s: %s, spent %s"
                            .formatted(
                                    claim.lease(),
                                    all(claim.wants(), Telling::want),
                                    sorted(claim.spent()));
            case Op.Answer(var hits) ->
                    "answer " + all(hits, hit -> "%s by %s".formatted(hit.job(), hit.kept().job()));
            case Op.Renew(var renewal) ->
                    "renew for %s: %s".formatted(renewal.worker(), sorted(renewal.held()));
            case Op.SetProgress(var token, var progress) ->
                    "progress of %s: %s".formatted(token(token), progress.fraction());
            case Op.AddLog(var token, var lines) ->
                    "log of %s: %d lines".formatted(token(token), lines.size());
            case Op.Ends(var ends) -> "end " + all(ends, Telling::end);
            case Op.Stopped(var token) -> "stopped " + token(token);
            case Op.TakeLead(var duty, var holder, var _, var _) ->
                    "%s leads %s".formatted(holder, duty);
            case Op.Resign(var holder) -> holder + " resigns";
            case Op.Promote _ -> "promote";
            case Op.Expire _ -> "expire";
            case Op.Sweep _ -> "sweep";
            case Op.PruneEvents _ -> "prune events";
            case Op.Forfeit(var worker) -> "forfeit leases of " + worker;
            case Op.Reclaim(var seen, var _) ->
                    "reclaim lease %s of %s, seen until %s"
                            .formatted(seen.id(), seen.worker(), seen.until());
            case Op.Cancel(var id) -> "cancel " + id;
            case Op.Redrive(var id, var notBefore) ->
                    "redrive %s not before %s".formatted(id, notBefore);
            case Op.Discard(var id) -> "discard " + id;
            case Op.SetQueue(var queue) -> "set " + queue;
            case Op.Register(var worker) -> "register " + worker.id();
            case Op.Unregister(var worker) -> "unregister " + worker;
        };
    }

    static String answer(Object answer) {
        return switch (answer) {
            case Claimed(var jobs, var answerable, var due) ->
                    "%s, answerable %s, next due %s"
                            .formatted(
                                    all(jobs, j -> token(j.token())),
                                    all(answerable, a -> a.job().toString()),
                                    due);
            case Renewed(var leases, var stop, var _) ->
                    "stand: %s, stop: %s".formatted(sorted(leases), sorted(stop));
            case Submitted.Accepted(var id, var state) -> id + " " + answer(state);
            case JobState.Waiting(var on, var follower) ->
                    "Waiting[%s%s]".formatted(follower ? "follows " : "for ", sorted(on));
            case Optional<?> some -> some.map(Telling::answer).orElse("no such job");
            case Submitted.Refused(var code, var _) -> code.wire();
            case Written.Done _ -> "done";
            case Written.LeaseLost(var reason) -> "lost: " + reason;
            case List<?> list -> all(list, Telling::answer);
            default -> answer.toString();
        };
    }

    private static String job(NewJob job) {
        Submission s = job.submission();
        var text = new StringBuilder();
        text.append("%s %s in %s".formatted(job.id(), s.tool(), s.queue()));
        if (s.priority() != 0) text.append(", priority ").append(s.priority());
        if (!s.parents().isEmpty())
            text.append(", after ")
                    .append(s.parents().stream().sorted().toList())
                    .append(s.goOn() ? " however they end" : "");
        if (s.runAt().toEpochMilli() > 0) text.append(", not before ").append(s.runAt());
        if (!s.ttl().isZero()) text.append(", ttl ").append(s.ttl());
        if (!s.limit().name().isEmpty()) text.append(", limit ").append(s.limit().name());
        if (!s.reuse().never())
            text.append(", shared %s %s".formatted(s.tenant(), tail(s.key().hash())));
        if (!s.idempotencyKey().isEmpty()) text.append(", key ").append(s.idempotencyKey());
        text.append(", ").append(s.retry().attempts()).append(" tries");
        job.answer().ifPresent(kept -> text.append(", answered by ").append(kept.job()));
        return text.toString();
    }

    private static String want(Claim.Want want) {
        return "%d of %s".formatted(want.max(), sorted(want.tools()));
    }

    private static String end(End end) {
        return "%s %s -> %s%s"
                .formatted(
                        token(end.token()),
                        end.how().wire(),
                        end.to(),
                        end.error().map(e -> " (" + e.kind().wire() + ")").orElse(""));
    }

    static String token(Token token) {
        return "%s#%d/%s".formatted(token.job(), token.attempt(), token.lease());
    }

    /** In an order of its own: that of a set differs from one JVM to the next. */
    private static List<String> sorted(Set<?> of) {
        return of.stream().map(Object::toString).sorted().toList();
    }

    private static String tail(String hash) {
        return hash.substring(Math.max(0, hash.length() - 4));
    }

    private static <T> String all(
            Collection<T> of, java.util.function.Function<? super T, String> told) {
        return of.stream().map(told).collect(Collectors.joining("; ", "[", "]"));
    }
}
