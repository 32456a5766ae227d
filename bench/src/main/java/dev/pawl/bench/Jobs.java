package dev.pawl.bench;

import dev.pawl.core.Engine;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.core.SystemTime;
import dev.pawl.core.Time;
import dev.pawl.core.ToolId;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.store.sqlite.SqliteOptions.Synchronous;
import dev.pawl.store.sqlite.SqliteStore;
import dev.pawl.testkit.NoArtifacts;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Random;

/** What the benchmarks share: a store, an engine, and jobs of a tool that does nothing. */
final class Jobs {
    static final ToolId NOOP = new ToolId("noop", "1");
    static final Time TIME = new SystemTime();

    /** About what a mail job's input is. */
    static final String INPUT =
            "{\"to\":\"someone@example.org\",\"subject\":\"hello\",\"body\":\"some text as long as"
                    + " the input of a usual job is, a hundred bytes or so\"}";

    private Jobs() {}

    static SqliteStore open(Path file, Synchronous synchronous) {
        return SqliteStore.open(SqliteOptions.of(file).withSynchronous(synchronous), TIME);
    }

    static Engine engine(Store store) {
        return new Engine(store, new NoArtifacts(), TIME, new Random());
    }

    static Submission job() {
        return Submission.of(NOOP, INPUT).build();
    }

    static void submit(Engine engine, int jobs, Submission submission) {
        for (int left = jobs; left > 0; left -= 1_000)
            for (Submitted answer :
                    engine.submit(Collections.nCopies(Math.min(left, 1_000), submission)))
                if (!(answer instanceof Submitted.Accepted))
                    throw new IllegalStateException(answer.toString());
    }
}
