package dev.pawl.core;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which jobs a list holds: those that match every part. An empty part matches all.
 *
 * @param tool a tool's name, or name@version
 * @param owner who submitted it: a user's name
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
        String owner,
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
        return with(change -> change.states = value);
    }

    public JobFilter withTool(String value) {
        return with(change -> change.tool = value);
    }

    public JobFilter withQueue(String value) {
        return with(change -> change.queue = value);
    }

    public JobFilter withTag(String value) {
        return with(change -> change.tag = value);
    }

    public JobFilter withCorrelationId(String value) {
        return with(change -> change.correlationId = value);
    }

    public JobFilter withCausation(String value) {
        return with(change -> change.causation = value);
    }

    public JobFilter withTenant(String value) {
        return with(change -> change.tenant = value);
    }

    public JobFilter withOwner(String value) {
        return with(change -> change.owner = value);
    }

    public JobFilter withTime(Instant sinceThen, Instant beforeThen) {
        return with(change -> {
            change.since = sinceThen;
            change.before = beforeThen;
        });
    }

    public JobFilter withIdempotencyKey(String value) {
        return with(change -> change.idempotencyKey = value);
    }

    public JobFilter withError(String value) {
        return with(change -> change.error = value);
    }

    public JobFilter withInputs(List<InputField> value) {
        return with(change -> change.inputs = value);
    }

    private JobFilter with(Consumer<Change> edit) {
        var change = new Change(this);
        edit.accept(change);
        return change.filter();
    }

    /** The one place that names every part twice, so that no withX has to. */
    private static final class Change {
        Set<JobState.Name> states;
        String tool;
        String queue;
        String tag;
        String correlationId;
        String causation;
        String tenant;
        String owner;
        Instant since;
        Instant before;
        String idempotencyKey;
        String error;
        List<InputField> inputs;

        Change(JobFilter from) {
            states = from.states;
            tool = from.tool;
            queue = from.queue;
            tag = from.tag;
            correlationId = from.correlationId;
            causation = from.causation;
            tenant = from.tenant;
            owner = from.owner;
            since = from.since;
            before = from.before;
            idempotencyKey = from.idempotencyKey;
            error = from.error;
            inputs = from.inputs;
        }

        JobFilter filter() {
            return new JobFilter(
                    states,
                    tool,
                    queue,
                    tag,
                    correlationId,
                    causation,
                    tenant,
                    owner,
                    since,
                    before,
                    idempotencyKey,
                    error,
                    inputs);
        }
    }
}
