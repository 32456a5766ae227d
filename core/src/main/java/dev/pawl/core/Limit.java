package dev.pawl.core;

/**
 * How many attempts may run at once among all jobs that name the same limit, across all processes
 * on one store. The store computes it from live leases, so that no crash can leak a slot. The
 * maximum that was submitted last holds for all of them: who edits it need not wait for old jobs.
 *
 * @param name what is limited, as {@code tool:plantuml@1}; empty for no limit
 * @param max at least 1; {@link Integer#MAX_VALUE} for no limit
 */
public record Limit(String name, int max) {
    public static final Limit NONE = new Limit("", Integer.MAX_VALUE);

    public Limit {
        if (max < 1) throw new IllegalArgumentException("max is " + max + ", want >= 1");
    }
}
