package dev.pawl.tool;

import dev.pawl.core.Limit;
import dev.pawl.core.Rate;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Reuse;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * How a tool's jobs are treated unless a submit says otherwise.
 *
 * @param timeout of one attempt
 * @param concurrency how many run at once, over all workers of a store; 0 for no limit
 * @param rate how many start, over all workers of a store
 * @param perKey the same of jobs with one key
 * @param priority larger runs first
 * @param ttl how long a job may wait for its first start; zero for ever
 * @param requires what a worker has to have to run it, as {@code gpu}
 */
public record ToolPolicy(
        Duration timeout,
        RetryPolicy retry,
        Cache cache,
        int concurrency,
        Rate rate,
        PerKey perKey,
        String queue,
        int priority,
        Duration ttl,
        Set<String> requires) {
    /** What a capability may be called. */
    public static final String CAPABILITY = "[a-z0-9][a-z0-9._-]{0,49}";

    static final String QUEUE = "[a-z0-9][a-z0-9._-]{0,99}";

    public ToolPolicy {
        if (timeout.isNegative() || timeout.isZero())
            throw new IllegalArgumentException("timeout is " + timeout + ", want > 0");
        if (concurrency < 0)
            throw new IllegalArgumentException("concurrency is " + concurrency + ", want >= 0");
        if (!queue.matches(QUEUE))
            throw new IllegalArgumentException(
                    "queue is \"" + queue + "\", want lower-case letters, digits, - _ .");
        if (priority < Short.MIN_VALUE || priority > Short.MAX_VALUE)
            throw new IllegalArgumentException(
                    "priority is " + priority + ", want -32768 to 32767");
        if (ttl.isNegative()) throw new IllegalArgumentException("ttl is " + ttl + ", want >= 0");
        requires = Set.copyOf(requires);
        for (String word : requires)
            if (!word.matches(CAPABILITY))
                throw new IllegalArgumentException(
                        "\"" + word + "\" is required, want lower-case letters, digits, - _ .");
    }

    /** A policy that any worker can keep, without rates and keys. */
    public ToolPolicy(
            Duration timeout,
            RetryPolicy retry,
            Cache cache,
            int concurrency,
            String queue,
            int priority,
            Duration ttl) {
        this(
                timeout,
                retry,
                cache,
                concurrency,
                Rate.NONE,
                PerKey.NONE,
                queue,
                priority,
                ttl,
                Set.of());
    }

    /**
     * When a result answers later jobs.
     *
     * @param reuse how long, and whether errors of class user count
     * @param programVersion a text that counts for the input hash; empty for none
     * @param versionCommand a command whose output does so besides; empty for none
     * @param environmentNames variables of the submitter that count with their values
     */
    public record Cache(
            Reuse reuse,
            String programVersion,
            List<String> versionCommand,
            List<String> environmentNames) {
        public static final Cache NEVER = new Cache(Reuse.NEVER, "", List.of(), List.of());

        public Cache {
            versionCommand = List.copyOf(versionCommand);
            environmentNames = List.copyOf(environmentNames);
        }

        /** Successes answer later jobs with the same input for that long. */
        public static Cache of(Duration ttl) {
            return new Cache(new Reuse(ttl, false), "", List.of(), List.of());
        }
    }

    public static ToolPolicy defaults() {
        return new ToolPolicy(
                Duration.ofHours(1),
                RetryPolicy.defaults(),
                Cache.NEVER,
                0,
                Submission.DEFAULT_QUEUE,
                0,
                Duration.ZERO);
    }

    public ToolPolicy withTimeout(Duration value) {
        return with(change -> change.timeout = value);
    }

    public ToolPolicy withRetry(RetryPolicy value) {
        return with(change -> change.retry = value);
    }

    /** How many failures end a job; 1 means no second try. */
    public ToolPolicy withAttempts(int value) {
        return withRetry(retry.withAttempts(value));
    }

    /** The bound of the wait after the first failure, and the cap that it doubles up to. */
    public ToolPolicy withBackoff(Duration first, Duration max) {
        return withRetry(retry.withBackoff(first, max));
    }

    public ToolPolicy withCache(Cache value) {
        return with(change -> change.cache = value);
    }

    public ToolPolicy withConcurrency(int value) {
        return with(change -> change.concurrency = value);
    }

    public ToolPolicy withRate(Rate value) {
        return with(change -> change.rate = value);
    }

    public ToolPolicy withPerKey(PerKey value) {
        return with(change -> change.perKey = value);
    }

    public ToolPolicy withQueue(String value) {
        return with(change -> change.queue = value);
    }

    public ToolPolicy withPriority(int value) {
        return with(change -> change.priority = value);
    }

    public ToolPolicy withTtl(Duration value) {
        return with(change -> change.ttl = value);
    }

    public ToolPolicy withRequires(Set<String> value) {
        return with(change -> change.requires = value);
    }

    /** What holds a job of this tool back, given its input with defaults and its tags. */
    public Limit limit(ToolId tool, JsonNode input, Set<String> tags) {
        if (concurrency == 0 && rate.none() && perKey.equals(PerKey.NONE)) return Limit.NONE;
        int max = concurrency == 0 ? Integer.MAX_VALUE : concurrency;
        Limit all = new Limit("tool:" + tool, max).withRate(rate);
        return perKey.equals(PerKey.NONE) ? all : all.per(perKey.by(), perKey.of(input, tags));
    }

    private ToolPolicy with(Consumer<Change> edit) {
        var change = new Change(this);
        edit.accept(change);
        return change.policy();
    }

    /** The one place that names every value twice, so that no withX has to. */
    private static final class Change {
        Duration timeout;
        RetryPolicy retry;
        Cache cache;
        int concurrency;
        Rate rate;
        PerKey perKey;
        String queue;
        int priority;
        Duration ttl;
        Set<String> requires;

        Change(ToolPolicy from) {
            timeout = from.timeout;
            retry = from.retry;
            cache = from.cache;
            concurrency = from.concurrency;
            rate = from.rate;
            perKey = from.perKey;
            queue = from.queue;
            priority = from.priority;
            ttl = from.ttl;
            requires = from.requires;
        }

        ToolPolicy policy() {
            return new ToolPolicy(
                    timeout,
                    retry,
                    cache,
                    concurrency,
                    rate,
                    perKey,
                    queue,
                    priority,
                    ttl,
                    requires);
        }
    }
}
