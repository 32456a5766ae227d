package dev.pawl.server;

import dev.pawl.core.ApiKey;
import dev.pawl.core.JobFilter;
import dev.pawl.core.Role;
import dev.pawl.core.Submission;
import dev.pawl.core.User;

/**
 * Who asks.
 *
 * @param name the owner of the jobs it submits; empty where nobody needs a key
 * @param tenant whose jobs it reaches; empty for those of all
 */
public record Caller(String name, Role role, String tenant) {
    static Caller of(User user) {
        return new Caller(user.name(), user.role(), user.tenant());
    }

    /** Whoever shows no key, where that is allowed. */
    static Caller anonymous(Role role) {
        return role == Role.ADMIN
                ? new Caller("", role, "")
                : new Caller(ApiKey.ANONYMOUS, role, Submission.DEFAULT_TENANT);
    }

    /** Whether it reaches what isn't one tenant's: queues, workers, keys. */
    public boolean reachesAll() {
        return role == Role.ADMIN && tenant.isEmpty();
    }

    /** Whether a job that was submitted so is its to see. */
    public boolean sees(Submission job) {
        return (tenant.isEmpty() || tenant.equals(job.tenant()))
                && (role == Role.ADMIN || name.equals(job.owner()));
    }

    /** The same filter, of what it may see. */
    public JobFilter limited(JobFilter filter) {
        JobFilter limited = tenant.isEmpty() ? filter : filter.withTenant(tenant);
        return role == Role.ADMIN ? limited : limited.withOwner(name);
    }

    /** Whose the jobs are that it submits. */
    public void own(Submission.Builder builder) {
        if (!tenant.isEmpty()) builder.tenant(tenant);
        if (!name.isEmpty()) builder.owner(name);
    }
}
