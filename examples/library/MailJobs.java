import dev.pawl.artifact.FileArtifacts;
import dev.pawl.core.Attempt;
import dev.pawl.core.JobId;
import dev.pawl.core.SystemTime;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.store.sqlite.SqliteStore;
import dev.pawl.worker.Pawl;
import dev.pawl.worker.WaitOptions;
import dev.pawl.worker.Waited;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Durable jobs inside a program of your own, without a server: {@code MailJobs FOLDER}. Kill it in the
 * middle and start it again: what was submitted is still there and runs.
 */
public final class MailJobs {
    record SendMail(String to, String subject) {}

    private MailJobs() {}

    public static void main(String[] arguments) throws Exception {
        var folder = Path.of(arguments[0]);
        var time = new SystemTime();
        try (var store = SqliteStore.open(SqliteOptions.of(folder.resolve("pawl.db")), time);
                var artifacts = new FileArtifacts(folder.resolve("artifacts"), time);
                var pawl =
                        Pawl.on(store, artifacts, new SecureRandom())
                                .tool("send-mail@1", SendMail.class, MailJobs::send)
                                .start()) {
            List<JobId> jobs = new ArrayList<>();
            for (String name : List.of("ada", "grace", "edith"))
                jobs.add(pawl.submit("send-mail@1", new SendMail(name + "@example.org", "hello")));

            Waited end = pawl.await(jobs, WaitOptions.defaults(), tally -> {});

            for (JobId job : jobs) System.out.println(pawl.output(job, Map.class));
            System.out.println(end.succeeded() ? "all sent" : "not all sent: " + end.failures());
        }
    }

    private static Map<String, String> send(SendMail mail, Attempt attempt) {
        // A real one would talk to a mail server here, and throw when it is busy.
        return Map.of("sent", mail.to());
    }
}
