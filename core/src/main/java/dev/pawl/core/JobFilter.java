package dev.pawl.core;

import java.time.Instant;
import java.util.Set;

/**
 * Which jobs a list holds: those that match every part. An empty part matches all.
 *
 * @param tool a tool's name, or name@version
 * @param since submitted then or later; {@link Instant#EPOCH} for all
 * @param before submitted earlier; {@link Instant#MAX} for all
 */
public record JobFilter(
        Set<JobState.Name> states,
        String tool,
        String queue,
        String tag,
        String correlationId,
        String causation,
        String tenant,
        Instant since,
        Instant before) {
    public static final JobFilter ALL =
            new JobFilter(Set.of(), "", "", "", "", "", "", Instant.EPOCH, Instant.MAX);

    public JobFilter {
        states = Set.copyOf(states);
    }

    public JobFilter withStates(Set<JobState.Name> value) {
        return new JobFilter(
                value, tool, queue, tag, correlationId, causation, tenant, since, before);
    }

    public JobFilter withTool(String value) {
        return new JobFilter(
                states, value, queue, tag, correlationId, causation, tenant, since, before);
    }

    public JobFilter withQueue(String value) {
        return new JobFilter(
                states, tool, value, tag, correlationId, causation, tenant, since, before);
    }

    public JobFilter withTag(String value) {
        return new JobFilter(
                states, tool, queue, value, correlationId, causation, tenant, since, before);
    }

    public JobFilter withCorrelationId(String value) {
        return new JobFilter(states, tool, queue, tag, value, causation, tenant, since, before);
    }

    public JobFilter withCausation(String value) {
        return new JobFilter(states, tool, queue, tag, correlationId, value, tenant, since, before);
    }

    public JobFilter withTenant(String value) {
        return new JobFilter(
                states, tool, queue, tag, correlationId, causation, value, since, before);
    }

    public JobFilter withTime(Instant from, Instant to) {
        return new JobFilter(states, tool, queue, tag, correlationId, causation, tenant, from, to);
    }
}
