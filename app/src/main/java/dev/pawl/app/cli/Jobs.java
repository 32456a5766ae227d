package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.Job;
import dev.pawl.core.JobId;
import dev.pawl.core.PawlException;
import dev.pawl.core.Store;

/** Finding jobs that a user named. */
final class Jobs {
    private Jobs() {}

    static Job find(Store store, JobId id) {
        return store.find(id).orElseThrow(() -> none(id));
    }

    static PawlException none(JobId id) {
        return new PawlException(
                ErrorCode.JOB_NOT_FOUND,
                "job %s is not in this data folder; `pawl jobs list` shows those that are"
                        .formatted(id));
    }
}
