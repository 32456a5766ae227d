package dev.pawl.testkit;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobId;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The idempotency keys of a {@link MemoryStore}; touched only under the store's lock. */
final class MemoryKnown {
    private record Key(String tenant, String key) {
        static Key of(Submission s) {
            return new Key(s.tenant(), s.idempotencyKey());
        }
    }

    /** The job that a key stands for, and what was asked. */
    private record Known(JobId job, String asked) {}

    private final Map<Key, Known> known = new HashMap<>();

    /** What its key was answered with before; empty for a new one. */
    Optional<Submitted> answer(Submission s) {
        return Optional.ofNullable(known.get(Key.of(s))).map(before -> again(before, s));
    }

    private static Submitted again(Known before, Submission s) {
        if (before.asked.equals(body(s))) return new Submitted.Existing(before.job);
        return new Submitted.Refused(
                ErrorCode.IDEMPOTENCY_CONFLICT,
                "idempotency key \"%s\" was used with another input, for job %s; use a new key"
                        .formatted(s.idempotencyKey(), before.job));
    }

    void note(JobId id, Submission s) {
        if (!s.idempotencyKey().isEmpty()) known.put(Key.of(s), new Known(id, body(s)));
    }

    private static String body(Submission s) {
        return s.key().hash().isEmpty() ? s.tool() + " " + s.input() : s.key().hash();
    }
}
