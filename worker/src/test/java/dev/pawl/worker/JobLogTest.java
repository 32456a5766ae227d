package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Executor;
import dev.pawl.core.JobId;
import dev.pawl.core.Outcome;
import dev.pawl.core.PawlException;
import dev.pawl.core.SystemTime;
import dev.pawl.testkit.MemoryStore;
import dev.pawl.testkit.NoArtifacts;
import dev.pawl.tool.ToolPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Whoever reads the log finds all that was said of a job, whoever said it. */
@Timeout(60)
final class JobLogTest {
    private static final Logger ROOT = logger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private static final org.slf4j.Logger USERS = LoggerFactory.getLogger("org.example.Mail");

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Rig rig = new Rig();
    private Level before = Level.OFF;

    @BeforeEach
    void listen() {
        before = ROOT.getLevel();
        ROOT.setLevel(Level.INFO);
        log.start();
        ROOT.addAppender(log);
    }

    @AfterEach
    void leave() {
        ROOT.detachAppender(log);
        ROOT.setLevel(before);
    }

    @Test
    void whatAHandlerLogsOnItsThreadNamesItsJob() throws Exception {
        JobId id = ran(() -> USERS.info("sending"));

        assertThat(named("sending")).isEqualTo(mdc(id));
    }

    @Test
    void aFailedAttemptIsToldWithItsJobAlsoWhenTheHandlerClearedWhatItWasGiven() throws Exception {
        JobId id =
                ran(() -> {
                    MDC.clear();
                    throw new IllegalStateException("busy");
                });

        assertThat(named("attempt failed (transient): IllegalStateException: busy"))
                .isEqualTo(mdc(id));
    }

    @Test
    void whatAnExecutorThrowsNamesTheJob() {
        Run bug =
                ran(_ -> {
                    throw new IllegalStateException("?");
                });
        Run outage =
                ran(_ -> {
                    throw new PawlException(ErrorCode.STORE_FULL, "no room");
                });

        assertThat(named("executor hit a bug")).isEqualTo(mdc(bug));
        assertThat(named("attempt failed (infrastructure): store_full: no room"))
                .isEqualTo(mdc(outage));
    }

    @Test
    void whatTheWatchSaysNamesTheJob() {
        Run silent = rig.claimOne(Rig.MAIL);
        rig.time.advance(Rig.OPTIONS.safe());
        rig.loops.watch().step();
        rig.time.advance(Rig.OPTIONS.stopGrace());
        rig.loops.watch().step();

        assertThat(named("no renewal got through")).isEqualTo(mdc(silent));
        assertThat(named("handler goes on")).isEqualTo(mdc(silent));
    }

    @Test
    void whatIsSaidOfALateEndNamesTheJob() {
        Run late = rig.claimOne(Rig.MAIL);
        rig.time.advance(Rig.OPTIONS.lease());
        assertThat(rig.engine.reclaim(rig.memory.leases().getFirst())).isEqualTo(1);
        rig.finish(late);

        assertThat(named("the attempt's end came too late")).isEqualTo(mdc(late));
    }

    @Test
    void anEndThatACancelOvertookIsNoWarning() {
        Run cancelled = rig.claimOne(Rig.MAIL);
        rig.memory.cancel(cancelled.job().id());
        rig.finish(cancelled);

        assertThat(named("the job was cancelled before the attempt's end"))
                .isEqualTo(mdc(cancelled));
        assertThat(log.list).noneMatch(line -> line.getLevel().isGreaterOrEqual(Level.WARN));
    }

    @Test
    void whatIsSaidOfAnEndThatCannotBeWrittenNamesTheJob() {
        // Ends without an output: a success, and then the failure in its place.
        rig.outage.refuse = "";
        Run run = rig.claimOne(Rig.MAIL);
        run.finish(new Outcome.Succeeded("", List.of()));
        rig.loops.complete().step();

        assertThat(named("the attempt's end can't be written")).isEqualTo(mdc(run));
        assertThat(named("nor can its failure")).isEqualTo(mdc(run));
    }

    @Test
    void aThreadThatSpeaksOfManyJobsForgetsEach() {
        Run late = rig.claimOne(Rig.MAIL);
        rig.memory.cancel(late.job().id());
        rig.finish(late);

        assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
    }

    @Test
    void aLineWithinAnothersStoryLeavesItAsItWas() {
        Run outer = rig.claimOne(Rig.MAIL);
        Run inner = rig.claimOne(Rig.MAIL);

        try (var _ = JobLog.of(outer)) {
            try (var _ = JobLog.of(inner)) {
                assertThat(MDC.getCopyOfContextMap()).isEqualTo(mdc(inner));
            }
            assertThat(MDC.getCopyOfContextMap()).isEqualTo(mdc(outer));
        }
        assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
    }

    /** Runs this as the one attempt of a job in a program of one's own. */
    private JobId ran(Runnable handler) throws Exception {
        var store = new MemoryStore(new SystemTime());
        var once = ToolPolicy.defaults().withAttempts(1);
        try (var pawl =
                Pawl.on(store, new NoArtifacts(), new Random(1))
                        .toolWithoutOutput("mail@1", Map.class, (_, _) -> handler.run(), once)
                        .start()) {
            JobId id = pawl.submit("mail@1", Map.of(), s -> s.correlationId("flow-7"));
            pawl.await(id, WaitOptions.defaults().withTimeout(Duration.ofSeconds(30)));
            return id;
        }
    }

    /** Runs an attempt by this executor. */
    private Run ran(Executor executor) {
        Run claimed = rig.claimOne(Rig.MAIL);
        var run =
                new Run(
                        rig.loops.held(),
                        claimed.job(),
                        new Served(executor, Slot.HANDLER, Duration.ZERO),
                        claimed.lease);
        run.run();
        return run;
    }

    /** What the one line that begins so was logged with. */
    private Map<String, String> named(String start) {
        List<ILoggingEvent> lines =
                List.copyOf(log.list).stream()
                        .filter(line -> line.getFormattedMessage().startsWith(start))
                        .toList();
        assertThat(lines).as("lines that begin with \"%s\" of %s", start, log.list).hasSize(1);
        return lines.getFirst().getMDCPropertyMap();
    }

    private static Map<String, String> mdc(Run run) {
        return Map.of(
                "job",
                run.job().id().toString(),
                "attempt",
                "1",
                "tool",
                "mail@1",
                "correlation_id",
                run.job().submission().correlationId());
    }

    private static Map<String, String> mdc(JobId id) {
        return Map.of(
                "job", id.toString(), "attempt", "1", "tool", "mail@1", "correlation_id", "flow-7");
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }
}
