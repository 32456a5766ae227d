package dev.pawl.store;

import dev.pawl.core.Artifact;
import dev.pawl.core.AttemptEnd;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.PastJob;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Stores jobs that have ended elsewhere: each with its row in job and its outcome at once. */
final class PastWrites {
    private PastWrites() {}

    static Set<JobId> adopt(Tx tx, List<PastJob> jobs) throws SQLException {
        var adopted = new LinkedHashSet<JobId>();
        for (PastJob job : jobs) if (adopt(tx, job)) adopted.add(job.id());
        return adopted;
    }

    private static boolean adopt(Tx tx, PastJob job) throws SQLException {
        Names.Lane lane = SubmitWrites.lane(tx, job.submission());
        if (!SubmitWrites.addJob(tx, job.id(), job.submission(), lane, job.submittedAt()))
            return false;
        tx.stmt(StoreSql.OUTCOME_ADD)
                .set("id", job.id().value())
                .set("lane", lane.id())
                .set("attempt", job.state().attempt())
                .set("state", Settling.code(job.state()))
                .set("at", job.endedAt())
                .set("started_at", job.started())
                .set("output", job.output())
                .set("class", job.state() instanceof JobState.Dead dead ? dead.kind().wire() : "")
                .setNull("cached_from")
                .update();
        for (AttemptEnd end : job.history())
            tx.stmt(StoreSql.ATTEMPT_END_ADD)
                    .set("id", job.id().value())
                    .set("attempt", end.attempt())
                    .set("how", end.how().wire())
                    .text("worker", end.worker())
                    .set("started_at", end.startedAt())
                    .set("at", end.at())
                    .set("class", end.kind().map(kind -> kind.wire()).orElse(""))
                    .text("message", end.message())
                    .update();
        EndWrites.addLog(tx, job.id(), job.log());
        for (Artifact artifact : job.artifacts()) Settling.addArtifact(tx, job.id(), artifact);
        tx.adopted(lane.id(), job.state().name(), job.ran());
        return true;
    }
}
