package dev.pawl.store;

import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.End;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.JobError;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.LogLine;
import dev.pawl.core.Progress;
import dev.pawl.core.Ran;
import dev.pawl.core.Token;
import dev.pawl.core.Written;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The writes of a running attempt. Each names its token; no row means that the lease is lost. */
final class EndWrites {
    private EndWrites() {}

    static List<Written> end(Tx tx, List<End> ends) throws SQLException {
        Map<Token, Batches.Held> succeeded = succeedTogether(tx, ends);
        Set<JobId> parents = parentsAmong(tx, succeeded.keySet());
        var answers = new Written[ends.size()];
        for (int i = 0; i < answers.length; i++) {
            End end = ends.get(i);
            Batches.Held held = succeeded.remove(end.token());
            answers[i] =
                    held == null
                            ? end(tx, end)
                            : succeeded(tx, end, held, parents.contains(end.token().job()));
        }
        return List.of(answers);
    }

    /** Those successes that leave nothing but their output. */
    private static Map<Token, Batches.Held> succeedTogether(Tx tx, List<End> ends)
            throws SQLException {
        Optional<Batches> batches = tx.db().dialect().batches();
        var plain = new LinkedHashMap<Token, End>();
        for (End end : ends)
            if (end.to() instanceof JobState.Succeeded && end.artifacts().isEmpty())
                plain.putIfAbsent(end.token(), end);
        if (batches.isEmpty() || plain.size() < 2) return new HashMap<>();
        return batches.get().succeed(tx, List.copyOf(plain.values()));
    }

    private static Set<JobId> parentsAmong(Tx tx, Set<Token> ended) throws SQLException {
        var parents = new HashSet<JobId>();
        if (ended.isEmpty()) return parents;
        var ids = new ArrayList<UUID>(ended.size());
        for (Token token : ended) ids.add(token.job().value());
        try (Rows rows = tx.stmt(StoreSql.PARENTS_AMONG).set("ids", "uuid", ids).query()) {
            while (rows.next()) parents.add(new JobId(rows.uuid(1)));
        }
        return parents;
    }

    private static Written succeeded(Tx tx, End end, Batches.Held held, boolean parent)
            throws SQLException {
        JobId id = end.token().job();
        Ran ran = Ran.once(held.startedAt(), tx.now);
        tx.moved(
                id,
                held.lane(),
                JobState.Name.RUNNING,
                end.to().name(),
                end.token().attempt(),
                ran);
        boolean settles = held.reuse() || parent;
        return new Written.Done(
                settles && Settling.settle(tx, id, end.to(), end.output(), held.reuse()));
    }

    static Written end(Tx tx, End end) throws SQLException {
        JobId id = end.token().job();
        int lane;
        boolean reuse;
        Instant startedAt;
        try (Rows rows = token(tx.stmt(StoreSql.RUNNING_TAKE), end.token()).query()) {
            if (!rows.next()) return lost(tx, end.token());
            lane = rows.integer(1);
            reuse = rows.flag(3);
            startedAt = rows.instant(4);
        }
        int attempt = end.token().attempt();
        Ran ran = Ran.once(startedAt, tx.now);
        tx.moved(id, lane, JobState.Name.RUNNING, end.to().name(), attempt, ran);
        for (Artifact artifact : end.artifacts()) Settling.addArtifact(tx, id, artifact);
        if (end.how() != AttemptEnd.How.COMPLETED) addHistory(tx, end, startedAt);
        if (end.to() instanceof JobState.Queued queued) {
            Settling.enqueue(tx, id, lane, priority(tx, id), queued);
            return new Written.Done(false);
        }
        String output = end.error().map(JobError::message).orElse(end.output());
        Settling.addOutcome(tx, id, lane, end.to(), startedAt, output, null);
        return new Written.Done(Settling.settle(tx, id, end.to(), output, reuse));
    }

