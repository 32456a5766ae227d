package dev.pawl.bench;

import dev.pawl.core.Submission;
import dev.pawl.core.Submitted;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.testkit.NoArtifacts;
import dev.pawl.worker.Pawl;
import dev.pawl.worker.PawlBuilder;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pawl as a library, in its default settings: inputs are checked, handlers get a record. */
final class PawlPeer implements Desk.Peer {
    private static final String TOOL = "mail@1";
    private static final int LOADED = 1_000;

    /** What {@link Desk#input} says. */
    record Mail(String to, String subject, String body, int number) {}

    private final PostgresOptions options;
    private @Nullable Pawl pawl;

    private PawlPeer(PostgresOptions options) {
        this.options = options;
    }

    /** Serves the database whose URL is the first argument. */
    public static void main(String[] arguments) throws Exception {
        Desk.serve(new PawlPeer(PostgresOptions.of(arguments[0])));
    }

    @Override
    public void migrate() {
        PostgresStore.open(options).close();
    }

    /** The pool has its own size, however many clients there are. */
    @Override
    public void connect(int clients) {
        pawl = builder(_ -> {}).open();
    }

    @Override
    public void bulk(int jobs) {
        for (int done = 0; done < jobs; done += LOADED) {
            List<Submission> some = new ArrayList<>(LOADED);
            for (int number = done; number < Math.min(jobs, done + LOADED); number++)
                some.add(client().submission(TOOL, mail(number), _ -> {}));
            for (Submitted answer : client().submit(some))
                if (!(answer instanceof Submitted.Accepted))
                    throw new IllegalStateException(answer.toString());
        }
    }

    @Override
    public void submit(int number) {
        client().submit(TOOL, mail(number));
    }

    @Override
    public void work(boolean latency, Desk.Handler handler) {
        pawl = builder(handler).start();
    }

    private PawlBuilder builder(Desk.Handler handler) {
        return Pawl.on(PostgresStore.open(options), new NoArtifacts(), new SecureRandom())
                .toolWithoutOutput(TOOL, Mail.class, (mail, _) -> handler.started(mail.number()));
    }

    private Pawl client() {
        if (pawl == null) throw new IllegalStateException("not connected");
        return pawl;
    }

    private static Mail mail(int number) {
        return new Mail(
                "someone@example.org",
                "hello",
                "some text as long as the input of a usual job is, a hundred bytes or so",
                number);
    }
}
