package dev.pawl.testkit.sim;

import dev.pawl.core.Artifact;
import dev.pawl.core.JobId;
import dev.pawl.core.NewJob;
import dev.pawl.core.Submission;
import dev.pawl.core.Token;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the judge remembers beside the file: what was asked, and what attempts have left. */
final class Ledger {
    /** What a job should have left by now. */
    static final class Left {
        String output = "";
        final TreeMap<String, String> artifacts = new TreeMap<>();

        void add(Collection<Artifact> files) {
            for (Artifact file : files) artifacts.put(file.name(), file.sha256());
        }

        Left copy() {
            var copy = new Left();
            copy.output = output;
            copy.artifacts.putAll(artifacts);
            return copy;
        }
    }

    record Keyed(JobId job, String body) {}

    final Map<JobId, NewJob> jobs = new HashMap<>();
    final Map<JobId, Left> left = new HashMap<>();
    final Map<String, Keyed> keys = new HashMap<>();
    final Set<JobId> discarded = new HashSet<>();
    final Set<String> paused = new HashSet<>();

    /** Leases that were taken back. */
    final Set<UUID> lostLeases = new HashSet<>();

    /** Tokens whose end was written. */
    final Set<Token> ended = new HashSet<>();

    /** Tokens whose handlers have come back with a success. */
    final Set<Token> done = new HashSet<>();

    Submission submission(JobId id) {
        NewJob job = jobs.get(id);
        if (job == null) throw new AssertionError("nobody submitted " + id);
        return job.submission();
    }

    Left left(JobId id) {
        return left.computeIfAbsent(id, _ -> new Left());
    }

    void stored(NewJob job) {
        jobs.put(job.id(), job);
        Left mine = left(job.id());
        job.answer()
                .ifPresent(kept -> {
                    mine.output = kept.output();
                    mine.add(kept.artifacts());
                });
        Submission s = job.submission();
        key(s).ifPresent(key -> keys.put(key, new Keyed(job.id(), body(s))));
    }

    /** A discarded job is gone; its idempotency key is for ever. */
    void discarded(JobId id) {
        if (jobs.remove(id) == null) return;
        left.remove(id);
        discarded.add(id);
    }

    /** The key's job, if there is one by now. */
    @Nullable Keyed keyed(Submission s) {
        return key(s).map(keys::get).orElse(null);
    }

    static Optional<String> key(Submission s) {
        return s.idempotencyKey().isEmpty()
                ? Optional.empty()
                : Optional.of(s.tenant() + " " + s.idempotencyKey());
    }

    static String body(Submission s) {
        return s.tool() + " " + s.input();
    }
}
