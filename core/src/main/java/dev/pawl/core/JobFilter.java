package dev.pawl.core;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Which jobs a list holds: those that match every part. An empty part matches all.
 *
 * @param tool a tool's name, or name@version
 * @param since submitted then or later; {@link Instant#EPOCH} for all
 * @param before submitted earlier; {@link Instant#MAX} for all
 * @param idempotencyKey of this tenant, or of the default one where none is named
 * @param error what the error of a dead job contains, or the last failure of a queued or running
 *     one; ASCII letters match in both cases
 * @param inputs fields of the input with their values; at most {@value #INPUTS_MAX}
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
        Instant before,
        String idempotencyKey,
        String error,
        List<InputField> inputs) {
    public static final int INPUTS_MAX = 4;

    public static final JobFilter ALL =
            new JobFilter(
                    Set.of(),
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    Instant.EPOCH,
                    Instant.MAX,
                    "",
                    "",
                    List.of());

    /**
     * A field of the input that has this value.
     *
     * @param steps the way to it: names, and places in lists as digits; at least one
     * @param value a text itself; a number, true, false and null as they are written in JSON
     */
    public record InputField(List<String> steps, String value) {
        public InputField {
            steps = List.copyOf(steps);
            if (steps.isEmpty())
                throw new IllegalArgumentException("the input's field has no name");
            for (String step : steps)
                if (step.isEmpty() || step.chars().anyMatch(c -> c == '"' || c == '\\' || c < ' '))
                    throw new IllegalArgumentException(
                            "input field \"%s\" can't be looked for: a name is empty or has a quote, backslash or control character in it"
                                    .formatted(String.join(".", steps)));
        }
    }

    public JobFilter {
        states = Set.copyOf(states);
        inputs = List.copyOf(inputs);
        if (inputs.size() > INPUTS_MAX)
            throw new IllegalArgumentException(
                    "%d fields of the input are named; want at most %d"
                            .formatted(inputs.size(), INPUTS_MAX));
    }

    /**
     * Whether it names nothing but states, tool and queue: what indexes list and counters count.
     */
    public boolean isPlain() {
        return equals(ALL.withStates(states).withTool(tool).withQueue(queue));
    }

    public JobFilter withStates(Set<JobState.Name> value) {
        return new JobFilter(
                value,
                tool,
                queue,
                tag,
                correlationId,
                causation,
                tenant,
                since,
                before,
                idempotencyKey,
                error,
                inputs);
    }

    public JobFilter withTool(String value) {
        return new JobFilter(
                states,
                value,
                queue,
                tag,
                correlationId,
                causation,
                tenant,
                since,
                before,
                idempotencyKey,
                error,
                inputs);
    }

    public JobFilter withQueue(String value) {
        return new JobFilter(
                states,
                tool,
                value,
                tag,
                correlationId,
                causation,
                tenant,
                since,
                before,
                idempotencyKey,
                error,
                inputs);
    }

    public JobFilter withTag(String value) {
        return new JobFilter(
                states,
                tool,
                queue,
                value,
                correlationId,
                causation,
                tenant,
                since,
                before,
                idempotencyKey,
                error,
                inputs);
    }

    public JobFilter withCorrelationId(String value) {
        return new JobFilter(
                states,
                tool,
                queue,
                tag,
                value,
                causation,
                tenant,
                since,
                before,
                idempotencyKey,
                error,
                inputs);
    }

    public JobFilter withCausation(String value) {
        return new JobFilter(
                states,
                tool,
                queue,
                tag,
                correlationId,
                value,
                tenant,
                since,
                before,
                idempotencyKey,
                error,
                inputs);
    }

    public JobFilter withTenant(String value) {
        return new JobFilter(
                states,
                tool,
                queue,
                tag,
                correlationId,
                causation,
                value,
                since,
                before,
                idempotencyKey,
                error,
                inputs);
    }

    public JobFilter withTime(Instant from, Instant to) {
        return new JobFilter(
                states,
                tool,
                queue,
                tag,
                correlationId,
                causation,
                tenant,
                from,
                to,
                idempotencyKey,
                error,
                inputs);
    }

    public JobFilter withIdempotencyKey(String value) {
        return new JobFilter(
                states,
                tool,
                queue,
                tag,
                correlationId,
                causation,
                tenant,
                since,
                before,
                value,
                error,
                inputs);
    }

    public JobFilter withError(String value) {
        return new JobFilter(
                states,
                tool,
                queue,
                tag,
                correlationId,
                causation,
                tenant,
                since,
                before,
                idempotencyKey,
                value,
                inputs);
    }

    public JobFilter withInputs(List<InputField> value) {
        return new JobFilter(
                states,
                tool,
                queue,
                tag,
                correlationId,
                causation,
                tenant,
                since,
                before,
                idempotencyKey,
                error,
                value);
    }
}
