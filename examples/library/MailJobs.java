import dev.pawl.artifact.FileArtifacts;
import dev.pawl.core.Attempt;
import dev.pawl.core.JobId;
import dev.pawl.core.SystemTime;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.store.sqlite.SqliteStore;
import dev.pawl.tool.ToolPolicy;
import dev.pawl.worker.Pawl;
import dev.pawl.worker.WaitOptions;
import dev.pawl.worker.Waited;
import dev.pawl.worker.executor.JobFailure;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Durable jobs inside a program of your own, without a server: {@code MailJobs FOLDER}. Kill it in the
 * middle and start it again: what was submitted is still there and runs.
 */
public final class MailJobs {
    record SendMail(String to, String subject) {}

    private static final ToolPolicy POLICY =
            ToolPolicy.defaults()
                    .withTimeout(Duration.ofSeconds(30))
                    .withAttempts(5)
                    .withBackoff(Duration.ofSeconds(1), Duration.ofMinutes(10))
                    .withConcurrency(4);

    private MailJobs() {}

    public static void main(String[] arguments) throws Exception {
        var folder = Path.of(arguments[0]);
        var time = new SystemTime();
        try (var store = SqliteStore.open(SqliteOptions.of(folder.resolve("pawl.db")), time);
                var artifacts = new FileArtifacts(folder.resolve("artifacts"), time);
                var pawl =
                        Pawl.on(store, artifacts, new SecureRandom())
                                .tool("send-mail@1", SendMail.class, MailJobs::send, POLICY)
                                .start()) {
            List<JobId> jobs = new ArrayList<>();
            for (String name : List.of("ada", "grace", "edith"))
                jobs.add(
                        pawl.submit(
                                "send-mail@1",
                                new SendMail(name + "@example.org", "hello"),
                                job -> job.tags(Set.of("welcome")).correlationId("mails-of-today")));

            Waited end =
                    pawl.await(
                            jobs,
                            WaitOptions.defaults().withTimeout(Duration.ofMinutes(1)),
                            tally -> System.out.println(tally.over() + " of " + tally.size()));

            if (end.succeeded())
                for (JobId job : jobs) System.out.println(pawl.output(job, Map.class));
            System.out.println(end.succeeded() ? "all sent" : "not all sent: " + end.failures());
        }
    }

    private static Map<String, String> send(SendMail mail, Attempt attempt) {
        // No attempt would help, so none is made. What else is thrown is tried again.
        if (!mail.to().contains("@")) throw JobFailure.user(mail.to() + " is no address");
        attempt.log("attempt " + attempt.number() + " for " + attempt.correlationId());
        // A real one would talk to a mail server here, and throw when it is busy.
        return Map.of("sent", mail.to());
    }
}
