package dev.pawl.worker.executor;

import static dev.pawl.worker.executor.CommandExecutorTest.assertFailed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.artifact.FileArtifacts;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.Outcome;
import dev.pawl.core.PawlException;
import dev.pawl.tool.FileRef;
import dev.pawl.tool.JsonSchema;
import dev.pawl.tool.Run;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class JavaExecutorTest {
    @TempDir Path data;
    private FileArtifacts artifacts;
    private final Handlers handlers = new Handlers();
    private final RecordingAttempt attempt =
            new RecordingAttempt("{\"to\": \"ann\", \"amount\": 9007199254740993.10}");

    record Payment(String to, BigDecimal amount) {}

    record Receipt(String text, BigDecimal amount) {}

    /** A record that checks itself. */
    record Transfer(String to, int cents, boolean urgent) {
        Transfer {
            if (cents < 0) throw new IllegalArgumentException("cents are below 0");
            if (to.equals("nobody")) throw new NoClassDefFoundError("x/Nobody");
        }
    }

    /** A record that is read in a way of its own. */
    record Account(String bank, String number) {
        static Account valueOf(String text) {
            return new Account(text.substring(0, 4), text.substring(4));
        }
    }

    record Standing(Transfer transfer, List<Account> from) {}

    @BeforeEach
    void open() {
        artifacts = new FileArtifacts(data, Commands.TIME);
    }

    @Test
    void aRecordComesInAndARecordGoesOutEveryDigitKept() throws Exception {
        handlers.register(
                "pay",
                Payment.class,
                (payment, run) -> {
                    run.progress(0.5, "paying");
                    return new Receipt("to " + payment.to(), payment.amount());
                });

        Outcome outcome = run("pay");

        assertThat(outcome)
                .isEqualTo(
                        new Outcome.Succeeded(
                                "{\"text\":\"to ann\",\"amount\":9007199254740993.10}", List.of()));
        assertThat(attempt.progress).containsExactly("0.5 paying");
    }

    @Test
    void aHandlerMayReturnNothingOrAnOutcome() throws Exception {
        var snoozed = new Outcome.Snoozed(Duration.ofSeconds(3), "busy");
        handlers.register("nothing", JsonNode.class, (_, _) -> null);
        handlers.register("outcome", JsonNode.class, (_, _) -> snoozed);

        assertThat(run("nothing")).isEqualTo(new Outcome.Succeeded("{}", List.of()));
        assertThat(run("outcome")).isEqualTo(snoozed);
    }

    @Test
    void anInputThatDoesNotFitIsAUserErrorThatNamesTheField() throws Exception {
        handlers.register("pay", Payment.class, (_, _) -> null);

        Outcome outcome = run("pay", new RecordingAttempt("{\"amount\": \"much\"}"));

        assertFailed(outcome, ErrorClass.USER, "Payment", "much");
    }

    @Test
    void whatARecordIsGivenIsWhatTheInputSays() throws Exception {
        handlers.register("stand", Standing.class, (standing, _) -> standing.toString());

        Outcome outcome =
                run(
                        "stand",
                        new RecordingAttempt(
                                "{\"from\": [\"GENO1\", \"DEUT22\"], \"transfer\": {\"to\":"
                                        + " \"ann\"}}"));

        assertThat(outcome)
                .isEqualTo(
                        new Outcome.Succeeded(
                                Json.text(
                                        new Standing(
                                                        new Transfer("ann", 0, false),
                                                        List.of(
                                                                new Account("GENO", "1"),
                                                                new Account("DEUT", "22")))
                                                .toString()),
                                List.of()));
    }

    @Test
    void aRecordThatRefusesAnInputSaysWhy() throws Exception {
        handlers.register("move", Transfer.class, (_, _) -> null);

        Outcome below = run("move", new RecordingAttempt("{\"to\": \"ann\", \"cents\": -1}"));
        Outcome without = run("move", new RecordingAttempt("{\"cents\": 1}"));

        assertFailed(below, ErrorClass.USER, "Transfer", "cents are below 0");
        assertFailed(without, ErrorClass.USER, "Transfer", "because \"to\" is null");
        // The worker makes a failed attempt of it, as of all that an executor breaks with.
        assertThatThrownBy(() -> run("move", new RecordingAttempt("{\"to\": \"nobody\"}")))
                .isInstanceOf(NoClassDefFoundError.class);
    }

    @Test
    void theTextOfAFileStandsWhereTheFileStood() throws Exception {
        var kept = artifacts.put("a", "", new ByteArrayInputStream("ann".getBytes(UTF_8)));
        var file = new FileRef("a.txt", kept.sha256(), kept.sizeBytes(), "");
        handlers.register("pay", Payment.class, (payment, _) -> Map.of("to", payment.to()));

        for (String mark : List.of("$file", "\\u0024file")) {
            String node = file.node().toString().replace("$file", mark);
            Outcome outcome = run("pay", new RecordingAttempt("{\"to\": " + node + "}"));

            assertThat(outcome).isEqualTo(new Outcome.Succeeded("{\"to\":\"ann\"}", List.of()));
        }
    }

    @Test
    void typedFailuresSayTheirClass() throws Exception {
        assertFailed(failing(JobFailure.temporary("busy")), ErrorClass.TRANSIENT, "busy");
        assertFailed(failing(JobFailure.permanent("gone")), ErrorClass.PERMANENT, "gone");
        assertFailed(failing(JobFailure.user("bad")), ErrorClass.USER, "bad");
        assertFailed(failing(JobFailure.configuration("x")), ErrorClass.CONFIGURATION, "x");
        assertFailed(failing(JobFailure.infrastructure("x")), ErrorClass.INFRASTRUCTURE, "x");
        assertThat(failing(new Snooze(Duration.ofHours(1), "night")))
                .isEqualTo(new Outcome.Snoozed(Duration.ofHours(1), "night"));
    }

    @Test
    void otherExceptionsAreTransientWithTheirTraceInTheLog() throws Exception {
        Outcome outcome = failing(new IllegalStateException("broken"));

        assertFailed(outcome, ErrorClass.TRANSIENT, "IllegalStateException: broken");
        assertThat(attempt.lines)
                .startsWith("pawl: java.lang.IllegalStateException: broken")
                .anyMatch(line -> line.contains("JavaExecutorTest"));
    }

    @Test
    void errorsOfTheMachineAreNotTheJobs() throws Exception {
        assertFailed(failing(new OutOfMemoryError("heap")), ErrorClass.INFRASTRUCTURE, "memory");
        assertFailed(failing(new NoClassDefFoundError("x/Y")), ErrorClass.CONFIGURATION, "x/Y");
        assertFailed(
                failing(new PawlException(ErrorCode.STORE_UNAVAILABLE, "away")),
                ErrorClass.INFRASTRUCTURE,
                "away");
    }

    @Test
    void aHandlerThatCallsItselfWithoutEndIsPermanent() throws Exception {
        handlers.register("deep", JsonNode.class, (_, _) -> deep(0));

        assertFailed(run("deep"), ErrorClass.PERMANENT, "StackOverflowError");
    }

    @Test
    void anInterruptStopsTheHandler() throws Exception {
        var never = new CountDownLatch(1);
        handlers.register(
                "wait",
                JsonNode.class,
                (_, _) -> {
                    Thread.currentThread().interrupt();
                    never.await();
                    return null;
                });

        assertThatThrownBy(() -> run("wait")).isInstanceOf(InterruptedException.class);
    }

    @Test
    void whatBreaksWhileInterruptedWasStopped() {
        handlers.register(
                "wrap",
                JsonNode.class,
                (_, _) -> {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("wrapped");
                });

        assertThatThrownBy(() -> run("wrap")).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aHandlerThatIsNotHereIsAConfigurationErrorThatSaysWhatIs() throws Exception {
        handlers.register("mail", JsonNode.class, (_, _) -> null);

        assertFailed(run("pay"), ErrorClass.CONFIGURATION, "\"pay\"", "[mail]");
    }

    @Test
    void aNameIsTakenOnce() {
        handlers.register("mail", JsonNode.class, (_, _) -> null);

        assertThatThrownBy(() -> handlers.register("mail", JsonNode.class, (_, _) -> null))
                .hasMessageContaining("\"mail\"");
    }

    @Test
    void anOutputThatIsNotAsPromisedIsPermanent() throws Exception {
        handlers.register("pay", JsonNode.class, (_, _) -> Map.of("text", 1));
        JsonSchema schema = Tools.schema("{\"properties\": {\"text\": {\"type\": \"string\"}}}");

        Outcome outcome =
                new JavaExecutor(Tools.of(new Run.Java("pay"), schema), "pay", handlers, artifacts)
                        .run(attempt);

        assertFailed(outcome, ErrorClass.PERMANENT, "output/text");
    }

    private Outcome failing(Throwable failure) throws InterruptedException {
        var own = new Handlers();
        own.register(
                "fail",
                JsonNode.class,
                (_, _) -> {
                    if (failure instanceof Error error) throw error;
                    throw (Exception) failure;
                });
        return executor("fail", own).run(attempt);
    }

    private Outcome run(String name) throws InterruptedException {
        return run(name, attempt);
    }

    private Outcome run(String name, RecordingAttempt with) throws InterruptedException {
        return executor(name, handlers).run(with);
    }

    private JavaExecutor executor(String name, Handlers known) {
        return new JavaExecutor(Tools.of(new Run.Java(name)), name, known, artifacts);
    }

    private static int deep(int level) {
        return level < 0 ? 0 : deep(level + 1) + 1;
    }
}
