package dev.pawl.worker.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("process")
@Timeout(60)
final class CommandStopTest {
    @TempDir Path data;
    private Commands commands;

    @BeforeEach
    void open() {
        commands = new Commands(data);
    }

    @Test
    void anInterruptEndsTheCommandAndLeavesNothing() throws Exception {
        var run = new Commands.Running(commands.shell("echo pid $$; exec sleep 1000"));
        ProcessId process = process(run, "pid");

        run.interrupt();

        assertStopped(run);
        assertThat(process.runs()).isFalse();
        assertThat(data.resolve("attempts")).isEmptyDirectory();
        assertThat(data.resolve("commands")).isEmptyDirectory();
    }

    @Test
    void aCommandMayCleanUpOnSigtermAndItsLastWordsAreLogged() throws Exception {
        var run =
                new Commands.Running(
                        commands.shell(
                                """
                                trap 'echo cleaned; exit 0' TERM
                                echo ready; while :; do sleep 0.1; done\
                                """));
        run.attempt.await("ready");

        run.interrupt();

        assertStopped(run);
        assertThat(run.attempt.lines).contains("stdout: cleaned");
    }

    @Test
    void oneThatIgnoresSigtermIsKilledAfterTheGrace() throws Exception {
        commands.grace(Duration.ofMillis(200));
        var run =
                new Commands.Running(
                        commands.shell(
                                """
                                trap '' TERM
                                echo pid $$; while :; do sleep 0.1; done\
                                """));
        ProcessId process = process(run, "pid");

        run.interrupt();

        assertStopped(run);
        assertThat(process.runs()).isFalse();
    }

    @Test
    void aSecondInterruptCutsTheGraceShort() throws Exception {
        commands.grace(Duration.ofHours(1));
        var run =
                new Commands.Running(
                        commands.shell(
                                """
                                trap 'echo no' TERM
                                echo pid $$; while :; do sleep 0.1; done\
                                """));
        ProcessId process = process(run, "pid");

        run.interrupt();
        run.attempt.await("no");
        run.interrupt();

        assertStopped(run);
        assertThat(process.runs()).isFalse();
    }

    @Test
    void childrenThatLeftTheirParentAndSessionEndToo() throws Exception {
        commands.grace(Duration.ofMillis(500));
        var run =
                new Commands.Running(
                        commands.shell(
                                """
                                setsid sh -c 'trap "" TERM; echo session $$; sleep 1000' &
                                sh -c 'sh -c "echo orphan \\$\\$; exec sleep 1000" &'
                                sh -c 'setsid sh -c "echo both \\$\\$; exec sleep 1000" & '
                                echo ready; wait\
                                """));
        var processes = processes(run, "session", "orphan", "both");

        run.interrupt();

        assertStopped(run);
        assertThat(processes).noneMatch(ProcessId::runs);
    }

    @Test
    void aChildWithoutItsEnvironmentEndsTooWhileItDescendsFromTheCommand() throws Exception {
        var run =
                new Commands.Running(
                        commands.shell("env -i setsid sh -c 'echo pid $$; sleep 1000' & wait"));
        ProcessId process = process(run, "pid");

        run.interrupt();

        assertStopped(run);
        assertThat(process.runs()).isFalse();
    }

    @Test
    void oneThatForksWhileItIsStoppedLeavesNobody() throws Exception {
        commands.grace(Duration.ofMillis(300));
        // Each lives for moments only and has no environment: no look sees the same ones twice.
        var run =
                new Commands.Running(
                        commands.shell(
                                """
                                echo pid $$
                                exec env -i sh -c '
                                  f() { sleep 0.01; (f &) }
                                  f; f; while :; do (sleep 1000 &); sleep 0.05; done'\
                                """));
        ProcessId leader = process(run, "pid");

        run.interrupt();

        assertStopped(run);
        assertThat(ProcessTable.now().sessionOf(leader)).isEmpty();
    }

    @Test
    void aCommandHasASessionOfItsOwn() throws Exception {
        var run = new Commands.Running(commands.shell("echo pid $$; exec sleep 1000"));
        ProcessId command = process(run, "pid");

        assertThat(ProcessTable.now().beganSession(command)).isTrue();
        run.interrupt();
        assertStopped(run);
    }

    @Test
    void childrenThatOutliveTheCommandAreEndedAndTheLogSaysSo() throws Exception {
        var run =
                new Commands.Running(
                        commands.shell(
                                """
                                sh -c 'echo pid $$; exec sleep 1000' &
                                setsid sh -c 'exec sleep 1000' & sleep 0.2\
                                """));
        ProcessId process = process(run, "pid");

        Outcome outcome = run.outcome();

        assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
        assertThat(process.runs()).isFalse();
        assertThat(run.attempt.lines)
                .contains("pawl: ended 2 processes that the command left running");
    }

    @Test
    void anInterruptBeforeTheStartStartsNothing() throws Exception {
        var attempt = new RecordingAttempt("{}");
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> commands.shell("echo ran").run(attempt))
                .isInstanceOf(InterruptedException.class);
        assertThat(attempt.lines).isEmpty();
    }

    private static ProcessId process(Commands.Running run, String word)
            throws InterruptedException {
        return ProcessId.of(Long.parseLong(run.attempt.await(word))).orElseThrow();
    }

    /** Processes that say their numbers in any order. */
    private static List<ProcessId> processes(Commands.Running run, String... words)
            throws InterruptedException {
        var found = new ArrayList<ProcessId>();
        while (found.size() < words.length) {
            String line = run.attempt.await("");
            for (String word : words)
                if (line.startsWith(word + " "))
                    found.add(
                            ProcessId.of(Long.parseLong(line.substring(word.length() + 1)))
                                    .orElseThrow());
        }
        return found;
    }

    private static void assertStopped(Commands.Running run) {
        assertThatThrownBy(run::outcome)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
    }
}
