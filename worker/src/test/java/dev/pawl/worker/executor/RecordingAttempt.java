package dev.pawl.worker.executor;

import dev.pawl.core.Attempt;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.Lease;
import dev.pawl.core.LeaseId;
import dev.pawl.core.LogLine;
import dev.pawl.core.Submission;
import dev.pawl.core.Token;
import dev.pawl.core.ToolId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** An attempt that remembers what was said, at most the first thousand lines. */
final class RecordingAttempt implements Attempt {
    static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static final AtomicLong COUNT = new AtomicLong(ProcessHandle.current().pid() << 32);

    final List<String> lines = new CopyOnWriteArrayList<>();
    final List<String> progress = new CopyOnWriteArrayList<>();
    private final LinkedBlockingQueue<String> unread = new LinkedBlockingQueue<>(2_000);
    private final ClaimedJob job;

    RecordingAttempt(String input) {
        this(
                Submission.of(ToolId.parse("test@1"), input)
                        .correlationId("flow-7")
                        .traceparent(TRACE)
                        .build());
    }

    RecordingAttempt(Submission submission) {
        var lease = new LeaseId(new UUID(COUNT.incrementAndGet(), 7));
        var token = new Token(new JobId(new UUID(COUNT.incrementAndGet(), 8)), 1, lease);
        this.job =
                new ClaimedJob(
                        token,
                        submission,
                        new JobState.Running(new Lease(lease, "w", Instant.MAX), 1, 0),
                        Instant.EPOCH);
    }

    @Override
    public ClaimedJob job() {
        return job;
    }

    @Override
    public void progress(double fraction, String text) {
        progress.add(fraction + " " + text);
    }

    @Override
    public void log(LogLine.Stream stream, String text) {
        if (lines.size() >= 1_000) return;
        lines.add(stream.wire() + ": " + text);
        unread.add(text);
    }

    /** The next line that starts so, without that start; those before it are dropped. */
    String await(String start) throws InterruptedException {
        while (true) {
            String line = unread.poll(30, TimeUnit.SECONDS);
            if (line == null) throw new AssertionError("no line \"" + start + "\" in " + lines);
            if (line.startsWith(start)) return line.substring(start.length()).strip();
        }
    }
}
