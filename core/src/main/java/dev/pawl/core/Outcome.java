package dev.pawl.core;

import java.time.Duration;
import java.util.List;

/** How a handler ended. */
public sealed interface Outcome {
    /**
     * It did what was asked.
     *
     * @param output JSON text
     */
    record Succeeded(String output, List<Artifact> artifacts) implements Outcome {
        public Succeeded {
            artifacts = List.copyOf(artifacts);
        }
    }

    record Failed(JobError error, List<Artifact> artifacts) implements Outcome {
        public Failed {
            artifacts = List.copyOf(artifacts);
        }
    }

    /** Put the job back for later; not a failure. */
    record Snoozed(Duration delay, String why) implements Outcome {
        public Snoozed {
            if (delay.isNegative()) throw new IllegalArgumentException("delay is " + delay);
        }
    }

    static Outcome failed(ErrorClass kind, String message) {
        return new Failed(new JobError(kind, message), List.of());
    }
}
