package dev.pawl.core;

/**
 * What every write of a running attempt names, and what fences it: the job, the attempt's number,
 * which each claim raises, and the claim's random id. The random part makes an attempt number that
 * was handed out twice (a restore, a failover that lost the last commits) harmless.
 *
 * @param attempt number of this attempt; the first is 1
 */
public record Token(JobId job, int attempt, LeaseId lease) {
    public Token {
        if (attempt < 1)
            throw new IllegalArgumentException("attempt is " + attempt + ", want >= 1");
    }

    /** Of the job alone: hardly two attempts of one are ever in the same map. */
    @Override
    public int hashCode() {
        return job.value().hashCode();
    }
}