    static Written progress(Tx tx, Token token, Progress progress) throws SQLException {
        OptionalInt lane = lane(tx, token);
        if (lane.isEmpty()) return lost(tx, token);
        tx.said(token.job(), lane.getAsInt(), token.attempt());
        tx.stmt(StoreSql.PROGRESS_SET)
                .set("id", token.job().value())
                .set("attempt", token.attempt())
                .set("fraction", progress.fraction())
                .text("text", progress.text())
                .set("at", progress.at())
                .update();
        return new Written.Done(false);
    }

    static Written log(Tx tx, Token token, List<LogLine> lines) throws SQLException {
        OptionalInt lane = lane(tx, token);
        if (lane.isEmpty()) return lost(tx, token);
        if (!lines.isEmpty()) tx.said(token.job(), lane.getAsInt(), token.attempt());
        addLog(tx, token.job(), lines);
        return new Written.Done(false);
    }

    static void addLog(Tx tx, JobId id, List<LogLine> lines) throws SQLException {
        for (LogLine line : lines)
            tx.stmt(StoreSql.LOG_ADD)
                    .set("id", id.value())
                    .set("attempt", line.attempt())
                    .set("seq", line.seq())
                    .set("at", line.at())
                    .set("stream", Codes.of(line.stream()))
                    .text("text", line.text())
                    .update();
    }

    static Written stopped(Tx tx, Token token) throws SQLException {
        int gone = token(tx.stmt(StoreSql.STOPPED), token).update();
        // The slot that it held under a limit is free now.
        return gone > 0 ? new Written.Done(true) : lost(tx, token);
    }

    static void addHistory(
            Tx tx,
            Token token,
            AttemptEnd.How how,
            String worker,
            Instant startedAt,
            String message)
            throws SQLException {
        addHistory(tx, token, how, worker, startedAt, null, message);
    }

    private static void addHistory(Tx tx, End end, Instant startedAt) throws SQLException {
        ErrorClass kind = end.error().map(JobError::kind).orElse(null);
        String message = end.error().map(JobError::message).orElse(end.output());
        addHistory(tx, end.token(), end.how(), end.worker(), startedAt, kind, message);
    }

    private static void addHistory(
            Tx tx,
            Token token,
            AttemptEnd.How how,
            String worker,
            Instant startedAt,
            @Nullable ErrorClass kind,
            String message)
            throws SQLException {
        tx.stmt(StoreSql.ATTEMPT_END_ADD)
                .set("id", token.job().value())
                .set("attempt", token.attempt())
                .set("how", how.wire())
                .text("worker", worker)
                .set("started_at", startedAt)
                .set("at", tx.now)
                .set("class", kind == null ? "" : kind.wire())
                .text("message", message)
                .update();
    }

    static boolean held(Tx tx, Token token) throws SQLException {
        return lane(tx, token).isPresent();
    }

    /** The lane of the job that the token holds; empty when it holds it no more. */
    private static OptionalInt lane(Tx tx, Token token) throws SQLException {
        try (Rows rows = token(tx.stmt(StoreSql.HELD), token).query()) {
            return rows.next() ? OptionalInt.of(rows.integer(1)) : OptionalInt.empty();
        }
    }

    private static Stmt token(Stmt stmt, Token token) throws SQLException {
        return stmt.set("id", token.job().value())
                .set("attempt", token.attempt())
                .set("lease", token.lease().value());
    }

    private static int priority(Tx tx, JobId id) throws SQLException {
        try (Rows rows = tx.stmt(StoreSql.JOB_PLACE).set("id", id.value()).query()) {
            rows.next();
            return rows.integer(2);
        }
    }

    private static Written lost(Tx tx, Token token) throws SQLException {
        return new Written.LeaseLost(whereNow(tx, token));
    }

    /** Says where the job is that this attempt holds no more. */
    static String whereNow(Tx tx, Token token) throws SQLException {
        String where =
                Reading.state(tx.db(), token.job())
                        .map(state ->
                                "it is %s at attempt %d"
                                        .formatted(state.name().wire(), state.attempt()))
                        .orElse("it doesn't exist");
        return "attempt %d of job %s holds it no more: %s"
                .formatted(token.attempt(), token.job(), where);
    }
}
