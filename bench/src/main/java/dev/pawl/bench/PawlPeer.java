package dev.pawl.bench;

import dev.pawl.core.Claimed;
import dev.pawl.core.Store;
import dev.pawl.core.Submitted;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.testkit.NoArtifacts;
import dev.pawl.worker.Pawl;
import dev.pawl.worker.PawlBuilder;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Pawl as a library, in its default settings: inputs are checked against a tool file's schema, and
 * handlers get a record.
 */
final class PawlPeer implements Desk.Peer {
    /** Jobs of a tool, then of the next. */
    private static final int TURN = 1_000;

    /** The setting in which it tells of its claims. */
    static final String TIMED = "pawl timed";

    /** The setting in which its jobs are spread over so many tools, as in {@code tools-8}. */
    private static final Pattern SPREAD = Pattern.compile(".* tools-([0-9]+)");

    /** What {@link Desk#input} says. */
    record Mail(String to, String subject, String body, int number) {}

    private final PostgresOptions options;
    private final PawlLimits limits;
    private final boolean timed;
    private final List<String> names;
    private @Nullable Pawl pawl;

    private final Path tools;

    private PawlPeer(PostgresOptions options, String setting) throws IOException {
        this.options = options;
        this.limits = PawlLimits.of(setting);
        this.timed = setting.equals(TIMED);
        Matcher spread = SPREAD.matcher(setting);
        this.names =
                spread.matches()
                        ? IntStream.range(0, Integer.parseInt(spread.group(1)))
                                .mapToObj(i -> "mail-" + i)
                                .toList()
                        : List.of("mail");
        this.tools = Files.createTempDirectory("pawl-peer");
        tools.toFile().deleteOnExit();
        for (String name : names) {
            Path file = tools.resolve(name + ".yaml");
            Files.writeString(file, file(name)).toFile().deleteOnExit();
        }
    }

    private static String file(String name) {
        return """
        tool: %1$s@1
        input:
          type: object
          additionalProperties: false
          required: [to, subject, body, number]
          properties:
            to: {type: string, minLength: 3, maxLength: 254}
            subject: {type: string, maxLength: 200}
            body: {type: string}
            number: {type: integer, minimum: 0}
        run: {java: %1$s}
        """
                .formatted(name);
    }

    static String spread(int tools) {
        return "pawl tools-" + tools;
    }

    /** Serves the database whose URL is the first argument; the second is the setting. */
    public static void main(String[] arguments) throws Exception {
        Desk.serve(new PawlPeer(PostgresOptions.of(arguments[0]), arguments[1]));
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
        // In turns, so that the tools' jobs are as old as each other's.
        int most = names.size() == 1 ? jobs : TURN;
        for (int from = 0, turn = 0; from < jobs; from += most, turn++)
            bulk(names.get(turn % names.size()), from, Math.min(jobs, from + most));
    }

    private void bulk(String tool, int from, int to) {
        List<Mail> mails = IntStream.range(from, to).mapToObj(PawlPeer::mail).toList();
        for (Submitted answer :
                client().submitAll(
                                tool + "@1",
                                mails,
                                (mail, job) -> limits.limit(job, mail.number())))
            if (!(answer instanceof Submitted.Accepted))
                throw new IllegalStateException(answer.toString());
    }

    @Override
    public void submit(int number) {
        client().submit(names.get(number % names.size()) + "@1", mail(number));
    }

    @Override
    public void work(boolean latency, Desk.Handler handler) {
        pawl = builder(handler).start();
    }

    private PawlBuilder builder(Desk.Handler handler) {
        Store store = PostgresStore.open(options);
        PawlBuilder builder =
                Pawl.on(timed ? timed(store) : store, new NoArtifacts(), new SecureRandom())
                        .tools(tools);
        for (String name : names)
            builder =
                    builder.handler(
                            name,
                            Mail.class,
                            (mail, _) -> {
                                handler.started(mail.number());
                                return null;
                            });
        return builder;
    }

    /** The same, which tells of each claim that finds jobs how long it took. */
    private static Store timed(Store store) {
        return (Store)
                Proxy.newProxyInstance(
                        Store.class.getClassLoader(),
                        new Class<?>[] {Store.class},
                        (_, method, arguments) -> {
                            long begun = System.nanoTime();
                            try {
                                Object answer = method.invoke(store, arguments);
                                long ended = System.nanoTime();
                                if (answer instanceof Claimed claimed && !claimed.jobs().isEmpty())
                                    Desk.say("claimed " + ended + " " + (ended - begun));
                                return answer;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
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
