package dev.pawl.bench;

import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * One worker's drain where the database has more to look past than the drain's own jobs, next to
 * the same drain without that, each on a database of its own.
 */
enum DrainBeside implements PawlScenario {
    /** Five times as many jobs of higher priority, due tomorrow. */
    FUTURE(200_000) {
        @Override
        void fill(String url, int jobs) {
            var tomorrow = Jobs.TIME.instant().plus(Duration.ofDays(1));
            submit(url, jobs * OTHERS, job(MAIL).priority(9).runAt(tomorrow));
        }
    },
    /** Five times as many due jobs of higher priority, of a tool that nobody serves. */
    UNSERVED(200_000) {
        @Override
        void fill(String url, int jobs) {
            submit(url, jobs * OTHERS, job(new ToolId("nobody", "1")).priority(9));
        }
    },
    /** Five times as many jobs that have been run before. */
    FINISHED(200_000) {
        @Override
        void fill(String url, int jobs) throws Exception {
            submit(url, jobs * OTHERS, job(MAIL));
            try (var worker = PeerProcess.start(PeerKind.pawl(), url)) {
                worker.tell("work");
                PostgresPeers.awaitEnds(url);
            }
        }
    },
    /** A snapshot that another connection holds: what has gone since can't be vacuumed. */
    HELD(2_000_000) {
        @Override
        AutoCloseable hold(String url) throws SQLException {
            Connection held = DriverManager.getConnection(url);
            held.setAutoCommit(false);
            held.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            // The snapshot is taken by the first statement.
            try (Statement statement = held.createStatement()) {
                statement.execute("SELECT count(*) FROM pawl.ready");
            }
            return held;
        }
    };

    private static final int OTHERS = 5;
    private static final ToolId MAIL = new ToolId("mail", "1");

    private final int jobs;

    /**
     * @param jobs how many are drained, unless the command says
     */
    DrainBeside(int jobs) {
        this.jobs = jobs;
    }

    /** What there is before the jobs that are drained. */
    void fill(String url, int jobs) throws Exception {}

    /** What goes on during the drain, until it is closed. */
    AutoCloseable hold(String url) throws SQLException {
        return () -> {};
    }

    @Override
    public String measure(PostgresServer server, Setting setting) throws Exception {
        int drained = setting.jobsOr(jobs);
        PostgresPeers.Drained clean = drain(server, drained, true);
        PostgresPeers.Drained beside = drain(server, drained, false);
        return "%.2f x clean; %s; clean: %s"
                .formatted(beside.perSecond() / clean.perSecond(), beside.said(), clean.said());
    }

    private PostgresPeers.Drained drain(PostgresServer server, int drained, boolean clean)
            throws Exception {
        String url = server.freshDatabase();
        try {
            PostgresStore.open(PostgresOptions.of(url)).close();
            if (!clean) fill(url, drained);
            PostgresPeers.load(PeerKind.pawl(), url, drained);
            try (AutoCloseable _ = clean ? () -> {} : hold(url)) {
                return PostgresPeers.drained(server, url, PeerKind.pawl(), drained, 1);
            }
        } finally {
            server.drop(url);
        }
    }

    private static Submission.Builder job(ToolId tool) {
        return Submission.of(tool, Desk.input(0));
    }

    private static void submit(String url, int jobs, Submission.Builder job) {
        try (var store = PostgresStore.open(PostgresOptions.of(url))) {
            Jobs.submit(Jobs.engine(store), jobs, job.build());
        }
    }
}
