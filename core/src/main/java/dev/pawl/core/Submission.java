package dev.pawl.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks for: run this tool with this input, under these conditions. The input has been
 * checked against the tool's schema and its defaults are filled in.
 *
 * @param input JSON text
 * @param queue lower-case letters, digits, {@code - _ .}; at most 100
 * @param priority larger runs first, within one queue
 * @param runAt earliest start; {@link Instant#EPOCH} for at once
 * @param ttl how long the job may wait for its first start; zero for ever
 * @param parents jobs that must end first
 * @param goOn whether the job runs even when a parent has not succeeded; cancelled otherwise
 * @param tags words to find the job by
 * @param correlationId ties a flow together; may be empty
 * @param causation the job that submitted this one; empty text for none
 * @param by the running attempt that submits it, which fences it as its other writes: refused once
 *     that attempt has ended or lost its lease. Null for none; not kept
 * @param tenant whose job it is; nothing is reused across tenants
 * @param owner who submitted it, as the server's access control knows them; empty for nobody
 * @param idempotencyKey the same key and input is the same job; empty for none
 * @param traceparent the trace that this belongs to, as https://www.w3.org/TR/trace-context/ writes
 *     it; empty for none
 */
public record Submission(
        ToolId tool,
        String input,
        String queue,
        int priority,
        Instant runAt,
        Duration ttl,
        Set<JobId> parents,
        boolean goOn,
        Set<String> tags,
        String correlationId,
        String causation,
        @Nullable Token by,
        String tenant,
        String owner,
        String idempotencyKey,
        RetryPolicy retry,
        Limit limit,
        InputKey key,
        Reuse reuse,
        String traceparent) {
    public static final String DEFAULT_QUEUE = "default";
    public static final String DEFAULT_TENANT = "default";

    private static final Pattern TRACEPARENT =
            Pattern.compile(
                    "(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    public Submission {
        requireWord("queue", queue, 100);
        requireWord("tenant", tenant, 100);
        if (!owner.isEmpty()) requireWord("owner", owner, 100);
        requireShort("correlationId", correlationId);
        requireShort("idempotencyKey", idempotencyKey);
        if (priority < Short.MIN_VALUE || priority > Short.MAX_VALUE)
            throw new IllegalArgumentException(
                    "priority is " + priority + ", want -32768 to 32767");
        if (!traceparent.isEmpty() && !isTraceparent(traceparent))
            throw new IllegalArgumentException(
                    "traceparent \"" + traceparent + "\": want VERSION-TRACE-PARENT-FLAGS in hex");
        if (ttl.isNegative()) throw new IllegalArgumentException("ttl is " + ttl + ", want >= 0");
        if (tags.size() > 50)
            throw new IllegalArgumentException(tags.size() + " tags, want at most 50");
        for (String tag : tags) requireWord("tag", tag, 200);
        if (!reuse.never() && key.hash().isEmpty())
            throw new IllegalArgumentException("a result is reused by its input hash; it is empty");
        parents = Set.copyOf(parents);
        tags = tags.isEmpty() ? Set.of() : Collections.unmodifiableSet(new LinkedHashSet<>(tags));
    }

    /** A job of this tool with this input, and the default for everything else. */
    public static Builder of(ToolId tool, String input) {
        return new Builder(tool, input);
    }

    /** Whether it names a trace; what doesn't is to be ignored where it comes from outside. */
    public static boolean isTraceparent(String text) {
        return TRACEPARENT.matcher(text).matches();
    }

    /** Whether the job is compared with others of the same input when it is submitted. */
    public boolean sharesFlight() {
        return !reuse.never() && parents.isEmpty() && runAt.equals(Instant.EPOCH);
    }

    /**
     * Whether the job is compared with others of the same input only when it would start: until its
     * parents have ended or its time has come, nobody knows who runs that input then.
     */
    public boolean comparedAtClaim() {
        return !reuse.never() && !sharesFlight();
    }

    private static void requireWord(String what, String value, int max) {
        if (value.isBlank() || value.length() > max || !allFrom('!', value))
            throw new IllegalArgumentException(
                    "%s \"%s\": want 1 to %d characters without spaces"
                            .formatted(what, value, max));
    }

    private static void requireShort(String what, String value) {
        if (value.length() > 255 || !allFrom(' ', value))
            throw new IllegalArgumentException(
                    "%s \"%s\": want at most 255 printable characters".formatted(what, value));
    }

    /** Whether all its characters come at or after this one. Each claimed job asks it often. */
    private static boolean allFrom(char first, String value) {
        for (int i = 0; i < value.length(); i++) if (value.charAt(i) < first) return false;
        return true;
    }

    /** Collects a submission; not thread-safe. Each method's meaning is the record's. */
    public static final class Builder {
        private final ToolId tool;
        private final String input;
        private String queue = DEFAULT_QUEUE;
        private int priority;
        private Instant runAt = Instant.EPOCH;
        private Duration ttl = Duration.ZERO;
        private Set<JobId> parents = Set.of();
        private boolean goOn;
        private Set<String> tags = Set.of();
        private String correlationId = "";
        private String causation = "";
        private @Nullable Token by;
        private String traceparent = "";
        private String tenant = DEFAULT_TENANT;
        private String owner = "";
        private String idempotencyKey = "";
        private RetryPolicy retry = RetryPolicy.defaults();
        private Limit limit = Limit.NONE;
        private InputKey key = InputKey.NONE;
        private Reuse reuse = Reuse.NEVER;

        private Builder(ToolId tool, String input) {
            this.tool = tool;
            this.input = input;
        }

        public Builder queue(String value) {
            queue = value;
            return this;
        }

        public Builder priority(int value) {
            priority = value;
            return this;
        }

        public Builder runAt(Instant value) {
            runAt = value;
            return this;
        }

        public Builder ttl(Duration value) {
            ttl = value;
            return this;
        }

        public Builder parents(Set<JobId> value) {
            parents = value;
            return this;
        }

        public Builder goOn(boolean value) {
            goOn = value;
            return this;
        }

        public Builder tags(Set<String> value) {
            tags = value;
            return this;
        }

        public Builder correlationId(String value) {
            correlationId = value;
            return this;
        }

        public Builder causation(String value) {
            causation = value;
            return this;
        }

        /**
         * This attempt submits it, which gives it its causation, and the same flow, trace and
         * tenant.
         */
        public Builder causedBy(ClaimedJob job) {
            return causedBy(job.token(), job.submission());
        }

        /** The same, where only the attempt's token and what its job was submitted as are known. */
        public Builder causedBy(Token attempt, Submission cause) {
            by = attempt;
            causation = attempt.job().toString();
            correlationId = cause.correlationId();
            traceparent = cause.traceparent();
            tenant = cause.tenant();
            owner = cause.owner();
            return this;
        }

        public Builder tenant(String value) {
            tenant = value;
            return this;
        }

        public Builder owner(String value) {
            owner = value;
            return this;
        }

        public Builder idempotencyKey(String value) {
            idempotencyKey = value;
            return this;
        }

        public Builder retry(RetryPolicy value) {
            retry = value;
            return this;
        }

        public Builder limit(Limit value) {
            limit = value;
            return this;
        }

        public Builder key(InputKey value) {
            key = value;
            return this;
        }

        public Builder reuse(Reuse value) {
            reuse = value;
            return this;
        }

        public Builder traceparent(String value) {
            traceparent = value;
            return this;
        }

        public Submission build() {
            return new Submission(
                    tool,
                    input,
                    queue,
                    priority,
                    runAt,
                    ttl,
                    parents,
                    goOn,
                    tags,
                    correlationId,
                    causation,
                    by,
                    tenant,
                    owner,
                    idempotencyKey,
                    retry,
                    limit,
                    key,
                    reuse,
                    traceparent);
        }
    }
}
